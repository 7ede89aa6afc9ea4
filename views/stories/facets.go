package stories

import (
	"slices"
	"strconv"
	"strings"

	"workbench"
	"workbench/views/ui"
)

// MaxFacet is how many values of a field the store counts for a page.
const MaxFacet = 100

// OpenFacets is the parameter of the list's address that names the facets whose values are shown all; FacetPart begins the id of the part of
// a facet that it changes, and the facet's field ends it.
const (
	OpenFacets = "facet"
	FacetPart  = "facet-more-"
	paramFacet = OpenFacets
)

// NotCounted is the count of a value that nobody counted. It is shown as a dash.
const NotCounted = -1

// shownChoices is how many values of a facet are shown before the rest folds away.
const shownChoices = 8

// findable is how many values of a facet can be looked through without a box to find one.
const findable = 20

// Group is one facet as the page shows it: a field with the values to choose from.
type Group struct {
	Field    string
	Name     string
	Open     bool
	Choices  []Choice
	More     []Choice // the others, where the address asks for them
	Whole    bool     // it does
	Fold     string   // of the link that asks for them, or puts them away: "92 more"; "" where there are no others
	FoldURL  string
	Findable bool   // there are so many values that a box to find one helps
	Cut      string // says that there are more values than the facet lists; "" where there are not
}

// Choice is one value of a facet, a check box.
type Choice struct {
	ID        string // of the element, the same on every rendering of the value
	Field     string
	Value     string // what the box sends
	Lead      string // beginning of the name that only screen readers get
	Label     workbench.Untrusted
	Out       bool // the value is filtered out
	Chosen    bool
	Count     int
	CountText string
	Name      string // the value, for labels that are only heard
	Bare      string // field=value, as FormQuery wants it for "only" and "not"; "" where an address cannot say it
	Alone     bool   // the field has no other filter
}

// Bar is one column of the histogram of criticality.
type Bar struct {
	Choice
	Band          string // high, medium, low
	Y, Height     int    // in the 40 units of the drawing
	Number, Title string
}

// Band is a link to all criticalities of one band.
type Band struct {
	Name, Band, URL string
	Current         bool
}

// folded are the facets that stay closed until something in them is chosen.
var folded = []string{"severity", "analystSeverity", "owner", "label", "mitre", "moved", "tenant"}

// groups makes every facet but criticality. A facet of tenants is left out where there is but one, and any facet without values.
func groups(a address, facets []Facet, labels labeller, manyTenants bool) []Group {
	var out []Group
	for _, field := range fieldOrder {
		chosen := a.query[field]
		if field == "criticality" || slices.Contains(uncounted, field) || field == "tenant" && !manyTenants && len(chosen) == 0 {
			continue
		}
		all := choices(field, valuesOf(facets, field), chosen, labels)
		if field == "moved" {
			all = slices.DeleteFunc(all, func(c Choice) bool { return !c.Chosen && (c.Value != "true" || c.Count == 0) })
		}
		if len(all) == 0 {
			continue
		}
		g := Group{Field: field, Name: fieldNames[field], Open: !slices.Contains(folded, field) || len(chosen) > 0, Choices: all}
		if field == "tenant" && manyTenants {
			g.Open = true
		}
		if len(all) > shownChoices+1 {
			g.fold(a, all)
		}
		if len(valuesOf(facets, field)) >= MaxFacet {
			g.Cut = "The " + strconv.Itoa(MaxFacet) + " most frequent. Add a filter to choose any other."
		}
		out = append(out, g)
	}
	return out
}

// fold leaves the first values of a facet, and those that are chosen, and puts the others behind a link.
func (g *Group) fold(a address, all []Choice) {
	g.Choices, g.Findable, g.Whole = slices.Clone(all[:shownChoices]), len(all) > findable, slices.Contains(a.query[paramFacet], g.Field)
	var others []Choice
	for _, c := range all[shownChoices:] {
		if c.Chosen {
			g.Choices = append(g.Choices, c)
		} else {
			others = append(others, c)
		}
	}
	g.FoldURL = a.unfolding(g.Field, !g.Whole).url()
	switch {
	case len(others) == 0:
	case g.Whole:
		g.More, g.Fold = others, "Fewer"
	default:
		g.Fold = strconv.Itoa(len(others)) + " more"
	}
}

// unfolding is the address of this very page with all values of a facet shown, or the first ones again.
func (a address) unfolding(field string, all bool) address {
	query := a.clone()
	query[paramFacet] = slices.DeleteFunc(query[paramFacet], func(other string) bool { return other == field })
	if all {
		query[paramFacet] = append(query[paramFacet], field)
	}
	if len(query[paramFacet]) == 0 {
		delete(query, paramFacet)
	}
	return address{query}
}

// FacetOf is the facet of a field of a page; it reports false where the page has none that is longer than what it shows.
func (l List) FacetOf(field string) (Group, bool) {
	for _, g := range l.Filters.Groups {
		if g.Field == field && g.Fold != "" {
			return g, true
		}
	}
	return Group{}, false
}

func valuesOf(facets []Facet, field string) []FacetValue {
	for _, f := range facets {
		if f.Field == field {
			return f.Values
		}
	}
	return nil
}

// choices joins the values that stories have with those chosen now, which stay even at zero so that they can be taken back.
func choices(field string, values []FacetValue, chosen []string, labels labeller) []Choice {
	var out []Choice
	has := map[string]bool{}
	for _, v := range ordered(field, values) {
		c := Choice{Field: field, Value: v.Value, Label: labels.one(field, v.Value), Count: v.Count}
		for _, want := range chosen {
			bare, not := strings.CutPrefix(want, "!")
			if strings.EqualFold(bare, v.Value) || field == "producer" && strings.EqualFold(bare, v.Label.Raw()) {
				c.Chosen, c.Out, c.Value = true, not, want
				has[strings.ToLower(bare)] = true
			}
		}
		has[strings.ToLower(v.Value)] = true
		out = append(out, c.named(v.Value, len(chosen)))
	}
	for _, want := range chosen {
		bare, not := strings.CutPrefix(want, "!")
		if !has[strings.ToLower(bare)] {
			has[strings.ToLower(bare)] = true
			out = append(out, Choice{Field: field, Value: want, Label: labels.one(field, bare), Chosen: true, Out: not}.named(bare, len(chosen)))
		}
	}
	return out
}

// named completes a choice: its value without a sign, and how many values of its field are chosen.
func (c Choice) named(bare string, chosen int) Choice {
	c.ID = "facet-" + workbench.NewID(c.Field, strings.ToLower(strings.TrimPrefix(c.Value, "!")))[:12]
	if c.Field == "producer" {
		c.Lead, c.Label = productName(c.Label)
	}
	c.CountText, c.Name, c.Alone = ui.Count(c.Count), short(c.Label), c.Chosen && chosen == 1
	if c.Count == NotCounted {
		c.CountText = "–"
	}
	if !strings.HasPrefix(bare, "!") && len(bare) <= maxValue {
		c.Bare = c.Field + "=" + bare
	}
	return c
}

// ordered puts our own enums into the order in which pages offer them; others stay as counted.
func ordered(field string, values []FacetValue) []FacetValue {
	var order []string
	switch field {
	case "status":
		for _, s := range workbench.Statuses {
			order = append(order, string(s))
		}
	case "verdict":
		for _, v := range workbench.Verdicts {
			order = append(order, string(v))
		}
	case "analystSeverity", "severity":
		order = []string{"high", "medium", "low", "informational", "unknown"}
	default:
		return values
	}
	rank := func(v FacetValue) int {
		if i := slices.IndexFunc(order, func(w string) bool { return strings.EqualFold(w, v.Value) }); i >= 0 {
			return i
		}
		return len(order)
	}
	values = slices.Clone(values)
	slices.SortStableFunc(values, func(x, y FacetValue) int { return rank(x) - rank(y) })
	return values
}

// bars makes the histogram of criticality: ten columns, the fullest 40 units high, none that holds a story under 2.
func bars(a address, facets []Facet) []Bar {
	counts, chosen, most := map[string]int{}, map[int]bool{}, 1
	for _, v := range valuesOf(facets, "criticality") {
		counts[v.Value] += v.Count
		most = max(most, counts[v.Value])
	}
	for _, v := range a.query["criticality"] {
		if from, to, ok := span(v); ok {
			for n := from; n <= to; n++ {
				chosen[n] = true
			}
		}
	}
	var out []Bar
	for n := 1; n <= 10; n++ {
		text := strconv.Itoa(n)
		count := counts[text]
		height := count * 40 / most
		if count > 0 {
			height = max(height, 2)
		}
		c := Choice{Field: "criticality", Value: text, Label: workbench.Text(text), Chosen: chosen[n], Count: count}.named(text, len(chosen))
		out = append(out, Bar{Choice: c, Band: ui.Band(n), Y: 40 - height, Height: height, Number: text,
			Title: "Criticality " + text + ", " + ui.Band(n) + ": " + counted(count, "story", "stories")})
	}
	return out
}

// outs are the criticalities that are filtered out: the form carries them along.
func outs(a address) []Param {
	var out []Param
	for _, v := range a.query["criticality"] {
		if strings.HasPrefix(v, "!") {
			out = append(out, Param{"criticality", v})
		}
	}
	return out
}

func bands(a address) []Band {
	now := strings.Join(a.query["criticality"], ",")
	var out []Band
	for _, b := range []struct{ name, band, span string }{{"Low", "low", "1..3"}, {"Medium", "medium", "4..6"}, {"High", "high", "7..10"}} {
		band := Band{Name: b.name, Band: b.band, URL: a.set("criticality", b.span).url(), Current: now == b.span}
		if band.Current {
			band.URL = a.set("criticality").url()
		}
		out = append(out, band)
	}
	return out
}
