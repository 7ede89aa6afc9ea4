package stories

import (
	"net/url"
	"slices"
	"strings"

	"workbench"
	"workbench/views/link"
)

// ViewQuery is what a view keeps of a list's query: filters, text, time, order, groups and columns. What says no more than its absence is
// left out, and the values of a filter come in byte order, so that two queries that ask for the same list are the same.
func ViewQuery(query url.Values) url.Values {
	kept := newAddress(query).clone()
	for _, name := range []string{paramLimit, paramAfter, paramBase, paramIn, paramFacet} {
		delete(kept, name)
	}
	for name, plain := range map[string]string{paramTime: "all", paramTimeField: "updated", paramSort: "-updated"} {
		if slices.Equal(kept[name], []string{plain}) {
			delete(kept, name)
		}
	}
	for name, values := range kept {
		if _, filters := fieldNames[name]; filters {
			slices.Sort(values)
			kept[name] = slices.Compact(values)
		}
	}
	return kept
}

// Composed is a list's query that names a view: the view's own, in which every parameter that the address has besides takes the place of
// the view's parameter of that name; an empty one takes it away.
func Composed(view workbench.View, query url.Values) url.Values {
	out := viewValues(view)
	for name, values := range query {
		if name != paramView {
			out[name] = values
		}
	}
	out.Set(paramBase, string(view.ID))
	return out
}

// viewValues reads the stored query; what cannot be read of it is left out.
func viewValues(v workbench.View) url.Values {
	values, _ := url.ParseQuery(v.Query) // it gives what it can read
	return ViewQuery(values)
}

// viewURL is the address of the list that a view stands for.
func viewURL(v workbench.View) string { return link.Stories(Composed(v, nil)) }

// BuiltInViews are the views that come with the program, the first of them the one that opens unless somebody chooses otherwise. account
// is the name of who asks; a name that an address cannot say as an owner has no view of its own stories.
func BuiltInViews(account string) []workbench.View {
	const urgent = "-criticality,-updated"
	open := func(more ...string) url.Values {
		query := url.Values{"status": {"!" + string(workbench.StatusClosed)}, paramSort: {urgent}}
		for i := 0; i < len(more); i += 2 {
			query.Set(more[i], more[i+1])
		}
		return query
	}
	list := []workbench.View{
		builtIn("open", "Open", open()),
		builtIn("high", "High criticality", open("criticality", "7..10")),
		builtIn("unassigned", "Unassigned", open("owner", "none")),
	}
	if isOwner(account) {
		list = append(list, builtIn("mine", "Mine", open("owner", account)))
	}
	return append(list,
		builtIn("endpoint", "Endpoint", open("producerType", string(workbench.MicrosoftEndpointAlert))),
		builtIn("email", "E-mail", open("producer", workbench.ProductOffice365)),
		builtIn("closed", "Closed", url.Values{"status": {string(workbench.StatusClosed)}}),
		builtIn("all", "All stories", nil))
}

func builtIn(id workbench.ViewID, name string, query url.Values) workbench.View {
	return workbench.View{ID: id, Name: name, Shared: true, Query: query.Encode()}
}

// isOwner reports whether the list can be filtered by an owner of the name.
func isOwner(name string) bool {
	return name != "" && !strings.HasPrefix(name, "!") && !strings.EqualFold(name, "none") && !strings.Contains(name, "..")
}
