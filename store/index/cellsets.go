package index

import (
	"math/bits"
	"slices"
)

// cellSets are the cells that have each small value, as bits by the cell's code.
type cellSets struct {
	known int // cells so far
	of    [len(small)][][]uint64
}

// learn takes in cells that are new, and leaves what other versions have as it is.
func (s *cellSets) learn(cells []cellValues) {
	if s.known == len(cells) {
		return
	}
	words := (len(cells) + 63) / 64
	var own [len(small)][]bool
	for k := range s.of {
		s.of[k] = slices.Clone(s.of[k])
		own[k] = make([]bool, len(s.of[k]))
	}
	for code := s.known; code < len(cells); code++ {
		for k, value := range cells[code] {
			for int(value) >= len(s.of[k]) {
				s.of[k], own[k] = append(s.of[k], nil), append(own[k], false)
			}
			set := s.of[k][value]
			if !own[k][value] || len(set) < words {
				set = append(make([]uint64, 0, words), set...)[:words]
				s.of[k][value], own[k][value] = set, true
			}
			set[code/64] |= 1 << (code % 64)
		}
	}
	s.known = len(cells)
}

// passed are the cells that pass all filters of small fields, and those that fail just one of them, by its place in small.
type passed struct {
	all  []uint64
	once [len(small)][]uint64 // nil = the field has no filter
}

func (p *plan) passed() passed {
	t := p.t
	words := (len(t.cells) + 63) / 64
	fails, again := make([]uint64, words), make([]uint64, words)
	var out passed
	for k, pass := range p.small {
		if pass == nil {
			continue
		}
		through := make([]uint64, words)
		for value, set := range t.cellSets.of[k] {
			if pass[value] {
				for i, w := range set {
					through[i] |= w
				}
			}
		}
		for i, w := range through {
			again[i] |= fails[i] &^ w
			fails[i] |= ^w
		}
		out.once[k] = through
	}
	for _, through := range out.once {
		for i := range through {
			through[i] = ^through[i] &^ again[i]
		}
	}
	for i := range fails {
		fails[i] = ^fails[i]
	}
	out.all = fails
	return out
}

// eachCell calls yield with the cells of a set, of which there are so many in all.
func eachCell(set []uint64, count int, yield func(code int)) {
	for at, w := range set {
		for ; w != 0; w &= w - 1 {
			if code := at*64 + bits.TrailingZeros64(w); code < count {
				yield(code)
			}
		}
	}
}
