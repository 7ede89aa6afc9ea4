package index

import (
	"cmp"
	"slices"
)

const (
	maxSlot     = 1<<26 - 1
	maxPending  = 1 << 20 // changes that are kept until they are entered
	spareRecord = 1 << 20 // bytes of dead records that are not worth a walk
)

// postings tells which slots have a code, and which codes a slot has. One goroutine at a time writes; any number read views of it meanwhile.
//
// A change enters the slot's codes at once. The codes' slots follow in order of codes when a view is made, so that a code which many
// changed slots have is written once.
type postings struct {
	codes, slots wordPages // of each slot, and of each code
	said, found  recordArena
	count        uint32   // slots, gone ones among them
	top          uint32   // above all codes
	pending      []uint64 // changes: code, then 30 bits of slot, then 1 where the slot has the code from now on
	spare        []uint64
	ascending    bool // no pending slot is below the one before
	later        bool // what codes' slots are is made of slots' codes when a view is made: nothing is pending
	last         rowsOf
	changed      bool

	old, next []uint32 // used again and again
	blocks    []blockRef
	pages     []uint32
}

func newPostings() *postings { return &postings{ascending: true} }

// set replaces the codes of a slot, which ascend; nil takes the slot away. A slot above maxSlot is an error of the caller's. A change costs
// time by the codes that are new or gone and, for each, by up to bigList slots that have it.
func (p *postings) set(slot uint32, codes []uint32) {
	if slot > maxSlot {
		panic("index: slot too large")
	}
	was := p.codes.get(slot)
	old, size := p.said.codes(p.old[:0], was, p.top)
	p.old = old
	if slices.Equal(old, codes) {
		return
	}
	p.said.dead += size
	var ref uint32
	if len(codes) > 0 {
		ref = p.said.addCodes(codes)
		p.top = max(p.top, codes[len(codes)-1]+1)
	}
	p.codes.set(slot, ref)
	p.count, p.changed = max(p.count, slot+1), true
	if p.later {
		return
	}
	if n := len(p.pending); n > 0 && uint32(p.pending[n-1]>>1)&maxSlot > slot {
		p.ascending = false
	}
	for i, j := 0, 0; i < len(old) || j < len(codes); {
		switch {
		case j == len(codes) || i < len(old) && old[i] < codes[j]:
			p.pending = append(p.pending, uint64(old[i])<<31|uint64(slot)<<1)
			i++
		case i == len(old) || codes[j] < old[i]:
			p.pending = append(p.pending, uint64(codes[j])<<31|uint64(slot)<<1|1)
			j++
		default:
			i++
			j++
		}
	}
	if len(p.pending) >= maxPending {
		p.enter()
	}
}

// view returns the postings as they are now.
func (p *postings) view() rowsOf {
	if !p.changed {
		return p.last
	}
	if p.later {
		p.turn()
	}
	p.enter()
	if cap(p.pending) > 1<<14 {
		p.pending, p.spare = nil, nil
	}
	if p.said.dead > p.said.size/2+spareRecord {
		p.tidyCodes()
	}
	if p.found.dead > p.found.size/2+spareRecord {
		p.tidySlots()
	}
	p.last = rowsOf{codesOf: p.codes.view(), slotsOf: p.slots.view(), said: p.said.records, found: p.found.records, limit: p.count, top: p.top, dead: [2]int{p.said.dead, p.found.dead}}
	p.changed = false
	return p.last
}

// expect begins a batch of so many changes that codes' slots are rather made at its end; there must be none so far.
func (p *postings) expect() { p.later = p.top == 0 && len(p.pending) == 0 }

// turn makes codes' slots of slots' codes.
func (p *postings) turn() {
	p.later = false
	begins := make([]uint32, p.top+1)
	for slot := range p.count {
		p.old, _ = p.said.codes(p.old[:0], p.codes.get(slot), p.top)
		for _, code := range p.old {
			begins[code+1]++
		}
	}
	for code := range p.top {
		begins[code+1] += begins[code]
	}
	all := make([]uint32, begins[p.top])
	for slot := range p.count {
		p.old, _ = p.said.codes(p.old[:0], p.codes.get(slot), p.top)
		for _, code := range p.old {
			all[begins[code]] = slot
			begins[code]++
		}
	}
	from := uint32(0)
	for code, to := range begins[:p.top] { // which are the ends now
		p.slots.set(uint32(code), p.found.addSlots(all[from:to]))
		from = to
	}
}

// enter enters what is pending.
func (p *postings) enter() {
	ops := p.sorted()
	for from := 0; from < len(ops); {
		code, to := uint32(ops[from]>>31), from+1
		for to < len(ops) && uint32(ops[to]>>31) == code {
			to++
		}
		p.change(code, ops[from:to])
		from = to
	}
	p.pending, p.ascending = p.pending[:0], true
}

// sorted sorts what is pending by code and slot and leaves changes of the same in their order.
func (p *postings) sorted() []uint64 {
	const digit = 11
	list := p.pending
	if len(list) < 512 {
		slices.SortStableFunc(list, func(a, b uint64) int { return cmp.Compare(a>>1, b>>1) })
		return list
	}
	first := 1
	if p.ascending {
		first = 31
	}
	spare := slices.Grow(p.spare[:0], len(list))[:len(list)]
	for shift := first; p.top>>max(0, shift-31) > 0; shift += digit {
		var at [1 << digit]int
		for _, op := range list {
			at[op>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, n := range at {
			at[i], sum = sum, sum+n
		}
		for _, op := range list {
			d := op >> shift & (1<<digit - 1)
			spare[at[d]] = op
			at[d]++
		}
		list, spare = spare, list
	}
	p.pending, p.spare = list, spare
	return list
}
