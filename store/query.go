package store

import (
	"context"
	"slices"

	"workbench"
)

// Queries answers lists. It is fed by the change feed and holds no facts. Every answer is made from one state of it, AsOf; rows are read
// from the store while it is made, so that one that changed in that moment may be newer than AsOf, never older.
type Queries interface {
	// Stories answers a query within a scope. It fails with *workbench.Invalid for a query that is not valid (see Query.Validate) and with
	// ErrBadCursor for a cursor that was not made for this very query.
	Stories(ctx context.Context, scope workbench.Scope, q Query) (Page, error)
	// Rows reads the rows that a page's versions name, in their order. One that changed since comes as it is now; one that is no more is
	// left out.
	Rows(ctx context.Context, scope workbench.Scope, versions []Version) ([]workbench.Row, error)
	// Each calls yield with every row that a query asks for, in its order, until yield fails; it returns that error. Limit and cursor play
	// no part. It holds a page's worth of rows at a time. It fails as Stories does.
	Each(ctx context.Context, scope workbench.Scope, q Query, yield func(workbench.Row) error) error
	// Groups answers a query as groups of the stories that have one value of a field in common: one of GroupFields. It fails as Stories
	// does; the query's cursor is one that Groups made.
	Groups(ctx context.Context, scope workbench.Scope, q Query, by Field) (Groups, error)
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

	// These have too many values to be counted as facets. "none" = the story has none.
	Source     Field = "source"
	SourceIP   Field = "sourceIp"
	Indication Field = "indication"
	Incident   Field = "incident" // Microsoft's id alone, or tenant id, "/", Microsoft's id: ids are unique within a tenant only
)

// FacetFields are the fields whose values are counted with every page, in the order in which pages show them.
var FacetFields = []Field{ProducerType, Producer, Status, Criticality, Severity, Verdict, AnalystSeverity, Tenant, Owner, Label, Mitre, Moved}

// FilterFields are all fields that a query can filter by, in the order in which pages show them.
var FilterFields = append(slices.Clone(FacetFields), Source, SourceIP, Indication, Incident)

// GroupFields are the fields that a list can be grouped by. The value of an incident's group names its tenant, too.
var GroupFields = []Field{Source, SourceIP, Indication, Status, Producer, ProducerType, Tenant, Incident}

// SortFields are the names that a query can be sorted by.
var SortFields = []string{"criticality", "created", "updated", "firstSignal", "lastSignal", "severity", "status", "verdict", "analystSeverity", "producerType", "producer",
	"indication", "source", "sourceIp", "tenant", "owner", "alerts", "devices", "users", "mailboxes", "waiting", "incident", "vendorStatus",
	"vendor", "threatType", "classification", "id"}

// None is the filter value that stands for "not set".
const None = "none"

// The limits of a query.
const (
	MaxLimit       = 1_000 // rows of a page
	DefaultLimit   = 50
	MaxValues      = 200 // values of all filters together
	MaxValueLength = 512 // bytes of one filter value
	MaxTextLength  = 2_048
	MaxWords       = 16 // words and phrases of a text
	MinInside      = 3  // bytes of a word; a shorter one is looked for in what lists show and in names alone
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
	Limit     int            // 0 = DefaultLimit
	After     string         // cursor of an earlier page of this very query
	Bare      bool           // the page's rows are not wanted, only their versions
}

// Version names a story as it was after one of its changes. What was made of a version stays right for as long as the tenant keeps its name.
type Version struct {
	Ref
	ID     workbench.StoryID
	Number Change
}

// Page is an answer.
type Page struct {
	Rows     []workbench.Row // as many as Versions, or none where they were not wanted
	Versions []Version
	Total    int               // stories that match, on all pages
	Facets   map[Field][]Count // each counted under all filters but its own; by count, then value; at most 100 values a field, none longer than MaxValueLength
	Next     string            // cursor of the next page; "" = this is the last
	AsOf     Change
	Inside   Change // of a query with a text: the number of the last change whose inner texts were searched; it may lag behind AsOf, or be 0
}

// Count is how many stories have a value.
type Count struct {
	Value string
	Label workbench.Untrusted // what people read
	Count int
}

// Groups is an answer in groups.
type Groups struct {
	Groups []Group
	Count  int    // groups, on all pages
	Total  int    // stories that match, in all groups
	Next   string // cursor of the next page; "" = this is the last
	AsOf   Change
}

// Group is the stories of one value, the one with most of high criticality first; ties by medium, low, then value in byte order. A story
// that has no value is in the group of None.
type Group struct {
	Count
	High, Medium, Low int            // stories by band of criticality: 7 to 10, 4 to 6, 1 to 3
	UpdatedAt         workbench.Time // newest update of its stories, in units of 100 ns
}

// Texts finds stories by what stands inside them and no list shows: command lines, hashes, addresses and their like (workbench.Content.Texts).
// It is fed by the change feed and can be thrown away and filled again.
type Texts interface {
	// Find returns the ordinals, ascending, of the stories in one of whose texts the word is contained, whatever the case. An ordinal
	// names a story for as long as Generation stays the same; one that no story has any more may be among them.
	Find(ctx context.Context, word string) ([]uint32, error)
	// Stories returns the ids of the stories from an ordinal on, in order of ordinals; "" for one that no story has any more.
	Stories(from uint32) []workbench.StoryID
	// Generation changes when ordinals are given anew.
	Generation() uint64
	// Applied returns the number of the last change that answers contain.
	Applied() Change
}
