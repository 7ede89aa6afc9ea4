package index

import "encoding/binary"

// change enters the changes of one code's slots.
func (p *postings) change(code uint32, ops []uint64) {
	word := p.slots.get(code)
	if word&inRecord != 0 {
		b := p.found.records.at(word &^ inRecord)
		if count, _ := readGap(b); count >= bigList {
			p.slots.set(code, p.changeBlocks(b, ops))
			return
		}
	}
	old, size := p.found.slots(p.old[:0], word, p.count)
	p.old, p.next = old, applied(p.next[:0], old, ops)
	p.found.dead += size
	p.slots.set(code, p.found.addSlots(p.next))
}

// changeBlocks enters the changes of a big list and returns its new word. Only the blocks that change are written anew.
func (p *postings) changeBlocks(b []byte, ops []uint64) uint32 {
	pages, size := directory(b, p.count)
	p.found.dead += size
	p.blocks, p.pages = p.blocks[:0], p.pages[:0]
	total := 0
	for i := range p.found.blocks(pages) {
		if i%refBlocks == 0 {
			p.pages = append(p.pages, binary.LittleEndian.Uint32(pages[i/refBlocks*4:]))
		}
		r := p.found.refAt(pages, i)
		p.blocks = append(p.blocks, r)
		total += int(r.count)
	}
	for from := 0; from < len(ops); {
		number, to := slotOf(ops[from])/blockRows, from+1
		for to < len(ops) && slotOf(ops[to])/blockRows == number {
			to++
		}
		for int(number) >= len(p.blocks) {
			p.blocks, p.pages = append(p.blocks, make([]blockRef, refBlocks)...), append(p.pages, 0)
		}
		if page := &p.pages[number/refBlocks]; *page != 0 {
			p.found.dead += refBlocks * blockSize
			*page = 0
		}
		r := &p.blocks[number]
		old, size := p.found.block(p.old[:0], *r, number, p.count)
		p.old, p.next = old, applied(p.next[:0], old, ops[from:to])
		p.found.dead += size
		total += len(p.next) - int(r.count)
		*r = p.found.addBlock(p.next, number)
		from = to
	}
	if total >= bigList {
		return p.found.addDirectory(p.pages, p.blocks, total)
	}
	for _, page := range p.pages {
		if page != 0 {
			p.found.dead += refBlocks * blockSize
		}
	}
	all := p.next[:0]
	for number, r := range p.blocks {
		var size int
		all, size = p.found.block(all, r, uint32(number), p.count)
		p.found.dead += size
	}
	p.next = all
	return p.found.addSlots(all)
}

func slotOf(op uint64) uint32 { return uint32(op>>1) & (1<<30 - 1) }

// applied appends what slots are after changes sorted by slot; of several changes of one slot the last one counts.
func applied(to, slots []uint32, ops []uint64) []uint32 {
	for i := range ops {
		slot := slotOf(ops[i])
		if i+1 < len(ops) && slotOf(ops[i+1]) == slot {
			continue
		}
		n := 0
		for n < len(slots) && slots[n] < slot {
			n++
		}
		to, slots = append(to, slots[:n]...), slots[n:]
		if len(slots) > 0 && slots[0] == slot {
			slots = slots[1:]
		}
		if ops[i]&1 != 0 {
			to = append(to, slot)
		}
	}
	return append(to, slots...)
}

// tidyCodes and tidySlots write all records anew, without those that nothing refers to.
func (p *postings) tidyCodes() {
	was, codes := p.said, wordPages{}
	p.said = recordArena{}
	for slot := range p.count {
		if ref := p.codes.get(slot); ref != 0 {
			p.old, _ = was.codes(p.old[:0], ref, p.top)
			codes.set(slot, p.said.addCodes(p.old))
		}
	}
	p.codes = codes
}

func (p *postings) tidySlots() {
	was, slots := p.found, wordPages{}
	p.found = recordArena{}
	for code := range p.top {
		if word := p.slots.get(code); word != 0 {
			p.old, _ = was.slots(p.old[:0], word, p.count)
			slots.set(code, p.found.addSlots(p.old))
		}
	}
	p.slots = slots
}
