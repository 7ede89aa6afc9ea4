package boltstore

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"workbench"
)

// placesKnown is how many stories whereabouts has room for, in 4 MB.
const placesKnown = 1 << 20

// whereabouts remembers in which tenant stories were read or written last, so that finding one by its id need not ask every tenant. It may
// forget and it may be wrong: who asks looks there first, and everywhere else where the story is not there.
type whereabouts struct {
	seed  maphash.Seed
	cells []atomic.Uint32 // 16 bits that tell stories of a cell apart, and the number of a tenant

	mu      sync.RWMutex
	tenants []workbench.TenantID
	numbers map[workbench.TenantID]uint16 // their places, and one
}

func newWhereabouts() *whereabouts {
	return &whereabouts{seed: maphash.MakeSeed(), cells: make([]atomic.Uint32, placesKnown), numbers: map[workbench.TenantID]uint16{}}
}

func (w *whereabouts) cell(id workbench.StoryID) (cell *atomic.Uint32, tag uint32) {
	h := maphash.String(w.seed, string(id))
	return &w.cells[h%placesKnown], uint32(h>>48) << 16
}

// number returns the number of a tenant; 0 once there are more than it can count.
func (w *whereabouts) number(t workbench.TenantID) uint16 {
	w.mu.RLock()
	n := w.numbers[t]
	w.mu.RUnlock()
	if n != 0 {
		return n
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if n = w.numbers[t]; n == 0 && len(w.tenants) < 1<<16-1 {
		w.tenants = append(w.tenants, t)
		n = uint16(len(w.tenants))
		w.numbers[t] = n
	}
	return n
}

// note remembers that a story is of the tenant with a number.
func (w *whereabouts) note(id workbench.StoryID, number uint16) {
	cell, tag := w.cell(id)
	if v := tag | uint32(number); cell.Load() != v { // readers of the same stories do not take the cell from each other
		cell.Store(v)
	}
}

// of returns the tenant that probably has a story; "" where nothing is known of it.
func (w *whereabouts) of(id workbench.StoryID) workbench.TenantID {
	cell, tag := w.cell(id)
	v := cell.Load()
	if v&^0xFFFF != tag || v&0xFFFF == 0 {
		return ""
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.tenants[v&0xFFFF-1]
}
