package naive

import (
	"slices"

	"workbench/store"
)

// top keeps the first rows of an order, so that a page of a long list need not sort all of it.
type top struct {
	order []store.Sort
	limit int // rows to keep; 0 = every one
	rows  []found
	bound *position // of the last row that can still be on the page; nil = none yet
	more  bool      // at least one row was left out
}

// add keeps a row, unless limit rows come before it. The keys of p may be used again by the caller.
func (t *top) add(r *row, p position) {
	if t.bound != nil && p.compare(*t.bound, t.order) > 0 {
		t.more = true
		return
	}
	p.Keys = slices.Clone(p.Keys)
	t.rows = append(t.rows, found{r, p})
	if t.limit > 0 && len(t.rows) >= 4*t.limit+64 {
		t.cut()
	}
}

// cut sorts what is kept and drops what is behind the limit.
func (t *top) cut() {
	slices.SortFunc(t.rows, func(a, b found) int { return a.compare(b.position, t.order) })
	if t.limit > 0 && len(t.rows) > t.limit {
		clear(t.rows[t.limit:])
		t.rows, t.more = t.rows[:t.limit], true
		bound := t.rows[t.limit-1].position
		t.bound = &bound
	}
}
