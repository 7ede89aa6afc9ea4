package index

import (
	"math"
	"slices"

	"workbench"
)

// absentTime is the time that nobody said.
const absentTime = math.MinInt64

// ticks is a time in units of 100 ns, as exact as Microsoft's times are.
func ticks(t workbench.Time) int64 {
	if t.IsZero() {
		return absentTime
	}
	return t.Unix()*10_000_000 + int64(t.Nanosecond()/100)
}

// block is what is known of the stories in a run of slots. Columns are as long as slots were ever needed, or nil where all of a column is
// zero. A version's blocks never change; a writer copies what it changes, once a batch.
type block struct {
	batch uint64 // of the writer that made this copy
	owned uint32 // columns that are this copy's own, by bit

	newest uint64 // at least the number of the last change of every story here
	live   *set
	sets   [fields]sets // in step with the columns, but for what the writer of this batch has yet to do
	reach  [times]reach
	pairs  *blockPairs // nil = none are kept

	id                 []id
	number             []uint64
	place, first       []uint64
	home               []uint32 // 1 + tenant code of the store's place; 0 = the story's own
	cell               []uint32
	tenant, owner      []uint32
	labels, techniques []uint32 // codes of sets
	source, sourceIP   []uint32
	indication         []uint32
	incident           []uint64
	created, updated   []int64
	firstSignal        []int64
	lastSignal         []int64
	waiting            []int64
	counts, words      []uint32
}

// The columns, by bit of owned.
const (
	columnID = iota
	columnNumber
	columnPlace
	columnFirst
	columnHome
	columnCell
	columnTenant
	columnOwner
	columnLabels
	columnTechniques
	columnSource
	columnSourceIP
	columnIndication
	columnIncident
	columnCreated
	columnUpdated
	columnFirstSignal
	columnLastSignal
	columnWaiting
	columnCounts
	columnWords
	columnLive
)

// put writes one value of a column. Slots from fresh on are in no version yet, so that they can be written where they are.
func put[T comparable](b *block, column int, p *[]T, i, fresh int, v T) {
	s := *p
	var zero T
	if i >= len(s) {
		if s == nil && v == zero {
			return
		}
		longer := make([]T, min(blockRows, max(64, 2*len(s), i+1)))
		copy(longer, s)
		s = longer
		*p = s
		b.owned |= 1 << column
	}
	if s[i] == v {
		return
	}
	if i < fresh && b.owned&(1<<column) == 0 {
		s = slices.Clone(s)
		*p = s
		b.owned |= 1 << column
	}
	s[i] = v
}

// get reads a column that may be shorter than the block.
func get[T any](s []T, i int) T {
	if i < len(s) {
		return s[i]
	}
	var zero T
	return zero
}

// record is what the index keeps of one story, in codes.
type record struct {
	number, place       uint64
	home                uint32
	cell, tenant, owner uint32
	labels, techniques  uint32
	source, sourceIP    uint32
	indication          uint32
	incident            uint64
	created, updated    int64
	firstSignal         int64
	lastSignal          int64
	waiting             int64
	counts, words       uint32
}

func (b *block) put(r *record, i, fresh int) {
	put(b, columnNumber, &b.number, i, fresh, r.number)
	put(b, columnPlace, &b.place, i, fresh, r.place)
	put(b, columnHome, &b.home, i, fresh, r.home)
	put(b, columnCell, &b.cell, i, fresh, r.cell)
	put(b, columnTenant, &b.tenant, i, fresh, r.tenant)
	put(b, columnOwner, &b.owner, i, fresh, r.owner)
	put(b, columnLabels, &b.labels, i, fresh, r.labels)
	put(b, columnTechniques, &b.techniques, i, fresh, r.techniques)
	put(b, columnSource, &b.source, i, fresh, r.source)
	put(b, columnSourceIP, &b.sourceIP, i, fresh, r.sourceIP)
	put(b, columnIndication, &b.indication, i, fresh, r.indication)
	put(b, columnIncident, &b.incident, i, fresh, r.incident)
	put(b, columnCreated, &b.created, i, fresh, r.created)
	put(b, columnUpdated, &b.updated, i, fresh, r.updated)
	put(b, columnFirstSignal, &b.firstSignal, i, fresh, r.firstSignal)
	put(b, columnLastSignal, &b.lastSignal, i, fresh, r.lastSignal)
	put(b, columnWaiting, &b.waiting, i, fresh, r.waiting)
	put(b, columnCounts, &b.counts, i, fresh, r.counts)
	put(b, columnWords, &b.words, i, fresh, r.words)
	b.newest = max(b.newest, r.number)
	for at, v := range [times]int64{r.created, r.updated, r.firstSignal, r.lastSignal} {
		b.reach[at].add(v)
	}
}
