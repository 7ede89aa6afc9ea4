package connectors

import (
	"slices"

	"workbench/views/link"
	"workbench/views/ui"
)

// perPage is how many tenants stand on one page: each looks again by itself when a connector changes.
const perPage = 25

// Paging is where a page stands among others; its zero value is the only one.
type Paging struct {
	Words          string
	Previous, Next string // "" = there is none
}

// paged takes the tenants of one page. Where there are many, what is not well comes first.
func paged(in Input) ([]Source, Paging, int) {
	if !Many(in.Sources) {
		return in.Sources, Paging{}, 1
	}
	all := families(in.Sources)
	rank := map[Badge]int{badgeError: -2, badgePending: -1}
	slices.SortStableFunc(all, func(a, b []Source) int { return rank[worst(a)] - rank[worst(b)] })
	if len(all) <= perPage {
		return slices.Concat(all...), Paging{}, 1
	}
	pages := (len(all) + perPage - 1) / perPage
	page := min(max(in.Page, 1), pages)
	first := (page - 1) * perPage
	last := min(first+perPage, len(all))
	p := Paging{Words: ui.Count(first+1) + " to " + ui.Count(last) + " of " + ui.Count(len(all)) + " tenants"}
	if page > 1 {
		p.Previous = link.ConnectorPage(in.From, page-1)
	}
	if page < pages {
		p.Next = link.ConnectorPage(in.From, page+1)
	}
	return slices.Concat(all[first:last]...), p, page
}
