package stories

import (
	"slices"
	"strconv"
	"strings"

	"workbench/views/link"
	"workbench/views/ui"
)

var pageSizes = []string{"50", "100", "200", "500"}

func paging(a address, in Input) Paging {
	p := Paging{Action: link.Stories(nil), Carried: a.hidden(paramLimit)}
	first := a.query.Get(paramAfter) == ""
	switch {
	case in.shown() == 0:
	case first && in.shown() >= in.Total:
		p.Says = "All " + counted(in.Total, "story", "stories")
	case first:
		p.Says = "1–" + ui.Count(in.shown()) + " of " + counted(in.Total, "story", "stories")
	default:
		p.Says = ui.Count(in.shown()) + " of " + counted(in.Total, "story", "stories") + " on this page"
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
