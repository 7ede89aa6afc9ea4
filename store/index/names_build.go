package index

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	largeGroup   = 8 << 10 // bytes from which a group's trigrams are made distinct before they are sorted
	maxGroupKeys = 1 << 15 // distinct trigrams of a group; one that has more is always looked into
	maxJoined    = 1 << 30 // bytes of lists that segments which become one may have
)

// textsAtOnce is how many texts become segments on one processor, which are then made one with the others.
const textsAtOnce = leafTexts * fanout * fanout

// cover makes segments of all texts that have none, but for the last ones, which are too few.
func (d *dictionary) cover() {
	var from uint32
	if last := len(d.segments) - 1; last >= 0 {
		from = d.segments[last].to
	}
	to := uint32(d.len() / leafTexts * leafTexts)
	if from == to {
		return
	}
	first := from / textsAtOnce
	parts := make([][]*segment, (to-1)/textsAtOnce-first+1)
	var next atomic.Uint32
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		group.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(parts); i = next.Add(1) - 1 {
				begin := (first + i) * textsAtOnce
				for at := max(from, begin); at < min(to, begin+textsAtOnce); at += leafTexts {
					parts[i] = merged(append(parts[i], d.leaf(at)))
				}
			}
		})
	}
	group.Wait()
	d.segments = slices.Clone(d.segments)
	for _, s := range slices.Concat(parts...) {
		d.segments = merged(append(d.segments, s))
	}
}

// merged makes one of the last segments as soon as there are fanout of one size, so that a text is taken up once and copied a few times.
func merged(all []*segment) []*segment {
	for {
		last := all[len(all)-1]
		size, k := last.to-last.from, len(all)-fanout
		if size >= maxSegment || k < 0 || all[k].to-all[k].from != size {
			return all
		}
		one := join(all[k:])
		if one == nil {
			return all
		}
		all = append(all[:k], one)
	}
}

// leaf makes the segment of the leafTexts texts from a code on.
func (n names) leaf(from uint32) *segment {
	pairs := make([]uint32, 0, n.room(from)) // key in the upper 24 bits, group below
	var crowded []uint32
	var seen []uint64 // one bit a key, all clear between groups
	for g := range uint32(leafTexts / textsPerGroup) {
		first, size := from+g*textsPerGroup, 0
		for c := range uint32(textsPerGroup) {
			size += len(n.text(first + c))
		}
		if size <= largeGroup {
			for c := range uint32(textsPerGroup) {
				t := n.text(first + c)
				for i := 0; i+3 <= len(t); i++ {
					pairs = append(pairs, keyAt(t, i)<<8|g)
				}
			}
			continue
		}
		if seen == nil {
			seen = make([]uint64, everywhere/64)
		}
		before, fits := len(pairs), true
		for c := uint32(0); c < textsPerGroup && fits; c++ {
			t := n.text(first + c)
			for i := 0; i+3 <= len(t) && fits; i++ {
				if k := keyAt(t, i); seen[k/64]>>(k%64)&1 == 0 {
					seen[k/64] |= 1 << (k % 64)
					pairs = append(pairs, k<<8|g)
					fits = len(pairs)-before <= maxGroupKeys
				}
			}
		}
		for _, p := range pairs[before:] {
			seen[(p>>8)/64] = 0
		}
		if !fits {
			pairs, crowded = pairs[:before], append(crowded, g)
		}
	}
	s := &segment{from: from, to: from + leafTexts}
	sortPairs(pairs)
	var groups []uint32
	for i := 0; i < len(pairs); {
		key := pairs[i] >> 8
		for groups = groups[:0]; i < len(pairs) && pairs[i]>>8 == key; i++ {
			if g := pairs[i] & 0xff; len(groups) == 0 || groups[len(groups)-1] != g {
				groups = append(groups, g)
			}
		}
		s.add(key, groups)
	}
	if len(crowded) > 0 {
		s.add(everywhere, crowded)
	}
	return s.finished()
}

// room is how many trigrams the texts from a code on may have, as far as that is known at little cost.
func (n names) room(from uint32) int {
	b, at := n.block(int(from/textsPerBlock)), from%textsPerBlock
	return min(1<<20, int(b.ends[at+leafTexts-1]-b.start(at)))
}

// sortPairs sorts by the upper 24 bits and leaves equal ones in their order.
func sortPairs(pairs []uint32) {
	spare := make([]uint32, len(pairs))
	for _, shift := range []uint{8, 20} {
		var at [4_096]int
		for _, p := range pairs {
			at[p>>shift&0xfff]++
		}
		sum := 0
		for i, n := range at {
			at[i], sum = sum, sum+n
		}
		for _, p := range pairs {
			digit := p >> shift & 0xfff
			spare[at[digit]] = p
			at[digit]++
		}
		pairs, spare = spare, pairs
	}
}

// join makes one segment of neighbours, nil where it would be too large.
func join(parts []*segment) *segment {
	size := 0
	for _, p := range parts {
		size += len(p.lists)
	}
	if size > maxJoined {
		return nil
	}
	s := &segment{from: parts[0].from, to: parts[len(parts)-1].to, lists: make([]byte, 0, size)}
	at := make([]int, len(parts))
	var groups []uint32
	for {
		key := ^uint32(0)
		for i, p := range parts {
			if at[i] < len(p.keys) {
				key = min(key, p.keys[at[i]])
			}
		}
		if key == ^uint32(0) {
			return s.finished()
		}
		groups = groups[:0]
		for i, p := range parts {
			if at[i] < len(p.keys) && p.keys[at[i]] == key {
				groups = p.read(groups, p.listAt(at[i]), (p.from-s.from)/textsPerGroup)
				at[i]++
			}
		}
		s.add(key, groups)
	}
}

// finished gives back room that was kept for more.
func (s *segment) finished() *segment {
	s.keys, s.ends, s.lists = slices.Clone(s.keys), slices.Clone(s.ends), slices.Clone(s.lists)
	s.index()
	return s
}
