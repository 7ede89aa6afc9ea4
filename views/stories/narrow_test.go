package stories_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/views/stories"
)

func TestSteps(t *testing.T) {
	// The page of the tests was made on 22 Nov 2026, 09:30 UTC.
	for _, tc := range []struct{ query, earlier, later, step string }{
		{"", "", "", ""},
		{"time=48h", "/stories?time=2026-11-18T09%3A30%3A00Z..2026-11-20T09%3A30%3A00Z", "", "2 days"},
		{"time=2026-11-18T09:30:00Z..2026-11-20T09:30:00Z&status=open&after=x", "/stories?status=open&time=2026-11-16T09%3A30%3A00Z..2026-11-18T09%3A30%3A00Z",
			"/stories?status=open&time=2026-11-20T09%3A30%3A00Z..2026-11-22T09%3A30%3A00Z", "2 days"},
		{"time=2026-11-01..2026-11-07", "/stories?time=2026-10-25..2026-10-31", "/stories?time=2026-11-08..2026-11-14", "week"},
		{"time=2026-11-22..2026-11-22", "/stories?time=2026-11-21..2026-11-21", "", "day"},
		{"time=2026-11-22T08:00:00Z..2026-11-22T08:45:00Z", "/stories?time=2026-11-22T07%3A15%3A00Z..2026-11-22T08%3A00%3A00Z",
			"/stories?time=2026-11-22T08%3A45%3A00Z..2026-11-22T09%3A30%3A00Z", "45 minutes"},
		{"time=2026-11-01..", "", "", ""},
		{"time=..2026-11-01", "", "", ""},
		{"time=2026-11-20..2026-11-01", "", "", ""},
		{"time=tomorrow", "", "", ""},
	} {
		t.Run(tc.query, func(t *testing.T) {
			got := stories.New(input(t, tc.query)).Span
			if diff := cmp.Diff([]string{tc.earlier, tc.later, tc.step}, []string{got.Earlier, got.Later, got.Step}); diff != "" {
				t.Errorf("steps differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeadsAddKeys(t *testing.T) {
	for _, tc := range []struct{ query, column, number, way, url, also string }{
		{"", "updated", "", "descending", "/stories?sort=updated", "updated"},
		{"", "criticality", "", "", "/stories?sort=-criticality", "-updated,-criticality"},
		{"sort=-criticality,updated", "criticality", "1", "descending", "/stories?sort=criticality", "criticality,updated"},
		{"sort=-criticality,updated", "updated", "2", "ascending", "/stories?sort=-updated", "-criticality,-updated"},
		{"sort=-criticality,updated", "indication", "", "", "/stories?sort=indication", "-criticality,updated,indication"},
		{"sort=status,verdict,owner,source", "indication", "", "", "/stories?sort=indication", "status,verdict,owner,indication"},
	} {
		t.Run(tc.query+" "+tc.column, func(t *testing.T) {
			l := stories.New(input(t, tc.query))
			i := slices.IndexFunc(l.Columns, func(c stories.Column) bool { return c.Key == tc.column })
			c := l.Columns[i]
			if diff := cmp.Diff([]string{tc.number, tc.way, tc.url, tc.also}, []string{c.Number, c.Way, c.URL, c.Also}); diff != "" {
				t.Errorf("head differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOrderMenuHoldsTheOrder(t *testing.T) {
	o := stories.New(input(t, "sort=-criticality,source&status=open&after=x")).Order
	var got []string
	for _, k := range o.Keys {
		for _, options := range [][]stories.Option{k.By, k.Ways} {
			for _, option := range options {
				if option.Chosen {
					got = append(got, option.Value)
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"criticality", "down", "source", "up", "", "down", "", "down"}, got); diff != "" {
		t.Errorf("keys differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]stories.Param{{Name: "status", Value: "open"}}, o.Carried); diff != "" {
		t.Errorf("carried parameters differ (-want +got):\n%s", diff)
	}
}

func TestWider(t *testing.T) {
	in := input(t, "status=closed&owner=!anna&time=48h&q=invoice&limit=100")
	in.Rows, in.Total, in.Everything = nil, 0, 214
	var got []string
	ways := stories.Wider(in)
	for _, w := range ways {
		got = append(got, strings.TrimSpace(w.Words+" "+w.Chip.Name+" "+w.Chip.Sense)+" "+w.URL)
	}
	want := []string{
		"In the last week /stories?limit=100&owner=%21anna&q=invoice&status=closed&time=7d",
		"In all time /stories?limit=100&owner=%21anna&q=invoice&status=closed",
		"Without Status is /stories?limit=100&owner=%21anna&q=invoice&time=48h",
		"Without Owner is not /stories?limit=100&q=invoice&status=closed&time=48h",
		"Without Text contains /stories?limit=100&owner=%21anna&status=closed&time=48h",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ways differ (-want +got):\n%s", diff)
	}
	ways[1].Count, ways[3].Count = 3, 1284
	in.Wider = ways
	var shown []string
	for _, w := range stories.New(in).Nothing.Wider {
		shown = append(shown, w.Words+" "+w.Number)
	}
	if diff := cmp.Diff([]string{"Without 1,284 stories", "In all time 3 stories"}, shown); diff != "" {
		t.Errorf("ways shown differ (-want +got):\n%s", diff)
	}
	many := url.Values{}
	for _, field := range []string{"status", "owner", "label", "mitre", "source", "sourceIp", "incident", "indication"} {
		many[field] = []string{"closed", "!open"}
	}
	if got := stories.Wider(stories.Input{Query: many}); len(got) != stories.MaxWider {
		t.Errorf("got %d ways, want %d", len(got), stories.MaxWider)
	}
}

func TestFilterForm(t *testing.T) {
	facet := func(field string, values ...string) []stories.Facet {
		f := stories.Facet{Field: field}
		for _, v := range values {
			f.Values = append(f.Values, stories.FacetValue{Value: v, Label: workbench.Text(v), Count: 1})
		}
		return []stories.Facet{f}
	}
	show := func(f stories.FilterForm) string {
		var out []string
		for _, s := range f.Senses {
			if s.Chosen {
				out = append(out, s.Label)
			}
		}
		for _, c := range f.Ticks {
			out = append(out, map[bool]string{true: "+", false: "-"}[c.Chosen]+c.Value)
		}
		for _, options := range [][]stories.Option{f.Low, f.High} {
			for _, o := range options {
				if o.Chosen {
					out = append(out, o.Value)
				}
			}
		}
		for _, o := range f.Known {
			out = append(out, "?"+o.Value)
		}
		if f.Text != "" {
			out = append(out, "text "+f.Text)
		}
		return strings.Join(out, " ")
	}
	many := strings.Fields("a b c d e f g h i")
	for _, tc := range []struct {
		name, query, edit string
		facets            []stories.Facet
		known             []stories.FacetValue
		want              string
	}{
		{"an enum offers all its words", "verdict=benign", "edit=1&field=verdict", facet("verdict", "benign", "none"), nil, "is any of -malicious -suspicious +benign -informational -none"},
		{"its opposite", "verdict=!benign", "edit=1&field=verdict&sense=not", facet("verdict"), nil, "is not any of -malicious -suspicious +benign -informational -none"},
		{"few values to tick", "owner=anna", "edit=1&field=owner", facet("owner", "anna", "bob"), nil, "is +anna -bob ?anna ?bob"},
		{"many values to type", "owner=c&owner=z", "edit=1&field=owner&sense=any", facet("owner", many...), nil, "is any of +c +z ?a ?b ?c ?d ?e ?f ?g ?h ?i"},
		{"values that cannot be said are not proposed", "", "edit=1&field=label", facet("label", append(many, "!x", "a\u202Eb", strings.Repeat("y", 130))...), nil, "is ?a ?b ?c ?d ?e ?f ?g ?h ?i"},
		{"a field without a facet", "source=!srv", "edit=1&field=source", nil, []stories.FacetValue{{Value: "fin-lt-204"}}, "is not +srv ?fin-lt-204"},
		{"a range", "criticality=4..6", "edit=1&field=criticality", nil, nil, "is between 4 6"},
		{"not a range", "criticality=!4..6", "edit=1&field=criticality&sense=not", nil, nil, "is not between 4 6"},
		{"no range yet", "", "edit=1&field=criticality", nil, nil, "is between 7 10"},
		{"text", "q=invoice", "edit=1&field=text", nil, nil, "contains text invoice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := input(t, tc.query)
			in.Facets, in.Edit = tc.facets, stories.EditOf(query(t, tc.edit))
			in.Edit.Known = tc.known
			if got, want := show(stories.New(in).Adder.Form), tc.want; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestLongFacets(t *testing.T) {
	in := input(t, "label=l150&label=!l3")
	labels := stories.Facet{Field: "label"}
	for i := range stories.MaxFacet {
		labels.Values = append(labels.Values, stories.FacetValue{Value: "l" + strconv.Itoa(i), Count: 200 - i})
	}
	labels.Values = append(labels.Values, stories.FacetValue{Value: "l150", Count: stories.NotCounted})
	in.Facets = []stories.Facet{labels}
	g := stories.New(in).Filters.Groups[0]
	if len(g.Choices) != 9 || len(g.More) != 0 || g.Fold != "92 more" || g.FoldURL != "/stories?facet=label&label=l150&label=%21l3" || !g.Findable || g.Cut == "" {
		t.Errorf("got %d shown, %d others, the fold %q to %q, findable %v, cut %q", len(g.Choices), len(g.More), g.Fold, g.FoldURL, g.Findable, g.Cut)
	}
	in.Query.Set("facet", "label")
	if whole := stories.New(in).Filters.Groups[0]; len(whole.Choices) != 9 || len(whole.More) != 92 || whole.Fold != "Fewer" || whole.FoldURL != "/stories?label=l150&label=%21l3" {
		t.Errorf("unfolded it has %d and %d, and the fold %q to %q", len(whole.Choices), len(whole.More), whole.Fold, whole.FoldURL)
	}
	if c := g.Choices[3]; c.Value != "!l3" || !c.Out || c.Bare != "label=l3" || c.Alone || c.CountText != "197" {
		t.Errorf("got %+v for a value that is filtered out", c)
	}
	if c := g.Choices[len(g.Choices)-1]; c.Value != "l150" || !c.Chosen || c.CountText != "–" {
		t.Errorf("got %+v for a chosen value that nobody counted", c)
	}
	in = input(t, "label=only")
	if c := stories.New(in).Filters.Groups[0].Choices[0]; !c.Alone || c.CountText != "0" {
		t.Errorf("got %+v for the only chosen value", c)
	}
	long := strings.Repeat("x", 600)
	in = input(t, "")
	in.Facets = []stories.Facet{{Field: "label", Values: []stories.FacetValue{{Value: "!x"}, {Value: long}, {Value: "fine"}}}}
	var got []string
	for _, c := range stories.New(in).Filters.Groups[0].Choices {
		got = append(got, c.Bare)
	}
	if diff := cmp.Diff([]string{"", "", "label=fine"}, got); diff != "" {
		t.Errorf("values for only and not differ (-want +got):\n%s", diff)
	}
}

func TestTheListNamesNoCountsOfAQueryThatWasNotAsked(t *testing.T) {
	in := input(t, "status=asleep&sort=beauty&owner=anna")
	in.Rows, in.Total = nil, 0
	in.Invalid = map[string]string{"status": "is unknown", "sort": "is unknown"}
	l := stories.New(in)
	page := string(render(t, stories.TablePartial(l)))
	if strings.Contains(page, "facet-count") {
		t.Error("got facets of a query that was not asked")
	}
	if strings.Contains(page, "beauty") {
		t.Error("got the order that was not understood in the page's links")
	}
	if got, want := l.Chips[1].Remove, "/stories?status=asleep"; got != want {
		t.Errorf("got %q, want %q: a filter is not dropped without a word", got, want)
	}
}
