package stories

import (
	"cmp"
	"net/url"
	"slices"

	"workbench/views/ui"
)

// Nothing says why the list is empty, and leads out of it.
type Nothing struct {
	Title, Why string
	Commands   []string // to type, where there is nothing in the store at all
	Wider      []Way
	Ways       []Choose
}

// Way leads from an empty list to one that holds more.
type Way struct {
	Words  string // "Without", or "" where Chip is none
	Chip   Chip   // what is taken away
	Query  url.Values
	URL    string
	Count  int // stories that it leads to
	Number string
}

// MaxWider is how many lists Wider proposes at most.
const MaxWider = 6

// Wider returns the lists that an empty one could be widened to, the shortest step first. What each holds is for the caller to count; those
// that hold something are then given to New.
func Wider(in Input) []Way {
	a, labels := newAddress(in.Query), newLabeller(in.Facets)
	a = a.set(paramAfter)
	span := newSpan(a, in.Layout.Display)
	var out []Way
	if span.Chip != nil {
		now := a.query.Get(paramTime)
		length, rolls := rolling(now)
		for _, p := range presets {
			if longer, ok := rolling(p.value); rolls && ok && longer > length {
				out = append(out, Way{Words: "In the " + p.within, Query: a.set(paramTime, p.value).query})
				break
			}
		}
		out = append(out, Way{Words: "In all time", Query: a.set(paramTime).query})
	}
	for _, c := range chips(a, labels) {
		to, err := url.Parse(c.Remove)
		if err == nil && len(out) < MaxWider {
			out = append(out, Way{Words: "Without", Chip: c, Query: to.Query()})
		}
	}
	for i := range out {
		out[i].URL = address{out[i].Query}.url()
	}
	return out
}

// ready writes the counts of the ways that lead to something, the most stories first.
func ready(ways []Way) []Way {
	ways = slices.DeleteFunc(slices.Clone(ways), func(w Way) bool { return w.Count == 0 })
	slices.SortStableFunc(ways, func(v, w Way) int { return cmp.Compare(w.Count, v.Count) })
	for i, w := range ways {
		if len(w.Chip.Values) > 3 {
			ways[i].Chip.Values, ways[i].Chip.More = w.Chip.Values[:3], "and more"
		}
		ways[i].Number = counted(w.Count, "story", "stories")
	}
	return ways
}

func nothing(a address, in Input, l List) *Nothing {
	none := "0 of " + counted(in.Everything, "story matches", "stories match")
	switch {
	case len(in.Invalid) > 0:
		n := &Nothing{Title: "No stories are shown", Why: "The address asks for something that the list does not understand; what it is stands above. Correct it, or start again from the whole list."}
		if in.Invalid[paramAfter] != "" {
			n.Ways = append(n.Ways, Choose{Label: "First page of this list", URL: a.set(paramAfter).url()})
		}
		n.Ways = append(n.Ways, Choose{Label: "Show all stories", URL: a.cleared().set(paramSort).url()})
		return n
	case in.Total > 0:
		return &Nothing{Title: "There is nothing on this page", Why: counted(in.Total, "story matches", "stories match") + ", on earlier pages.",
			Ways: []Choose{{Label: "First page", URL: a.set(paramAfter).url()}}}
	case in.Everything == 0:
		return &Nothing{Title: "There are no stories yet", Why: "Stories are made from Microsoft Defender incidents. Import an export of incidents or alerts, or look around with sample data:",
			Commands: []string{"workbench import incidents.json", "workbench demo"}}
	case len(l.Chips) == 0:
		return &Nothing{Title: none, Why: "Stories whose alerts have all moved to another incident are left out.",
			Ways: []Choose{{Label: "Show moved stories", URL: a.set("moved", "true").url()}}}
	}
	n := &Nothing{Title: none, Wider: ready(in.Wider), Ways: []Choose{{Label: "Clear all filters: " + counted(in.Everything, "story", "stories"), URL: l.Clear}}}
	switch {
	case len(n.Wider) > 0:
		n.Why = counted(len(l.Chips), "filter is", "filters are") + " active. Each of these finds something:"
	case len(l.Chips) == 1:
		n.Why = "1 filter is active."
	default:
		n.Why = ui.Count(len(l.Chips)) + " filters are active, and taking away one alone finds nothing either. Take away several above, or clear them all."
	}
	return n
}
