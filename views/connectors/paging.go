package connectors

import (
	"slices"

	"workbench/views/link"
	"workbench/views/ui"
)

// perPage is how many tenants stand on one page of the tabs of Integrations, where each of their connectors has a row.
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
	page, paging := pagingOf(len(all), perPage, in.Query.Page, func(page int) string { return link.ConnectorPage(in.From, page) })
	first := (page - 1) * perPage
	return slices.Concat(all[first:min(first+perPage, len(all))]...), paging, page
}

// pagingOf is where a page stands among those that so many tenants take, and which page that is: the last where it is beyond that.
func pagingOf(tenants, per, page int, url func(page int) string) (int, Paging) {
	pages := (tenants + per - 1) / per
	if page = min(max(page, 1), max(pages, 1)); pages <= 1 {
		return page, Paging{}
	}
	p := Paging{Words: ui.Count((page-1)*per+1) + " to " + ui.Count(min(page*per, tenants)) + " of " + ui.Count(tenants) + " tenants"}
	if page > 1 {
		p.Previous = url(page - 1)
	}
	if page < pages {
		p.Next = url(page + 1)
	}
	return page, p
}
