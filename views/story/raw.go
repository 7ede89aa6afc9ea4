package story

import (
	"workbench"
	"workbench/views/link"
)

// Raw is the Raw Data tab: the documents, byte for byte, and the dynamic table of raw events.
type Raw struct {
	Documents []DocumentRow
	Columns   []workbench.Untrusted
	Rows      [][]workbench.Untrusted
	Total     int // rows of the whole table
	Rest      int // rows that are not shown
	CSV, JSON string
}

// DocumentRow is one document of the list.
type DocumentRow struct {
	URL        string
	Hash       string // first digits
	Kind       string
	Object     workbench.Untrusted
	ReceivedAt workbench.Time
	Size       string
}

// The limits of the table on the page. Whoever wants all of it takes the .csv.
const (
	rawRows  = 200
	rawCells = 12_000
)

// NewRaw makes the tab.
func NewRaw(in Input) Raw {
	r := Raw{Columns: in.Raw.Columns, Rows: in.Raw.Rows, Total: len(in.Raw.Rows) + in.Raw.Truncated, CSV: link.StoryAs(in.Story.ID, link.Raw, link.CSV),
		JSON: link.StoryAs(in.Story.ID, link.Raw, link.JSON)}
	limit := rawRows
	if n := len(r.Columns); n > 0 {
		limit = min(limit, max(rawCells/n, 10))
	}
	if len(r.Rows) > limit {
		r.Rows = r.Rows[:limit]
	}
	r.Rest = r.Total - len(r.Rows)
	for _, d := range in.Documents {
		hash := d.Hash.String()
		kind := "Alert"
		if d.Kind == workbench.IncidentDocument {
			kind = "Incident"
		}
		r.Documents = append(r.Documents, DocumentRow{URL: link.Document(in.Story.ID, d.Hash), Hash: hash[:12], Kind: kind, Object: d.Object, ReceivedAt: d.ReceivedAt, Size: size(int64(d.Size))})
	}
	return r
}
