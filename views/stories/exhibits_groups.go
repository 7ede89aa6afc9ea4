package stories

import (
	"net/url"
	"strconv"
	"strings"

	"workbench"
	"workbench/views/ui"
)

// groupExhibits shows the list in groups in every state.
func groupExhibits() []ui.Exhibit {
	states := []struct {
		name string
		in   Input
	}{
		{"groups", inGroups("producer", false)},
		{"groups-open", inGroups("producer", true)},
		{"groups-by-incident", byIncident()},
		{"groups-hostile-text", hostileGroups()},
		{"groups-one", oneGroup()},
		{"groups-none-match", noGroups()},
	}
	var out []ui.Exhibit
	for _, s := range states {
		out = append(out, ui.Exhibit{Name: "stories/list/" + s.name, Component: TablePartial(New(s.in)), Page: true})
	}
	return out
}

// groupsOf groups rows as the list's own index does, in the order in which they come.
func groupsOf(field string, rows []workbench.Row, value func(workbench.Row) (string, workbench.Untrusted)) *GroupsInput {
	in, at := &GroupsInput{Field: field}, map[string]int{}
	for _, r := range rows {
		v, label := value(r)
		i, known := at[v]
		if !known {
			i = len(in.Groups)
			at[v] = i
			in.Groups = append(in.Groups, GroupInput{Value: v, Label: label})
		}
		g := &in.Groups[i]
		g.Count++
		switch ui.Band(r.Criticality) {
		case "high":
			g.High++
		case "medium":
			g.Medium++
		default:
			g.Low++
		}
		g.UpdatedAt = workbench.Latest(g.UpdatedAt, r.UpdatedAt)
		if len(g.Rows) < GroupRows {
			g.Rows = append(g.Rows, r)
		}
	}
	in.Count = len(in.Groups)
	return in
}

func inGroups(field string, open bool) Input {
	rows := samples(40)
	in := exhibit(nil, url.Values{paramGroup: {field}, "status": {"!closed"}})
	in.Total, in.Everything, in.Facets = 40, 1284, facetsOf(rows)
	in.Groups = groupsOf(field, rows, func(r workbench.Row) (string, workbench.Untrusted) {
		return strings.ToLower(r.Producer.Raw()), r.Producer
	})
	for i := range in.Groups.Groups {
		if in.Groups.Groups[i].Open = open && i == 0; !in.Groups.Groups[i].Open {
			in.Groups.Groups[i].Rows = nil
		}
	}
	return in
}

func byIncident() Input {
	in := exhibit(nil, url.Values{paramGroup: {"incident"}, paramAfter: {"cursor-of-this-page"}})
	in.ManyTenants, in.Total, in.Everything = true, 3121, 3121
	in.Groups = groupsOf("incident", samples(12), func(r workbench.Row) (string, workbench.Untrusted) {
		return "contoso/" + r.IncidentID.Raw(), r.IncidentID
	})
	for i := range in.Groups.Groups {
		in.Groups.Groups[i].Rows = nil
	}
	in.Groups.Groups = append(in.Groups.Groups, GroupInput{Value: "none", Label: t("None"), Count: 3, Low: 3, UpdatedAt: workbench.At(exhibitNow)})
	in.Groups.Count, in.Groups.Next = 1840, "cursor-of-the-next-page"
	return in
}

func hostileGroups() Input {
	in := exhibit(nil, url.Values{paramGroup: {"source"}, "source": {"!<b>"}})
	in.Total, in.Everything = 1_234_567, 1_234_567
	values := []string{`<script>alert("group")</script>`, "!not", "7..10", "invoice\u202Efdp.exe", strings.Repeat("x", 512), "none", `"><a href="https://evil.example">`, "\u0645\u062D\u0645\u062F"}
	in.Groups = &GroupsInput{Field: "source", Count: len(values)}
	for i, v := range values {
		g := GroupInput{Value: v, Label: t(v), Count: 1_000_000 / (i + 1), High: 900_000 / (i + 1), Medium: 10 * i, Low: i, UpdatedAt: workbench.At(exhibitNow)}
		if i == 1 {
			g.Open, g.Rows = true, samples(2)
		}
		in.Groups.Groups = append(in.Groups.Groups, g)
	}
	return in
}

func oneGroup() Input {
	in := inGroups("tenant", false)
	in.Groups = &GroupsInput{Field: "tenant", Count: 1, Groups: []GroupInput{{Value: "contoso", Label: t("Contoso"), Count: 3, High: 1, Medium: 1, Low: 1, UpdatedAt: workbench.At(exhibitNow), Open: true, Rows: samples(3)}}}
	return in
}

func noGroups() Input {
	in := noneMatch()
	in.Query.Set(paramGroup, "incident")
	in.Groups = &GroupsInput{Field: "incident"}
	return in
}

func manyViews(views ViewsInput) Input {
	in := exhibit(samples(3), url.Values{paramBase: {"many97"}, "owner": {"m.rossi"}})
	in.Views = views
	return in
}

// viewExhibits shows the menu of views and the page on which they are kept in order.
func viewExhibits() []ui.Exhibit {
	own := workbench.View{ID: "own0", Revision: 3, Owner: "me", Name: "Night shift", Query: "criticality=7..10&sort=-criticality&status=%21closed&time=48h"}
	shared := workbench.View{ID: "shared0", Revision: 1, Owner: "anna", Name: "<script>alert(1)</script> week 47", Shared: true, Query: "group=incident&q=%22rundll32%22&columns=indication,incident"}
	mine := workbench.View{ID: "own1", Revision: 12, Owner: "me", Name: strings.Repeat("A long name ", 5) + "done", Shared: true, Query: "colour=red&tenant=contoso"}
	views := ViewsInput{List: append(BuiltInViews("m.rossi"), mine, own, shared), Account: "me", Owners: map[workbench.AccountID]string{"anna": "a.singh"}, Default: "own0", MayShare: true}
	list := func(query string, unfit map[string]string) Input {
		values, err := url.ParseQuery(query)
		if err != nil {
			panic(err) // the exhibits' own text
		}
		in := exhibit(samples(8), values)
		in.Views = views
		in.Views.Unfit = unfit
		return in
	}
	frame := exhibit(nil, nil).Layout
	frame.Path, frame.Return = "/views", "/views"
	reader := views
	reader.MayShare, reader.Default, reader.List = false, "", BuiltInViews("m.rossi")
	many := views
	for i := range workbench.MaxViews - 2 {
		many.List = append(many.List, workbench.View{ID: workbench.ViewID("many" + strconv.Itoa(i)), Revision: 1, Owner: "me", Name: "View " + strconv.Itoa(i), Query: "owner=m.rossi"})
	}
	return []ui.Exhibit{
		{Name: "stories/list/view", Component: TablePartial(New(list("base=own0&"+own.Query, nil))), Page: true},
		{Name: "stories/list/view-changed", Component: TablePartial(New(list("base=own0&severity=high&"+own.Query, nil))), Page: true},
		{Name: "stories/list/view-unfit", Component: TablePartial(New(list("base=own1&tenant=contoso", map[string]string{"colour": "is not something that stories can be narrowed by"}))), Page: true},
		{Name: "stories/list/view-many", Component: TablePartial(New(manyViews(many))), Page: true},
		{Name: "stories/views/some", Component: ViewsBody(NewViewsPage(frame, views, nil)), Page: true},
		{Name: "stories/views/none", Component: ViewsBody(NewViewsPage(frame, reader, nil)), Page: true},
		{Name: "stories/views/many", Component: ViewsBody(NewViewsPage(frame, many, nil)), Page: true},
		{Name: "stories/views/name-taken", Component: ViewsBody(NewViewsPage(frame, views, &ViewsProblem{Sentence: "Nothing was saved. Correct the name, then try again.", Name: "Night shift", Error: "The name is the name of another of your views. Choose another, or delete that one.", Query: "status=open", Return: "/stories"})), Page: true},
		{Name: "stories/views/conflict", Component: ViewsBody(NewViewsPage(frame, views, &ViewsProblem{Sentence: "Nothing was saved: this view was changed in another tab or browser meanwhile. It is shown below as it is now.", View: "own0", Query: "status=open", Return: "/stories"})), Page: true},
	}
}
