package stories_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/stories"
)

func TestViewQueryKeepsWhatAsksForTheList(t *testing.T) {
	for _, tc := range []struct{ query, want string }{
		{"status=open&limit=200&after=x&base=open&in=a&in=b", "status=open"},
		{"status=open&status=closed", "status=closed&status=open"},
		{"status=open&status=closed&status=open", "status=closed&status=open"},
		{"time=all&timeField=updated&sort=-updated", ""},
		{"time=48h&timeField=created&sort=-criticality,updated", "sort=-criticality%2Cupdated&time=48h&timeField=created"},
		{"group=incident&columns=status,id&q=a", "columns=status%2Cid&group=incident&q=a"},
		{"colour=red&view=x&status=", ""},
	} {
		if got := stories.ViewQuery(query(t, tc.query)).Encode(); got != tc.want {
			t.Errorf("of %q a view keeps %q, want %q", tc.query, got, tc.want)
		}
	}
}

func TestComposedTakesTheAddressFirst(t *testing.T) {
	v := workbench.View{ID: "v", Query: "status=%21closed&criticality=7..10&sort=-criticality"}
	for _, tc := range []struct{ query, want string }{
		{"", "base=v&criticality=7..10&sort=-criticality&status=%21closed"},
		{"view=v&severity=high", "base=v&criticality=7..10&severity=high&sort=-criticality&status=%21closed"},
		{"view=v&status=open&status=reopened", "base=v&criticality=7..10&sort=-criticality&status=open&status=reopened"},
		{"criticality=", "base=v&criticality=&sort=-criticality&status=%21closed"},
		{"limit=5&after=x", "after=x&base=v&criticality=7..10&limit=5&sort=-criticality&status=%21closed"},
	} {
		if got := stories.Composed(v, query(t, tc.query)).Encode(); got != tc.want {
			t.Errorf("%q with the view asks for %q, want %q", tc.query, got, tc.want)
		}
	}
}

func TestTheFirstViewIsTheProgramsQueue(t *testing.T) {
	views := stories.BuiltInViews("m.rossi")
	first, err := url.Parse(link.Queue())
	if err != nil {
		t.Fatal(err)
	}
	if views[0].ID != "open" || views[0].Query != first.RawQuery {
		t.Errorf("the first view %s asks for %q, want %q", views[0].ID, views[0].Query, first.RawQuery)
	}
	ids := map[workbench.ViewID]bool{}
	for _, v := range views {
		if ids[v.ID] || v.Check() != nil || v.Owner != "" {
			t.Errorf("view %+v is no sound view of the program", v)
		}
		ids[v.ID] = true
	}
}

func TestMineIsLeftOutWhereNoAddressCanSayIt(t *testing.T) {
	for name, want := range map[string]string{"m.rossi": "m.rossi", "7": "7", "A&b=c": "A&b=c", "!not": "", "none": "", "None": "", "1..3": "", "": ""} {
		got := ""
		for _, v := range stories.BuiltInViews(name) {
			if v.ID == "mine" {
				got = query(t, v.Query).Get("owner")
			}
		}
		if got != want {
			t.Errorf("account %q: mine asks for the owner %q, want %q", name, got, want)
		}
	}
}

// viewsOf is an account with views of its own and one of somebody else.
func viewsOf(in stories.Input, base string) stories.List {
	in.Views = stories.ViewsInput{Account: "me", MayShare: true, Owners: map[workbench.AccountID]string{"anna": "a.singh"}, Default: "own", List: append(stories.BuiltInViews("m.rossi"),
		workbench.View{ID: "own", Owner: "me", Revision: 4, Name: "Night shift", Query: "criticality=7..10"}, workbench.View{ID: "hers", Owner: "anna", Revision: 1, Name: "Week 47", Shared: true, Query: "severity=high"})}
	if base != "" {
		in.Query.Set("base", base)
	}
	return stories.New(in)
}

func TestViewMenuSaysWhatIsLookedAt(t *testing.T) {
	for _, tc := range []struct {
		query, base, name             string
		changed, starred, save, found bool
	}{
		{"criticality=7..10", "own", "Night shift", false, true, false, true},
		{"criticality=7..10&limit=200&after=x", "own", "Night shift", false, true, false, true},
		{"criticality=7..10&severity=high", "own", "Night shift", true, true, true, true},
		{"", "own", "Night shift", true, true, true, true},
		{"severity=high", "hers", "Week 47", false, false, false, true},
		{"severity=low", "hers", "Week 47", true, false, false, true},
		{"status=!closed&sort=-criticality,-updated", "", "Open", false, false, false, true},
		{"criticality=7..10", "", "Night shift", false, true, false, true},
		{"", "", "All stories", false, false, false, true},
		{"severity=low", "", "", false, false, false, false},
		{"severity=low", "not-mine", "", false, false, false, false},
	} {
		t.Run(tc.base+"?"+tc.query, func(t *testing.T) {
			m := viewsOf(input(t, tc.query), tc.base).Views
			got := []any{m.Name, m.Changed, m.Starred, m.Save != nil}
			if diff := cmp.Diff([]any{tc.name, tc.changed, tc.starred, tc.save}, got); diff != "" {
				t.Errorf("name, changed, starred, save (-want +got):\n%s", diff)
			}
			current := 0
			for _, s := range m.Sections {
				for _, e := range s.Views {
					if e.Current {
						current++
					}
				}
			}
			if (current == 1) != tc.found {
				t.Errorf("%d views are marked as the present one", current)
			}
		})
	}
}

func TestViewMenuHasSections(t *testing.T) {
	var got []string
	for _, s := range viewsOf(input(t, ""), "").Views.Sections {
		for _, e := range s.Views {
			if s.Name != "Built in" {
				got = append(got, s.Name+": "+e.Name+" "+e.Owner+" "+e.URL)
			}
		}
	}
	want := []string{"Yours: Night shift  /stories?base=own&criticality=7..10", "Shared by others: Week 47 a.singh /stories?base=hers&severity=high"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever a view asks for, its own address is that view unchanged, and saving what its page shows saves what it asked for.
func TestViewsComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		given := url.Values{}
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"status", "owner", "source", "criticality", "q", "time", "sort", "group", "columns", "label"}), func(s string) string { return s }).Draw(rt, "names") {
			given[name] = rapid.SliceOfN(rapid.String(), 1, 3).Draw(rt, name)
		}
		v := workbench.View{ID: "v", Owner: "me", Revision: 1, Name: "v", Query: stories.ViewQuery(given).Encode()}
		in := stories.Input{Query: stories.Composed(v, nil), Views: stories.ViewsInput{Account: "me", List: []workbench.View{v}}}
		m := stories.New(in).Views
		if m.Name != "v" || m.Changed {
			rt.Fatalf("the view's own list is called %q, changed %v", m.Name, m.Changed)
		}
		if m.SaveAs.Query != v.Query {
			rt.Fatalf("saving it gives %q, want %q", m.SaveAs.Query, v.Query)
		}
	})
}

func TestBasedForgetsForeignViews(t *testing.T) {
	list := []workbench.View{{ID: "a", Query: "status=open"}}
	for query_, want := range map[string]string{"base=a&severity=high": "a", "base=foreign&severity=high": "", "status=open": "a", "base=foreign&status=open": "a"} {
		if got := stories.Based(query(t, query_), list).Get("base"); got != want {
			t.Errorf("%q is based on %q, want %q", query_, got, want)
		}
	}
}

func TestMenuOfManyViewsStaysShort(t *testing.T) {
	in := input(t, "base=v99")
	in.Views.Account, in.Views.Default = "me", "v98"
	for i := range workbench.MaxViews {
		in.Views.List = append(in.Views.List, workbench.View{ID: workbench.ViewID("v" + strconv.Itoa(i)), Owner: "me", Revision: 1, Name: "View " + strconv.Itoa(i), Query: "q=" + strconv.Itoa(i)})
	}
	m := stories.New(in).Views
	last := m.Sections[0].Views[len(m.Sections[0].Views)-2:]
	if len(m.Sections[0].Views) != 27 || m.Sections[0].More != "73 more" || !last[0].Starred || !last[1].Current {
		t.Errorf("the menu has %d views and says %q; the last are %+v", len(m.Sections[0].Views), m.Sections[0].More, last)
	}
}

func TestOpenGroupsAreGroups(t *testing.T) {
	query := url.Values{"group": {"source"}, "in": {strings.Repeat("x", 300)}}
	for i := range 300 {
		query.Add("in", strconv.Itoa(i))
	}
	if got := stories.Based(query, nil)["in"]; len(got) != stories.MaxOpenGroups || got[len(got)-1] != "299" {
		t.Errorf("got %v", got)
	}
	query.Del("group")
	if got := stories.Based(query, nil)["in"]; got != nil {
		t.Errorf("without groups %v are open", got)
	}
}

func TestViewsPageSaysWhatViewsAskFor(t *testing.T) {
	in := stories.ViewsInput{Account: "me", List: []workbench.View{{ID: "own", Owner: "me", Revision: 1, Name: "A", Query: "q=x&criticality=7..10&time=48h&group=incident&columns=id,status"}, {ID: "all", Name: "All"}}}
	p := stories.NewViewsPage(layout.Props{}, in, nil)
	var got []string
	for _, c := range p.Own[0].Asks {
		var values []string
		for _, v := range c.Values {
			values = append(values, v.Raw())
		}
		got = append(got, c.Name+" "+c.Sense+" "+strings.Join(values, " or "))
	}
	want := []string{"Criticality is 7 to 10", "Text contains x", "Updated in the last 2 days", "Grouped by Incident", "Columns of its own: 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(p.BuiltIn) != 1 || len(p.BuiltIn[0].Asks) != 0 || p.Says != "1 view of at most 100" {
		t.Errorf("got %+v, %q", p.BuiltIn, p.Says)
	}
}
