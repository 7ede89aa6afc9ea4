package story

import (
	"cmp"
	"slices"
	"strings"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// Table is the evidence of one kind.
type Table struct {
	Kind     string
	Label    string
	Heads    []Head
	Rows     []Row
	Total    int
	AllURL   string // where every row is; "" where all are shown
	AllLabel string
	Sorted   string // says the order in words
	Missing  string // why there is nothing
}

// Head is a column's head. URL sorts by it, and the other way round where it is sorted already.
type Head struct {
	Label string
	Key   string
	URL   string
	Sort  string // aria-sort: ascending, descending, or "" for not
	Num   bool
}

// Row is one item of evidence.
type Row struct {
	ID       string // of the element
	Cells    []Cell
	Selected bool
	URL      string // opens the item in the panel
	Get      string
}

// CellKind says how a cell is shown.
type CellKind int

// The kinds of cells.
const (
	TextCell CellKind = iota
	NameCell          // text that opens the item
	CodeCell          // a command line, a path, a key: monospaced, wraps on demand
	WordCell          // a word of Microsoft's
	VerdictCell
	TimeCell
	NumberCell
	AddressCell // a URL, host or address, shown defanged
)

// Cell is one value. Number orders NumberCells; Text is what the others hold.
type Cell struct {
	Kind   CellKind
	Text   workbench.Untrusted
	Time   workbench.Time
	Number int64
	Known  bool // of a number
	Long   bool // worth folding
}

// Column is a column of one kind of evidence.
type Column struct {
	Key, Label string
	Num        bool
}

var sharedColumns = []Column{{Key: "verdict", Label: "Verdict"}, {Key: "remediationStatus", Label: "Remediation Status"}, {Key: "created", Label: "Created"}}

func sharedCells(b *workbench.EvidenceBase) []Cell {
	return []Cell{{Kind: VerdictCell, Text: b.Verdict}, {Kind: WordCell, Text: b.RemediationStatus}, {Kind: TimeCell, Time: b.CreatedAt}}
}

// newTable sorts, cuts and links the evidence of one kind.
func newTable(k kindRows, in Input, limit int) Table {
	p := in.place().ofKind(k.key)
	p.all, p.sort = in.All, in.Sort
	columns := append(slices.Clone(sharedColumns), k.columns...)
	t := Table{Kind: k.key, Label: k.label, Total: len(k.rows), Missing: "None of the story's alerts came with evidence of this kind."}
	key, descending := strings.CutPrefix(in.Sort, "-")
	by := slices.IndexFunc(columns, func(c Column) bool { return c.Key == key })
	t.Sorted = "in the order in which Microsoft recorded it"
	for i, c := range columns {
		h := Head{Label: c.Label, Key: c.Key, Num: c.Num, URL: p.sorted(c.Key).url()}
		if i == by {
			h.Sort, h.URL = "ascending", p.sorted("-"+c.Key).url()
			t.Sorted = "by " + c.Label
			if descending {
				h.Sort, h.URL = "descending", p.sorted(c.Key).url()
				t.Sorted += ", descending"
			}
		}
		t.Heads = append(t.Heads, h)
	}
	type full struct {
		row
		all []Cell
	}
	rows := make([]full, len(k.rows))
	for i, r := range k.rows {
		rows[i] = full{row: r, all: append(sharedCells(r.base), r.cells...)}
	}
	if by >= 0 {
		slices.SortStableFunc(rows, func(a, b full) int { return order(a.all[by], b.all[by], descending) })
	}
	if in.All && limit != overviewRows {
		limit = allRows
	}
	if limit > 0 && len(rows) > limit {
		rows = rows[:limit]
		t.AllLabel = "Show all " + ui.Count(t.Total)
		t.AllURL = p.unlimited().url()
		if in.All {
			t.AllURL, t.AllLabel = link.StoryAs(in.Story.ID, link.Evidence, link.CSV), "The first "+ui.Count(limit)+" of "+ui.Count(t.Total)+" are shown; all are in the CSV"
		}
		if limit == overviewRows {
			t.AllURL = p.url()
		}
	}
	t.Rows = make([]Row, 0, len(rows))
	for _, r := range rows {
		shown := in.place().showing(r.base.ID)
		if in.Tab == link.Evidence {
			shown.kind = k.key
		}
		t.Rows = append(t.Rows, Row{ID: link.EvidenceAnchor(r.base.ID), Cells: r.all, Selected: in.Selected == r.base.ID,
			URL: shown.at(link.EvidenceAnchor(r.base.ID)), Get: shown.alone().url()})
	}
	return t
}

// order puts what is not known last, whichever way the rest goes.
func order(a, b Cell, descending bool) int {
	if known := cmp.Compare(emptiness(a), emptiness(b)); known != 0 {
		return known
	}
	n := 0
	switch a.Kind {
	case NumberCell:
		n = cmp.Compare(a.Number, b.Number)
	case TimeCell:
		n = a.Time.Compare(b.Time.Time)
	default:
		n = cmp.Or(cmp.Compare(strings.ToLower(a.Text.Raw()), strings.ToLower(b.Text.Raw())), cmp.Compare(a.Text.Raw(), b.Text.Raw()))
	}
	if descending {
		return -n
	}
	return n
}

func emptiness(c Cell) int {
	if c.Text.IsZero() && c.Time.IsZero() && !c.Known {
		return 1
	}
	return 0
}
