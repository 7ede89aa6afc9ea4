package index

import "slices"

const (
	textsPerGroup = 8
	leafTexts     = 2_048   // of the smallest segment
	fanout        = 8       // segments of one size that become one
	maxSegment    = 1 << 20 // texts; larger ones would take too long to make
	everywhere    = 1 << 24 // the key of the groups that have too many trigrams to be listed; above all others
)

// segment tells which groups of textsPerGroup texts have a trigram: three bytes in a row of one text. It never changes.
//
// A list is either a bitmap of all groups, or the groups as differences in varints where that is shorter; its length tells which.
type segment struct {
	from, to uint32      // codes
	keys     []uint32    // ascending
	ends     []uint32    // list i is lists[ends[i-1]:ends[i]]
	lists    []byte      //
	heads    [257]uint32 // by the first eight bits of a key, where such keys begin
}

// keyAt is the trigram at a byte of a text, stirred so that keys are spread evenly over their 24 bits.
func keyAt(s string, i int) uint32 {
	return (uint32(s[i])<<16 | uint32(s[i+1])<<8 | uint32(s[i+2])) * 0x9e3779b1 & (everywhere - 1)
}

func (s *segment) groups() uint32  { return (s.to - s.from) / textsPerGroup }
func (s *segment) bitmapSize() int { return int(s.groups() / 8) }

// index fills in where keys begin.
func (s *segment) index() {
	k := 0
	for head := range s.heads {
		for k < len(s.keys) && int(s.keys[k]>>16) < head {
			k++
		}
		s.heads[head] = uint32(k)
	}
}

// list returns the list of a key, nil where no group has it.
func (s *segment) list(key uint32) []byte {
	if head := key >> 16; head < 256 {
		at := s.heads[head]
		if i, ok := slices.BinarySearch(s.keys[at:s.heads[head+1]], key); ok {
			return s.listAt(int(at) + i)
		}
		return nil
	}
	if last := len(s.keys) - 1; last >= 0 && s.keys[last] == key {
		return s.listAt(last)
	}
	return nil
}

func (s *segment) listAt(i int) []byte {
	if i == 0 {
		return s.lists[:s.ends[0]]
	}
	return s.lists[s.ends[i-1]:s.ends[i]]
}

// add appends a list of groups, ascending.
func (s *segment) add(key uint32, groups []uint32) {
	before := len(s.lists)
	s.lists = appendGaps(s.lists, groups)
	if size := s.bitmapSize(); len(s.lists)-before >= size {
		s.lists = append(s.lists[:before], make([]byte, size)...)
		for _, g := range groups {
			s.lists[before+int(g/8)] |= 1 << (g % 8)
		}
	}
	s.keys = append(s.keys, key)
	s.ends = append(s.ends, uint32(len(s.lists)))
}

// read appends the groups of a list, plus base.
func (s *segment) read(to []uint32, list []byte, base uint32) []uint32 {
	if len(list) < s.bitmapSize() {
		return readGaps(to, list, base, base+s.groups())
	}
	for i, b := range list {
		for bit := uint32(0); b != 0; bit, b = bit+1, b>>1 {
			if b&1 != 0 {
				to = append(to, base+uint32(i)*8+bit)
			}
		}
	}
	return to
}

// keep keeps those of some groups that are in a list.
func (s *segment) keep(groups []uint32, list []byte) []uint32 {
	kept := groups[:0]
	if len(list) >= s.bitmapSize() {
		for _, g := range groups {
			if list[g/8]>>(g%8)&1 != 0 {
				kept = append(kept, g)
			}
		}
		return kept
	}
	g, n := readGap(list)
	for _, want := range groups {
		for n > 0 && g < want {
			list = list[n:]
			var gap uint32
			gap, n = readGap(list)
			g += gap
		}
		if n == 0 {
			break
		}
		if g == want {
			kept = append(kept, g)
		}
	}
	return kept
}

// candidates appends the groups that may hold a word which has all of some trigrams.
func (s *segment) candidates(groups, keys []uint32) []uint32 {
	always := s.list(everywhere)
	var room [maxKeys][]byte
	lists := room[:0]
	for _, k := range keys {
		l := s.list(k)
		if len(l) == 0 {
			return s.read(groups, always, 0)
		}
		lists = append(lists, l)
		for i := len(lists) - 1; i > 0 && len(lists[i]) < len(lists[i-1]); i-- {
			lists[i], lists[i-1] = lists[i-1], lists[i]
		}
	}
	groups = s.read(groups, lists[0], 0)
	for _, l := range lists[1:min(len(lists), maxLists)] {
		// To read a list that is much longer costs more than to look into the texts.
		if len(l) >= s.bitmapSize() || len(l) <= 16*len(groups) {
			groups = s.keep(groups, l)
		}
	}
	if len(always) > 0 {
		groups = s.read(groups, always, 0)
		slices.Sort(groups)
		groups = slices.Compact(groups)
	}
	return groups
}
