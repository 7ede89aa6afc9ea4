package index

import "slices"

// sets are the slots of one block that have each value of one field.
type sets struct {
	codes []uint32 // ascending
	in    []container
}

func (s *sets) of(code uint32) (container, bool) {
	at, ok := slices.BinarySearch(s.codes, code)
	if !ok {
		return container{}, false
	}
	return s.in[at], true
}

// add and drop leave what others read as it is.
func (s *sets) add(code uint32, slot int) {
	at, ok := slices.BinarySearch(s.codes, code)
	if ok {
		s.in = slices.Clone(s.in)
		s.in[at] = s.in[at].with(slot)
		return
	}
	s.codes = slices.Insert(slices.Clip(s.codes), at, code)
	s.in = slices.Insert(slices.Clip(s.in), at, container{list: []uint16{uint16(slot)}})
}

func (s *sets) drop(code uint32, slot int) {
	at, ok := slices.BinarySearch(s.codes, code)
	if !ok {
		return
	}
	s.in = slices.Clone(s.in)
	s.in[at] = s.in[at].without(slot)
	if s.in[at].empty() {
		s.codes = slices.Delete(slices.Clone(s.codes), at, at+1)
		s.in = slices.Delete(s.in, at, at+1)
	}
}

// sorter makes the sets of whole blocks. It is used again and again.
type sorter struct {
	counts, places []uint32 // by code
	present        []uint32
}

// begin makes room for codes below n.
func (s *sorter) begin(n int) {
	if n > len(s.counts) {
		s.counts, s.places = make([]uint32, n+n/2), make([]uint32, n+n/2)
	}
	s.present = s.present[:0]
}

func (s *sorter) count(code uint32) {
	if s.counts[code] == 0 {
		s.present = append(s.present, code)
	}
	s.counts[code]++
}

// sets returns empty containers for what was counted; place then fills them in order of slots.
func (s *sorter) sets() sets {
	slices.Sort(s.present)
	out := sets{codes: slices.Clone(s.present), in: make([]container, len(s.present))}
	total := 0
	for _, code := range s.present {
		if n := int(s.counts[code]); n <= maxList {
			total += n
		}
	}
	lists := make([]uint16, total)
	for i, code := range s.present {
		n := s.counts[code]
		if n > maxList {
			out.in[i].dense = new(set)
		} else {
			out.in[i].list, lists = lists[:0:n], lists[n:]
		}
		s.places[code], s.counts[code] = uint32(i), 0
	}
	return out
}

func (s *sorter) place(into sets, code uint32, slot int) {
	c := &into.in[s.places[code]]
	if c.dense != nil {
		c.dense.add(slot)
		return
	}
	c.list = append(c.list, uint16(slot))
}
