package index

import (
	"slices"
	"testing"
)

// damaged returns a copy of sections with changes: of each six bytes the first two say where, the next what is done, the last three with what.
func damaged(s sections, how []byte) sections {
	var c sections
	for _, b := range s.bytes {
		c.bytes = append(c.bytes, slices.Clone(b))
	}
	for _, w := range s.words {
		c.words = append(c.words, slices.Clone(w))
	}
	for ; len(how) >= 6; how = how[6:] {
		at, to := int(how[3])|int(how[4])<<8, uint32(how[5])
		if how[2]&1 == 0 {
			c.bytes = damage(c.bytes, int(how[0])|int(how[1])<<8, how[2]>>1, at, byte(to))
		} else {
			c.words = damage(c.words, int(how[0])|int(how[1])<<8, how[2]>>1, at, to*0x01010101)
		}
	}
	return c
}

func damage[T byte | uint32](lists [][]T, which int, what byte, at int, to T) [][]T {
	if len(lists) == 0 {
		return lists
	}
	list := &lists[which%len(lists)]
	if len(*list) == 0 {
		*list = append(*list, to)
		return lists
	}
	at = at * 37 % len(*list)
	switch what % 7 {
	case 0:
		(*list)[at] = to
	case 1:
		(*list)[at] ^= 1 << (to % 8)
	case 2:
		(*list)[at] += to % 4
	case 3:
		*list = (*list)[:at]
	case 4:
		*list = append(*list, to)
	case 5:
		lists = slices.Delete(lists, which%len(lists), which%len(lists)+1)
	case 6:
		*list, lists[at%len(lists)] = lists[at%len(lists)], *list
	}
	return lists
}

// seeds are changes of each kind in each of the first and last lists.
func seeds(f *testing.F) {
	f.Add([]byte{})
	for which := range byte(4) {
		for what := range byte(14) {
			f.Add([]byte{which, 0, what, 1, which, 0xff})
			f.Add([]byte{255 - which, 255, what, 200, 7 * what, 0x81})
		}
	}
}

// FuzzNamesLoad says that damaged names are refused, or at least can be used without harm.
func FuzzNamesLoad(f *testing.F) {
	d := newDictionary()
	const count = leafTexts*fanout + leafTexts + textsPerBlock/2 - 5
	for i := range count {
		if i%3_000 == 0 {
			d.code(noise(uint32(i), 33_000))
		}
		d.code(hostOf(i))
	}
	good := d.view().sections()
	seeds(f)
	f.Fuzz(func(t *testing.T, how []byte) {
		d, err := loadDictionary(damaged(good, how[:min(len(how), 60)]))
		if err != nil {
			return
		}
		n := d.view()
		for c := range uint32(n.len()) {
			_ = n.text(c)
		}
		for i := range 200 {
			n.find(hostOf(i * 101))
		}
		for _, w := range []string{"", "a", "com", "p-0f", hostOf(7), "nowhere", "aaaaaaa"} {
			codes := n.containing(w, unlimited())
			if !slices.IsSorted(codes) || len(codes) > 0 && int(codes[len(codes)-1]) >= n.len() {
				t.Fatalf("containing(%q) has codes that do not ascend or are not there", w)
			}
		}
		for i := range leafTexts {
			d.code("new " + hostOf(i))
		}
		d.view().sections()
	})
}

// FuzzPostingsLoad says the same of postings.
func FuzzPostingsLoad(f *testing.F) {
	p := newPostings()
	const slots, codes = 10_000, 260_000
	for slot := range uint32(slots) {
		p.set(slot, storyCodes(slot, 0))
	}
	good := p.view().sections()
	seeds(f)
	f.Fuzz(func(t *testing.T, how []byte) {
		p, err := loadPostings(damaged(good, how[:min(len(how), 60)]), codes)
		if err != nil {
			return
		}
		r := p.view()
		blocks := make([]set, r.limit/blockRows+1)
		for code := range min(r.top, 2_000) {
			n, last := 0, int64(-1)
			r.each(code, func(slot uint32) {
				if slot >= r.limit || int64(slot) <= last {
					t.Fatalf("code %d has the slot %d after %d", code, slot, last)
				}
				n, last = n+1, int64(slot)
			})
			r.fill(code, func(number uint32) *set { return &blocks[number] })
			if r.count(code) > int(r.limit) {
				t.Fatalf("code %d has more slots than there are", code)
			}
		}
		for slot := range min(r.limit, 500) {
			for _, c := range r.codes(slot) {
				if c >= codes {
					t.Fatalf("slot %d has the code %d", slot, c)
				}
			}
			p.set(slot, storyCodes(slot, 1))
		}
		p.set(20_000, []uint32{0, 1, 2, codes})
		p.view()
		p.tidyCodes()
		p.tidySlots()
	})
}
