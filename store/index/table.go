package index

import (
	"workbench"
	"workbench/store"
)

// table is one version of the index. It never changes once it is published.
type table struct {
	asOf   store.Change
	rows   int // slots given out; a slot stays its story's for as long as the index lives
	live   int // stories that are there
	blocks []*block

	values        [fields][]value
	cells         []cellValues
	cube          tally // stories by cell
	cellSets      cellSets
	crosses       []*cross // by cell; nil = no story
	labelSets     codeLists
	techniqueSets codeLists
	spellings     []spelling
	incidents     []string // odd ones
	counts        [][4]int
	words         [][3]string
	odd           []oddID

	orders  [orders]order
	undated [orders]int // stories without the time that an order goes by
	pairs   pairs
	rule    oftenRule
	names   names
	has     rowsOf
	ids     *slots
}

func (t *table) block(slot uint32) (*block, int) {
	return t.blocks[slot/blockRows], int(slot % blockRows)
}

// used is how many slots of a block were given out.
func (t *table) used(block int) int { return min(blockRows, t.rows-block*blockRows) }

func (t *table) ref(slot uint32) store.Ref {
	b, i := t.block(slot)
	at := get(b.tenant, i)
	if home := get(b.home, i); home > 0 {
		at = home - 1
	}
	return store.Ref{Tenant: workbench.TenantID(t.values[tenant][at].count), Place: get(b.place, i)}
}

func (t *table) version(slot uint32) store.Version {
	b, i := t.block(slot)
	return store.Version{Ref: t.ref(slot), ID: t.idOf(slot), Number: store.Change(get(b.number, i))}
}

// largeCodes appends the codes that a story has in a large field.
func (t *table) largeCodes(field int, b *block, i int, out []uint32) []uint32 {
	switch field {
	case tenant:
		return append(out, get(b.tenant, i))
	case owner:
		return append(out, get(b.owner, i))
	case label:
		return append(out, t.labelSets.of(get(b.labels, i))...)
	}
	return append(out, t.techniqueSets.of(get(b.techniques, i))...)
}
