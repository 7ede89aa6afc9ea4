package stories

import (
	"slices"
	"strconv"
	"strings"

	"workbench/views/link"
	"workbench/views/ui"
)

// Nothing says why the list is empty, and leads out of it.
type Nothing struct {
	Title, Why string
	Commands   []string // to type, where there is nothing in the store at all
	Chips      []Chip   // what narrows the list
	Ways       []Choose
}

func nothing(a address, in Input, l List) *Nothing {
	switch {
	case len(in.Invalid) > 0:
		return &Nothing{Title: "No stories are shown", Why: "The address asks for something that the list does not understand; what it is stands above. Correct it, or start again from the whole list.",
			Ways: []Choose{{Label: "Show all stories", URL: a.cleared().set(paramSort).url()}}}
	case in.Total > 0:
		return &Nothing{Title: "There is nothing on this page", Why: counted(in.Total, "story matches", "stories match") + ", on earlier pages.",
			Ways: []Choose{{Label: "First page", URL: a.set(paramAfter).url()}}}
	case in.Everything == 0:
		return &Nothing{Title: "There are no stories yet", Why: "Stories are made from Microsoft Defender incidents. Import an export of incidents or alerts, or look around with sample data:",
			Commands: []string{"workbench import incidents.json", "workbench demo"}}
	case len(l.Chips) == 0:
		return &Nothing{Title: "0 of " + counted(in.Everything, "story matches", "stories match"), Why: "Stories whose alerts have all moved to another incident are left out.",
			Ways: []Choose{{Label: "Show moved stories", URL: a.set("moved", "true").url()}}}
	}
	n := &Nothing{Title: "0 of " + counted(in.Everything, "story matches", "stories match"), Ways: wider(a),
		Why: counted(len(l.Chips), "filter is", "filters are") + " active. Take one away above, or clear them all."}
	n.Ways = append(n.Ways, Choose{Label: "Clear all filters", URL: l.Clear})
	return n
}

var pageSizes = []string{"50", "100", "200", "500"}

func paging(a address, in Input) Paging {
	p := Paging{Action: link.Stories(nil), Carried: a.hidden(paramLimit)}
	first := a.query.Get(paramAfter) == ""
	switch {
	case len(in.Rows) == 0:
	case first && len(in.Rows) >= in.Total:
		p.Says = "All " + counted(in.Total, "story", "stories")
	case first:
		p.Says = "1–" + ui.Count(len(in.Rows)) + " of " + counted(in.Total, "story", "stories")
	default:
		p.Says = ui.Count(len(in.Rows)) + " of " + counted(in.Total, "story", "stories") + " on this page"
	}
	if !first {
		p.First = a.set(paramAfter).url()
	}
	if in.Next != "" {
		p.Next = a.set(paramAfter, in.Next).url()
	}
	if in.Total <= 50 && first && in.Next == "" && a.query.Get(paramLimit) == "" {
		return p
	}
	size := a.query.Get(paramLimit)
	if size == "" {
		size = pageSizes[0]
	}
	sizes := pageSizes
	if n, err := strconv.Atoi(size); err == nil && n > 0 && n <= 1000 && !slices.Contains(pageSizes, size) {
		sizes = append([]string{size}, pageSizes...)
	}
	for _, s := range sizes {
		p.Sizes = append(p.Sizes, Size{Rows: s, Current: s == size})
	}
	return p
}

// counted writes a number before its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Count(n) + " " + many
}

func list(keys []string) string { return strings.Join(keys, ",") }

func number(n uint64) string { return strconv.FormatUint(n, 10) }
