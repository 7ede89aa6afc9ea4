package index

import (
	"slices"
	"sync"

	"workbench"
	"workbench/store"
)

// rowCache keeps rows that were read of late, by the number of the change that made them so: what was read of a version stays right for good.
// The queue's first pages are asked for again and again. It holds two generations of at most keptRows; the older one is dropped whole.
type rowCache struct {
	mu         sync.Mutex
	young, old map[store.Change]*workbench.Row // without the tenant's name; never changed
}

const (
	keptRows   = 8_192
	maxKeptRow = 4_096 // bytes of the texts of a row that is worth keeping
)

// of fills in the rows that it has, in the order of versions, and returns how many are missing.
func (c *rowCache) of(versions []store.Version, rows []*workbench.Row) (missing int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, v := range versions {
		r, ok := c.young[v.Number]
		if !ok {
			if r, ok = c.old[v.Number]; ok {
				c.put(v.Number, r)
			}
		}
		if !ok || r.ID != v.ID {
			missing++
			continue
		}
		rows[i] = r
	}
	return missing
}

// keep takes a row that belongs to it from then on.
func (c *rowCache) keep(number store.Change, r *workbench.Row) {
	size := len(r.Indication.Raw()) + len(r.Summary.Raw()) + len(r.AdditionalInfo.Raw()) + len(r.LastComment.Raw()) + len(r.Source.Raw())
	for _, list := range [][]workbench.Untrusted{r.Labels, r.MitreTechniques} {
		for _, u := range list {
			size += len(u.Raw())
		}
	}
	if size > maxKeptRow {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(number, r)
}

func (c *rowCache) put(number store.Change, r *workbench.Row) {
	if len(c.young) >= keptRows || c.young == nil {
		c.old, c.young = c.young, make(map[store.Change]*workbench.Row, 64)
	}
	c.young[number] = r
}

// shown is a kept row as a caller may have it.
func shown(r *workbench.Row, name workbench.Untrusted) workbench.Row {
	out := *r
	out.Tenant.Name = name
	out.Labels, out.MitreTechniques, out.MovedTo = slices.Clone(r.Labels), slices.Clone(r.MitreTechniques), slices.Clone(r.MovedTo)
	return out
}
