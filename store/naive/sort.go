package naive

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"workbench"
	"workbench/store"
)

// key is where a row stands by one sort field. Its fields compare one after the other.
type key struct {
	Absent bool   `json:"a,omitempty"` // comes last, whatever the direction
	Number int64  `json:"n,omitempty"`
	Text   string `json:"t,omitempty"`
}

// defaultOrder is that of a query that names none.
var defaultOrder = []store.Sort{{By: "updated", Descending: true}}

func orderOf(q store.Query) []store.Sort {
	if len(q.Sort) == 0 {
		return defaultOrder
	}
	return q.Sort
}

// position is where a row stands in an order.
type position struct {
	Keys []key             `json:"k"`
	ID   workbench.StoryID `json:"i"`
}

func (p position) compare(o position, order []store.Sort) int {
	for i, by := range order {
		a, b := p.Keys[i], o.Keys[i]
		if a.Absent != b.Absent {
			if a.Absent {
				return 1
			}
			return -1
		}
		c := cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Text, b.Text))
		if by.Descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(p.ID, o.ID)
}

func positionOf(order []store.Sort, s *workbench.Row, names func(workbench.TenantID) workbench.Untrusted) position {
	p := position{Keys: make([]key, len(order))}
	p.set(order, s, names)
	return p
}

// set moves a position to a row; its keys are used again.
func (p *position) set(order []store.Sort, s *workbench.Row, names func(workbench.TenantID) workbench.Untrusted) {
	p.ID = s.ID
	for i, by := range order {
		if by.By == "tenant" {
			p.Keys[i] = text(names(s.Tenant.ID).Or(s.Tenant.ID.Text()).Raw())
			continue
		}
		p.Keys[i] = keyOf(by.By, s)
	}
}

func keyOf(field string, s *workbench.Row) key {
	switch field {
	case "criticality":
		return number(s.Criticality)
	case "created":
		return moment(s.CreatedAt)
	case "updated":
		return moment(s.UpdatedAt)
	case "firstSignal":
		return moment(s.FirstSignalAt)
	case "lastSignal":
		return moment(s.LastSignalAt)
	case "waiting":
		return moment(s.WaitingSince)
	case "severity":
		return ranked(severities, fold(s.Severity.Raw()))
	case "status":
		return ranked(workbench.Statuses, s.Status)
	case "verdict":
		return ranked(rising(workbench.Verdicts), s.Verdict)
	case "analystSeverity":
		return ranked(rising(workbench.AnalystSeverities), s.AnalystSeverity)
	case "producerType":
		return text(s.ProducerType.Label())
	case "producer":
		return text(s.Producer.Raw())
	case "indication":
		return text(s.Indication.Raw())
	case "source":
		return text(s.Source.Raw())
	case "sourceIp":
		return text(s.SourceIP.Raw())
	case "owner":
		return text(s.Owner.Raw())
	case "vendorStatus":
		return text(s.VendorStatus.Raw())
	case "incident":
		return digits(s.IncidentID.Raw())
	case "vendor":
		return text(s.Vendor)
	case "threatType":
		return text(s.ThreatType.Raw())
	case "classification":
		return text(s.Classification.Raw())
	case "id":
		return text(string(s.ID))
	case "alerts":
		return number(s.AlertCount)
	case "devices":
		return number(s.DeviceCount)
	case "users":
		return number(s.UserCount)
	case "mailboxes":
		return number(s.MailboxCount)
	}
	return key{Absent: true}
}

// severities are Microsoft's words, from the least to the gravest; a word that nobody knows comes before all of them.
var severities = []string{"unknown", "informational", "low", "medium", "high"}

func rising[T any](falling []T) []T {
	list := slices.Clone(falling)
	slices.Reverse(list)
	return list
}

func ranked[T ~string](order []T, v T) key {
	if v == "" {
		return key{Absent: true}
	}
	return key{Number: int64(slices.Index(order, v)), Text: string(v)}
}

func number(n int) key { return key{Number: int64(n)} }

func moment(t workbench.Time) key {
	if t.IsZero() {
		return key{Absent: true}
	}
	return key{Number: ticks(t)}
}

// maxKey is how many bytes of a text count for its place; cursors carry them.
const maxKey = 128

func text(s string) key {
	folded := fold(s)
	if len(folded) > maxKey {
		folded = strings.ToValidUTF8(folded[:maxKey], "")
	}
	return key{Absent: s == "", Text: folded}
}

// digits puts 9 before 10; what is no number comes after all numbers.
func digits(s string) key {
	k := text(s)
	k.Number = math.MaxInt64
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		k.Number = n
	}
	return k
}
