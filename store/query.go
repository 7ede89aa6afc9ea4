package store

import (
	"context"

	"workbench"
)

// Queries answers lists. It is fed by the change feed and holds no facts.
type Queries interface {
	// Stories answers a query within a scope. It fails with *workbench.Invalid for a query that is not valid (see Query.Validate) and with
	// ErrBadCursor for a cursor that was not made for this very query.
	Stories(ctx context.Context, scope workbench.Scope, q Query) (Page, error)
	// News counts the stories that a query asks for, on all its pages, that came or changed after a number. It fails as Stories does.
	News(ctx context.Context, scope workbench.Scope, q Query, after Change) (News, error)
	// Applied returns the number of the last change that answers contain.
	Applied() Change
	// WaitApplied returns once Applied has reached the number, or with the context's error.
	WaitApplied(ctx context.Context, number Change) error
	// Neighbours returns the stories before and after one in the order of a query, "" where there is none or the story is not in it.
	Neighbours(ctx context.Context, scope workbench.Scope, q Query, id workbench.StoryID) (previous, next workbench.StoryID, err error)
}

// News is what happened to a list.
type News struct {
	New     int    `json:"new"`
	Changed int    `json:"changed"`
	AsOf    Change `json:"asOf"`
}

// Field is a field that lists can be filtered, counted or sorted by; its text is its name in addresses.
type Field string

// The fields that a query can filter by.
const (
	ProducerType    Field = "producerType"
	Producer        Field = "producer" // product key or name
	Status          Field = "status"
	Criticality     Field = "criticality"
	Severity        Field = "severity"
	Verdict         Field = "verdict"         // "none" = not set
	AnalystSeverity Field = "analystSeverity" // "none" = not set
	Tenant          Field = "tenant"
	Owner           Field = "owner" // "none" = nobody
	Label           Field = "label"
	Mitre           Field = "mitre"
	Moved           Field = "moved" // true, false; stories whose alerts have all left; without this filter they are left out
)

// FilterFields are all fields that a query can filter by, in the order in which pages show them. Facets are counted for each.
var FilterFields = []Field{ProducerType, Producer, Status, Criticality, Severity, Verdict, AnalystSeverity, Tenant, Owner, Label, Mitre, Moved}

// SortFields are the names that a query can be sorted by.
var SortFields = []string{"criticality", "created", "updated", "firstSignal", "lastSignal", "severity", "status", "verdict", "analystSeverity", "producerType", "producer",
	"indication", "source", "sourceIp", "tenant", "owner", "alerts", "devices", "users", "mailboxes", "waiting", "incident", "vendorStatus",
	"techniques", "vendor", "threatType", "classification", "additionalInfo", "labels", "lastComment", "summary", "id"}

// None is the filter value that stands for "not set".
const None = "none"

// The limits of a query.
const (
	MaxLimit       = 1_000 // rows of a page
	DefaultLimit   = 50
	MaxValues      = 200 // values of all filters together
	MaxValueLength = 512 // bytes of one filter value
	MaxTextLength  = 2_048
)

// Filter keeps the stories whose field has one of the values (any of Any, or a number in one of Ranges) and none of Not. Values compare
// without case.
type Filter struct {
	Any    []string
	Not    []string
	Ranges []Range // of numbers; criticality only
}

// Range is a closed range of numbers.
type Range struct{ From, To int }

// Sort is one key of an order.
type Sort struct {
	By         string // one of SortFields
	Descending bool
}

// Query asks for stories. The zero value asks for all, newest update first.
type Query struct {
	Filters   map[Field]Filter
	Text      string         // every word is contained somewhere; quotes make a phrase
	From, To  workbench.Time // on TimeField, From included, To not; zero = open
	TimeField string         // created, updated (default), firstSignal, lastSignal
	Sort      []Sort         // ties by id; default updated descending
	Limit     int            // 0 = DefaultLimit; -1 = every row
	After     string         // cursor of an earlier page of this very query
}

// Page is an answer.
type Page struct {
	Rows   []workbench.Row
	Total  int               // stories that match, on all pages
	Facets map[Field][]Count // each counted under all filters but its own; by count, then value; at most 100 values a field, none longer than MaxValueLength
	Next   string            // cursor of the next page; "" = this is the last
	AsOf   Change
}

// Count is how many stories have a value.
type Count struct {
	Value string
	Label workbench.Untrusted // what people read
	Count int
}
