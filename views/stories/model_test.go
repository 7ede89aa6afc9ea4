package stories_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/views/layout"
	"workbench/views/stories"
	"workbench/views/ui"
)

func query(t *testing.T, text string) url.Values {
	t.Helper()
	q, err := url.ParseQuery(text)
	if err != nil {
		t.Fatalf("parsing the query of the test: %v", err)
	}
	return q
}

func row() workbench.Row {
	return workbench.Row{ID: "storyone", Tenant: workbench.Tenant{ID: "contoso"}, ProducerType: workbench.MicrosoftEndpointAlert, Producer: workbench.Text("Microsoft Defender for Endpoint"),
		Vendor: workbench.VendorMicrosoft, Indication: workbench.Text("Ransomware activity"), Criticality: 9, Status: workbench.StatusOpen, AlertCount: 6, DeviceCount: 3, Source: workbench.Text("fin-lt-204"),
		MitreTechniques: []workbench.Untrusted{workbench.Text("T1486"), workbench.Text("T1490"), workbench.Text("T1003")}}
}

func input(t *testing.T, q string) stories.Input {
	return stories.Input{Layout: layout.Props{Account: "m.rossi", Display: ui.Display{Now: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)}}, Rows: []workbench.Row{row()}, Total: 1, Everything: 1, Query: query(t, q)}
}

func TestChips(t *testing.T) {
	for _, tc := range []struct {
		query, want, remove string
	}{
		{"status=open&status=reopened", "Status is any of Open, Reopened", "/stories"},
		{"status=!closed&sort=-created", "Status is not Closed", "/stories?sort=-created"},
		{"status=OPEN", "Status is Open", "/stories"},
		{"criticality=7..10&criticality=5", "Criticality is any of 5, 7 to 10", "/stories"},
		{"criticality=0..99", "Criticality is 1 to 10", "/stories"},
		{"status=!closed&status=!monitoring", "Status is not any of Closed, Monitoring", "/stories"},
		{"criticality=!7..10", "Criticality is not 7 to 10", "/stories"},
		{"owner=anna&owner=!bob", "Owner is anna; Owner is not bob", "/stories?owner=%21bob; /stories?owner=anna"},
		{"source=fin-lt-204&sourceIp=!10.4.18.32&indication=none", "Source is fin-lt-204; Source IP is not 10.4.18.32; Indication is None",
			"/stories?indication=none&sourceIp=%2110.4.18.32; /stories?indication=none&source=fin-lt-204; /stories?source=fin-lt-204&sourceIp=%2110.4.18.32"},
		{"incident=contoso/2814", "Incident ID is 2814 of contoso", "/stories"},
		{"time=6h", "Updated in the last 6 hours", "/stories"},
		{"verdict=none", "Verdict is Not set", "/stories"},
		{"owner=none", "Owner is Nobody", "/stories"},
		{"moved=true", "Moved is Moved elsewhere", "/stories"},
		{"producer=office365", "Producer is Microsoft Defender for Office 365", "/stories"},
		{"q=invoice+pdf", "Text contains invoice pdf", "/stories"},
		{"time=48h", "Updated in the last 2 days", "/stories"},
		{"time=48h&timeField=created", "Created in the last 2 days", "/stories?timeField=created"},
		{"time=2026-11-20T00:00:00Z..", "Updated since 20 Nov 2026 00:00:00", "/stories"},
		{"time=..2026-11-20", "Updated before 20 Nov 2026 00:00:00", "/stories"},
		{"time=all", "", ""},
		{"colour=red&status=", "", ""},
	} {
		t.Run(tc.query, func(t *testing.T) {
			in := input(t, tc.query)
			in.Facets = []stories.Facet{{Field: "producer", Values: []stories.FacetValue{{Value: "office365", Label: workbench.Text("Microsoft Defender for Office 365"), Count: 2}}}}
			var got, remove []string
			for _, c := range stories.New(in).Chips {
				var values []string
				for _, v := range c.Values {
					values = append(values, v.String())
				}
				got, remove = append(got, c.Name+" "+c.Sense+" "+strings.Join(values, ", ")), append(remove, c.Remove)
			}
			if got, want := strings.Join(got, "; "), tc.want; got != want {
				t.Errorf("got chips %q, want %q", got, want)
			}
			if got, want := strings.Join(remove, "; "), tc.remove; got != want {
				t.Errorf("got remove address %q, want %q", got, want)
			}
		})
	}
}

func TestSortHeads(t *testing.T) {
	for _, tc := range []struct{ query, column, sorted, url string }{
		{"", "updated", "descending", "/stories?sort=updated"},
		{"", "criticality", "", "/stories?sort=-criticality"},
		{"", "indication", "", "/stories?sort=indication"},
		{"sort=indication", "indication", "ascending", "/stories?sort=-indication"},
		{"sort=-indication", "indication", "descending", "/stories?sort=indication"},
		{"sort=-criticality,updated&after=abc&status=open", "criticality", "descending", "/stories?sort=criticality&status=open"},
		{"sort=-criticality,updated", "updated", "", "/stories?sort=-updated"},
		{"sort=-criticality,updated,status", "updated", "", "/stories?sort=-updated"},
		{"", "waiting", "", "/stories?sort=waiting"},
	} {
		t.Run(tc.query+" "+tc.column, func(t *testing.T) {
			l := stories.New(input(t, tc.query))
			i := slices.IndexFunc(l.Columns, func(c stories.Column) bool { return c.Key == tc.column })
			if i < 0 {
				t.Fatalf("got no column %q", tc.column)
			}
			if got, want := l.Columns[i].Sorted, tc.sorted; got != want {
				t.Errorf("got sorted %q, want %q", got, want)
			}
			if got, want := l.Columns[i].URL, tc.url; got != want {
				t.Errorf("got address %q, want %q", got, want)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	if got, want := strings.Join(stories.DefaultColumns(false), " "), "criticality indication source producer status verdict owner created updated waiting"; got != want {
		t.Errorf("got default columns %q, want %q", got, want)
	}
	if !slices.Contains(stories.DefaultColumns(true), "tenant") {
		t.Error("got no tenant among the default columns of many tenants")
	}
	for _, tc := range []struct{ name, form, want string }{
		{"in order", "column=status&column=indication&column=id", "status indication id"},
		{"unknown and repeated", "column=status&column=colour&column=indication&column=status", "status indication"},
		{"indication is always there", "column=status", "indication status"},
		{"move up", "column=criticality&column=indication&column=status&move=status:up", "criticality status indication"},
		{"move down", "column=criticality&column=indication&move=criticality:down", "indication criticality"},
		{"move beyond the end", "column=criticality&column=indication&move=indication:down", "criticality indication"},
		{"move sideways", "column=criticality&column=indication&move=indication:left", "criticality indication"},
		{"reset", "column=criticality&reset=1", ""},
		{"nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, want := strings.Join(stories.ColumnsFromForm(query(t, tc.form)), " "), tc.want; got != want {
				t.Errorf("got columns %q, want %q", got, want)
			}
		})
	}
}

func TestFacets(t *testing.T) {
	in := input(t, "status=monitoring&status=!closed&owner=nobody-here")
	in.Facets = []stories.Facet{
		{Field: "status", Values: []stories.FacetValue{{Value: "closed", Count: 5}, {Value: "open", Count: 1284}}},
		{Field: "tenant", Values: []stories.FacetValue{{Value: "contoso", Count: 6}}},
		{Field: "criticality", Values: []stories.FacetValue{{Value: "9", Count: 40}, {Value: "2", Count: 1}}},
	}
	l := stories.New(in)
	var got []string
	for _, g := range l.Filters.Groups {
		for _, c := range g.Choices {
			got = append(got, g.Field+"="+c.Value+" "+c.Label.String()+" "+c.CountText+map[bool]string{true: " chosen"}[c.Chosen])
		}
	}
	want := []string{"status=open Open 1,284", "status=!closed Closed 5 chosen", "status=monitoring Monitoring 0 chosen", "owner=nobody-here nobody-here 0 chosen"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("choices differ (-want +got):\n%s", diff)
	}
	if got, want := len(l.Filters.Bars), 10; got != want {
		t.Fatalf("got %d bars, want %d", got, want)
	}
	if got, want := [3]int{l.Filters.Bars[8].Height, l.Filters.Bars[1].Height, l.Filters.Bars[0].Height}, [3]int{40, 2, 0}; got != want {
		t.Errorf("got heights %v of 9, 2 and 1, want %v", got, want)
	}
	in.ManyTenants = true
	if !slices.ContainsFunc(stories.New(in).Filters.Groups, func(g stories.Group) bool { return g.Field == "tenant" }) {
		t.Error("got no facet of tenants for many tenants")
	}
}

func TestNothing(t *testing.T) {
	for _, tc := range []struct {
		name  string
		query string
		in    stories.Input
		title string
		way   string
	}{
		{"no stories at all", "", stories.Input{}, "There are no stories yet", ""},
		{"filters", "status=open&time=48h", stories.Input{Everything: 214}, "0 of 214 stories match", "/stories"},
		{"only moved", "", stories.Input{Everything: 1}, "0 of 1 story matches", "/stories?moved=true"},
		{"invalid", "status=opne", stories.Input{Everything: 3, Invalid: map[string]string{"status": "is unknown"}}, "No stories are shown", "/stories"},
		{"forged cursor", "after=abc&status=open", stories.Input{Everything: 3, Invalid: map[string]string{"after": "is forged"}}, "No stories are shown", "/stories?status=open"},
		{"beyond the end", "after=abc", stories.Input{Everything: 3, Total: 3}, "There is nothing on this page", "/stories"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.in.Query = query(t, tc.query)
			l := stories.New(tc.in)
			if l.Nothing == nil {
				t.Fatal("got no reason for an empty list")
			}
			if got, want := l.Nothing.Title, tc.title; got != want {
				t.Errorf("got title %q, want %q", got, want)
			}
			var way string
			if len(l.Nothing.Ways) > 0 {
				way = l.Nothing.Ways[0].URL
			}
			if got, want := way, tc.way; got != want {
				t.Errorf("got way out %q, want %q", got, want)
			}
		})
	}
	if stories.New(input(t, "")).Nothing != nil {
		t.Error("got a reason for an empty list that is not empty")
	}
}

func TestPaging(t *testing.T) {
	in := input(t, "limit=1&after=abc&status=open")
	in.Total, in.Next = 1284, "def"
	p := stories.New(in).Paging
	if got, want := p.First, "/stories?limit=1&status=open"; got != want {
		t.Errorf("got first page %q, want %q", got, want)
	}
	if got, want := p.Next, "/stories?after=def&limit=1&status=open"; got != want {
		t.Errorf("got next page %q, want %q", got, want)
	}
	if got, want := p.Says, "1 of 1,284 stories on this page"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
