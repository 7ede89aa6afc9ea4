package stories_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
	"workbench/views/stories"
)

func grouped(t *testing.T, q, field string, groups ...stories.GroupInput) *stories.Grouped {
	t.Helper()
	in := input(t, q)
	in.Rows, in.Total, in.Groups = nil, 12, &stories.GroupsInput{Field: field, Groups: groups, Count: 40, Next: "more"}
	return stories.New(in).Grouped
}

func TestGroupLeadsToItsStories(t *testing.T) {
	for _, tc := range []struct{ query, field, value, want string }{
		{"group=tenant&status=!closed", "tenant", "contoso", "/stories?status=%21closed&tenant=contoso"},
		{"group=source&source=a&source=b", "source", "a", "/stories?source=a"},
		{"group=source&source=!b&after=x&in=y&sort=-created", "source", "a&b=c", "/stories?sort=-created&source=a%26b%3Dc"},
		{"group=source", "source", "none", "/stories?source=none"},
		{"group=incident&base=open", "incident", "contoso/2816", "/stories?base=open&incident=contoso%2F2816"},
		{"group=source", "source", "!host", ""},
		{"group=source", "source", "", ""},
		{"group=source", "source", strings.Repeat("x", 513), ""},
	} {
		g := grouped(t, tc.query, tc.field, stories.GroupInput{Value: tc.value, Label: workbench.Text(tc.value), Count: 3})
		if got := g.Heads[0].URL; got != tc.want {
			t.Errorf("%s of %.20q leads to %q, want %q", tc.field, tc.value, got, tc.want)
		}
		if (g.Heads[0].Fallback == "") != (tc.want != "") {
			t.Errorf("%.20q: the page says %q of a group that leads to %q", tc.value, g.Heads[0].Fallback, tc.want)
		}
	}
}

func TestGroupsOpenAndCloseInTheAddress(t *testing.T) {
	id := stories.GroupID("tenant", "contoso")
	closed := grouped(t, "group=tenant&after=x&in=other", "tenant", stories.GroupInput{Value: "contoso", Count: 3})
	want := "/stories?after=x&group=tenant&in=other&in=" + id
	if got := closed.Heads[0].Toggle; got != want {
		t.Errorf("a closed group's toggle leads to %q, want %q", got, want)
	}
	open := grouped(t, "group=tenant&after=x&in=other&in="+id, "tenant", stories.GroupInput{Value: "contoso", Count: 3, Open: true, Rows: []workbench.Row{row()}})
	if got, want := open.Heads[0].Toggle, "/stories?after=x&group=tenant&in=other"; got != want {
		t.Errorf("an open group's toggle leads to %q, want %q", got, want)
	}
	if got, want := open.Heads[0].More, "All 3 stories of this group"; got != want {
		t.Errorf("an open group says %q, want %q", got, want)
	}
}

func TestOnlySoManyGroupsAreOpen(t *testing.T) {
	query := url.Values{"group": {"tenant"}}
	for i := range stories.MaxOpenGroups {
		query.Add("in", string(rune('a'+i)))
	}
	g := grouped(t, query.Encode(), "tenant", stories.GroupInput{Value: "contoso"})
	to, err := url.Parse(g.Heads[0].Toggle)
	if err != nil {
		t.Fatal(err)
	}
	got := to.Query()["in"]
	if len(got) != stories.MaxOpenGroups || got[0] != "b" || got[len(got)-1] != stories.GroupID("tenant", "contoso") {
		t.Errorf("open groups are %v, want the first opened to close", got)
	}
}

func TestGroupLabels(t *testing.T) {
	for _, tc := range []struct{ field, value, label, want string }{
		{"source", "none", "None", "No source"}, {"sourceIp", "none", "None", "No source IP"}, {"incident", "none", "None", "No incident"}, {"indication", "none", "None", "No indication"},
		{"status", "pendingMoreInfo", "x", workbench.StatusPendingMoreInfo.Label()}, {"producerType", "microsoftEndpointAlert", "x", "Microsoft Endpoint Alert"},
		{"tenant", "6a2f", "Contoso", "Contoso"}, {"incident", "contoso/2816", "2816", "2816"},
	} {
		if got := stories.GroupLabel(tc.field, tc.value, workbench.Text(tc.label)).Raw(); got != tc.want {
			t.Errorf("the group %s of %s is called %q, want %q", tc.value, tc.field, got, tc.want)
		}
	}
}

func TestGroupHeadTellsBandsByWordAndShape(t *testing.T) {
	g := grouped(t, "group=tenant", "tenant", stories.GroupInput{Value: "contoso", Count: 1240, High: 1200, Medium: 40})
	shapes := map[string]bool{}
	var got []string
	for _, b := range g.Heads[0].Bands {
		shapes[b.Shape] = true
		got = append(got, b.Count+" "+b.Word)
	}
	if diff := cmp.Diff([]string{"1,200 high", "40 medium", "0 low"}, got); diff != "" || len(shapes) != 3 {
		t.Errorf("shapes %v (-want +got):\n%s", shapes, diff)
	}
}

func TestGroupMenuChangesNothingElse(t *testing.T) {
	m := stories.New(input(t, "group=source&in=x&after=y&status=open")).GroupMenu
	if m.Label != "By source" || len(m.Ways) != 9 {
		t.Fatalf("the menu is called %q and has %d ways", m.Label, len(m.Ways))
	}
	if got, want := m.Ways[0].URL, "/stories?status=open"; got != want {
		t.Errorf("no groups leads to %q, want %q", got, want)
	}
	if got, want := m.Ways[8].URL, "/stories?group=incident&status=open"; got != want {
		t.Errorf("incident leads to %q, want %q", got, want)
	}
}

func TestGroupPaging(t *testing.T) {
	g := grouped(t, "group=tenant&in=x", "tenant", stories.GroupInput{Value: "contoso"})
	if g.Paging.Says != "1–1 of 40 groups" || g.Paging.Next != "/stories?after=more&group=tenant" || g.Paging.First != "" {
		t.Errorf("got %+v", g.Paging)
	}
	later := grouped(t, "group=tenant&after=y", "tenant", stories.GroupInput{Value: "contoso"})
	if later.Paging.First != "/stories?group=tenant" {
		t.Errorf("got %+v", later.Paging)
	}
}

// Whatever a value holds, the link of its group asks for that very value.
func TestGroupLinksSayTheirValue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		value := rapid.String().Draw(rt, "value")
		in := stories.Input{Query: url.Values{"group": {"source"}, "status": {"open"}}, Groups: &stories.GroupsInput{Field: "source", Count: 1, Groups: []stories.GroupInput{{Value: value, Label: workbench.Text(value), Count: 1}}}}
		h := stories.New(in).Grouped.Heads[0]
		if h.URL == "" {
			return
		}
		to, err := url.Parse(h.URL)
		if err != nil {
			rt.Fatalf("parsing %q: %v", h.URL, err)
		}
		if q := to.Query(); q.Get("source") != value || strings.HasPrefix(value, "!") || q.Get("status") != "open" || q.Has("group") {
			rt.Fatalf("the group of %q leads to %q", value, h.URL)
		}
	})
}
