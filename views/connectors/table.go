package connectors

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// manyTenants is beyond how many tenants they stand in a table, a row each, and no longer in panels.
const manyTenants = 6

// rowsPerPage is how many tenants a page of the table shows. Each loads itself again when one of its connectors changes, and no other.
const rowsPerPage = 50

// Many reports whether there are so many tenants that they stand in a table.
func Many(sources []Source) bool { return len(families(sources)) > manyTenants }

// Table is many tenants, a row each.
type Table struct {
	Query    Query
	Counts   Counts
	Clouds   []Option // none where all tenants are in one
	Whose    []Option // none where all are read alike
	Carried  []Param  // what the form of filters holds besides its fields
	Clear    string   // address of all tenants; "" = all are asked for
	Heads    []Head
	Rows     []TenantRow
	Fit      int // tenants that are asked for, on all pages
	CanEdit  bool
	Widen    []Widen // where no tenant fits
	Display  ui.Display
	HowToSay string // how many of how many are shown, in words
	Paging
}

// Param is a hidden field.
type Param struct{ Name, Value string }

// Head is the head of a column by which the table can be sorted.
type Head struct {
	Label, URL, Sorted string // Sorted is the value of aria-sort; "" = it is not sorted by this column
}

// Widen would find something where nothing fits.
type Widen struct{ Label, Number, URL string }

// Counts are the tenants that are asked for but for their status, by status.
type Counts struct {
	URL      string // gives them alone
	Tenants  string
	Statuses []StatusLink
}

// StatusLink asks for the tenants of one status, or no longer.
type StatusLink struct {
	Badge
	Number  string
	URL     string
	Current bool
}

// TenantRow is one tenant: its connectors together.
type TenantRow struct {
	ID         string // of its element
	URL        string // gives this row alone
	Connectors string // ids of all that it shows, parted by spaces
	Parent     string // id of its parent connector
	Page       string
	Tenant     workbench.Untrusted
	About      []workbench.Untrusted
	Badge      Badge
	Testing    bool
	Confirm    bool // somebody here has to confirm it
	Why        string
	Since      Moment
	Read       Moment
	Coverage   Coverage // of the child that has least
	Credential Line
	Where      string
	CanEdit    bool
	Display    ui.Display
}

// NewTable makes the table of what the input's query asks for.
func NewTable(in Input) Table {
	all := tenancies(in)
	q := in.Query
	t := Table{Query: q, CanEdit: in.CanEdit, Display: in.Layout.Display}
	found := q.find(all)
	t.Counts = newCounts(q, found)
	found = slices.DeleteFunc(found, func(o tenancy) bool { return !q.hasStatus(o) })
	if t.Fit = len(found); t.Fit == 0 {
		t.Widen = q.widen(all)
	}
	q.sort(found)
	page, paging := pagingOf(len(found), rowsPerPage, q.Page, func(page int) string { return q.with(func(q *Query) { q.Page = page }).url() })
	t.Paging = paging
	first := (page - 1) * rowsPerPage
	for _, o := range found[first:min(first+rowsPerPage, len(found))] {
		t.Rows = append(t.Rows, newTenantRow(o.family, in))
	}
	t.HowToSay = many(len(found), "tenant", "tenants")
	if len(found) != len(all) {
		t.HowToSay = ui.Count(len(found)) + " of " + many(len(all), "tenant", "tenants")
	}
	t.Clouds, t.Whose = cloudOptions(all, in), topologyOptions(all, q)
	for _, p := range []Param{{FieldStatus, q.Status}, {FieldSort, q.Sort}} {
		if p.Value != "" {
			t.Carried = append(t.Carried, p)
		}
	}
	if q.narrows() {
		t.Clear = Query{Sort: q.Sort}.url()
	}
	t.Heads = q.heads()
	return t
}

// tenancies sums up all families.
func tenancies(in Input) []tenancy {
	cloud := ""
	if len(in.Clouds) > 0 {
		cloud = in.Clouds[0].Name
	}
	var all []tenancy
	for _, f := range families(in.Sources) {
		all = append(all, tenancyOf(f, cloud, in.Layout.Display.Now))
	}
	return all
}

// TenantsFound are the parents of all tenants that a query asks for, on whatever page.
func TenantsFound(in Input) []workbench.ConnectorID {
	var ids []workbench.ConnectorID
	for _, t := range in.Query.find(tenancies(in)) {
		if in.Query.hasStatus(t) {
			ids = append(ids, t.family[0].parentID())
		}
	}
	return ids
}

// find takes those that are asked for, but for their status, into a list of its own.
func (q Query) find(all []tenancy) []tenancy {
	words := strings.Fields(strings.ToLower(q.Search))
	var out []tenancy
	for _, t := range all {
		if q.fits(t, words) {
			out = append(out, t)
		}
	}
	return out
}

// sort puts tenants into the order that is asked for: what is not well first where nothing is said; names decide between equals.
func (q Query) sort(list []tenancy) {
	rank := map[Badge]int{badgeError: 0, badgePending: 1, badgeCatchingUp: 2, badgeConnected: 3, badgeOff: 4}
	by, down := strings.CutPrefix(q.Sort, "-")
	slices.SortStableFunc(list, func(a, b tenancy) int {
		n := 0
		switch by {
		case sortTenant:
			n = strings.Compare(a.name, b.name)
		case sortRead:
			n = a.read.Compare(b.read)
		case sortCertificate:
			n = compareEnds(a.ends, b.ends)
		default:
			n = cmp.Compare(rank[a.badge], rank[b.badge])
		}
		if down {
			n = -n
		}
		return cmp.Or(n, strings.Compare(a.name, b.name))
	})
}

// compareEnds puts an end that is not known behind all others.
func compareEnds(a, b time.Time) int {
	if a.IsZero() || b.IsZero() {
		return -a.Compare(b)
	}
	return a.Compare(b)
}

func (q Query) heads() []Head {
	var out []Head
	for _, h := range []struct{ key, label string }{{sortTenant, "Tenant"}, {sortStatus, "Status"}, {sortRead, "Last good read"}, {sortCertificate, "Certificate"}} {
		head := Head{Label: h.label, URL: q.with(func(q *Query) { q.Sort = h.key }).url()}
		switch {
		case q.Sort == h.key:
			head.Sorted, head.URL = "ascending", q.with(func(q *Query) { q.Sort = "-" + h.key }).url()
		case q.Sort == "-"+h.key:
			head.Sorted = "descending"
		}
		out = append(out, head)
	}
	return out
}

// NewCounts counts the tenants that a query asks for, by status.
func NewCounts(in Input) Counts { return newCounts(in.Query, in.Query.find(tenancies(in))) }

func newCounts(q Query, found []tenancy) Counts {
	c := Counts{URL: link.ConnectorSum(q.with(func(*Query) {}).Values()), Tenants: many(len(found), "tenant", "tenants")}
	for _, s := range statuses {
		n := 0
		for _, t := range found {
			if s.fits(t) {
				n++
			}
		}
		l := StatusLink{Badge: s.badge, Number: ui.Count(n), Current: q.Status == s.key}
		l.URL = q.with(func(q *Query) {
			if q.Status = s.key; l.Current {
				q.Status = ""
			}
		}).url()
		if n > 0 || l.Current {
			c.Statuses = append(c.Statuses, l)
		}
	}
	return c
}

// widen says what to take out of a query so that something fits, each by itself, and how much would.
func (q Query) widen(all []tenancy) []Widen {
	var out []Widen
	for _, w := range []struct {
		label string
		asked string
		out   func(*Query)
	}{
		{"Without the search", q.Search, func(q *Query) { q.Search = "" }},
		{"Any status", q.Status, func(q *Query) { q.Status = "" }},
		{"Any cloud", q.Cloud, func(q *Query) { q.Cloud = "" }},
		{"Any app registration", q.Topology, func(q *Query) { q.Topology = "" }},
	} {
		wider := q.with(w.out)
		n := 0
		for _, t := range wider.find(all) {
			if wider.hasStatus(t) {
				n++
			}
		}
		if w.asked != "" && n > 0 {
			out = append(out, Widen{w.label, many(n, "tenant", "tenants"), wider.url()})
		}
	}
	return out
}

// cloudOptions are the clouds that tenants are in.
func cloudOptions(all []tenancy, in Input) []Option {
	counts := map[string]int{}
	for _, t := range all {
		counts[t.cloud]++
	}
	if len(counts) < 2 && in.Query.Cloud == "" {
		return nil
	}
	options := []Option{{Value: "", Label: "Any cloud"}}
	known := map[string]bool{"": true}
	for _, c := range in.Clouds {
		if counts[c.Name] > 0 || in.Query.Cloud == c.Name {
			options = append(options, Option{Value: c.Name, Label: c.Label + " (" + ui.Count(counts[c.Name]) + ")", Selected: in.Query.Cloud == c.Name})
		}
		known[c.Name] = true
	}
	for _, t := range all { // which the workbench is not set up for
		if !known[t.cloud] {
			known[t.cloud] = true
			options = append(options, Option{Value: t.cloud, Label: t.cloud + " (" + ui.Count(counts[t.cloud]) + ")", Selected: in.Query.Cloud == t.cloud})
		}
	}
	return options
}

// topologyOptions are whose app registrations read tenants.
func topologyOptions(all []tenancy, q Query) []Option {
	counts := map[workbench.Topology]int{}
	for _, t := range all {
		counts[t.family[0].Topology]++
	}
	if len(counts) < 2 && q.Topology == "" {
		return nil
	}
	options := []Option{{Value: "", Label: "Any app registration"}}
	for _, value := range topologies {
		o := ReadTopology(value)
		if counts[o] > 0 || q.Topology == value {
			options = append(options, Option{Value: value, Label: o.Label() + " (" + ui.Count(counts[o]) + ")", Selected: q.Topology == value})
		}
	}
	return options
}

// hidden is the query, for the form that does something with all that it asks for.
func (t Table) hidden() []Param {
	var out []Param
	values := t.Query.Values()
	for _, name := range []string{FieldSearch, FieldStatus, FieldCloud, FieldTopology, FieldSort, FieldPage} {
		if v := values.Get(name); v != "" {
			out = append(out, Param{name, v})
		}
	}
	return out
}
