package index

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"workbench"
	"workbench/store"
)

// defaultOrder is that of a query that names none.
var defaultOrder = []store.Sort{{By: "updated", Descending: true}}

func orderOf(q store.Query) []store.Sort {
	if len(q.Sort) == 0 {
		return defaultOrder
	}
	return q.Sort
}

// key is where a story stands by one sort field, as cursors carry it. Its fields compare one after the other.
type key struct {
	Absent bool   `json:"a,omitempty"` // comes last, whatever the direction
	Number int64  `json:"n,omitempty"`
	Text   string `json:"t,omitempty"`
}

// position is where a story stands in an order.
type position struct {
	Keys []key             `json:"k"`
	ID   workbench.StoryID `json:"i"`
}

func (k key) compare(o key) int {
	if k.Absent != o.Absent {
		if k.Absent {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(k.Number, o.Number), cmp.Compare(k.Text, o.Text))
}

// last is the rank of what is absent, whatever the direction.
const last = math.MaxInt64

// ranking gives every story a number by one sort field, or by a part of it: those that compare alike have the same.
type ranking struct {
	field int                     // place of the field in the order
	sign  int64                   // -1 = descending
	place func(key) int64         // the rank of a key, also of one that no story has
	ranks []int64                 // by code of the column
	codes func(b *block) []uint32 // the column; nil = the rank is a time or a number
	times func(b *block) []int64  // nil = a number
	rank  func(b *block, i int, slot uint32) int64
}

func (r *ranking) of(b *block, i int, slot uint32) int64 {
	var v int64
	switch {
	case r.codes != nil:
		v = r.ranks[get(r.codes(b), i)]
	case r.times != nil:
		if v = get(r.times(b), i); v == absentTime {
			v = last
		}
	default:
		v = r.rank(b, i, slot)
	}
	if v == last {
		return last
	}
	return v * r.sign
}

// rankKeys ranks keys of codes by comparing them. Ranks are even, so that there is room between two of them.
func rankKeys(keys []key) (ranks []int64, place func(key) int64) {
	sorted := make([]uint32, len(keys))
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return keys[a].compare(keys[b]) })
	ranks = make([]int64, len(keys))
	var distinct []uint32
	for i, code := range sorted {
		if i == 0 || keys[code].compare(keys[sorted[i-1]]) != 0 {
			distinct = append(distinct, code)
		}
		ranks[code] = int64(2 * len(distinct))
		if keys[code].Absent {
			ranks[code] = last
		}
	}
	return ranks, func(k key) int64 {
		if k.Absent {
			return last
		}
		at, ok := slices.BinarySearchFunc(distinct, k, func(code uint32, k key) int { return keys[code].compare(k) })
		if ok {
			return int64(2*at + 2)
		}
		return int64(2*at + 1)
	}
}

// sorting is an order made ready for one version.
type sorting struct {
	t        *table
	rankings []ranking
	keys     []func(slot uint32) key // by field of the order
}

func (x *Index) sorting(t *table, order []store.Sort) *sorting {
	s := &sorting{t: t}
	for field, by := range order {
		rankings, keys := x.rankings(t, by.By)
		for _, r := range rankings {
			r.field, r.sign = field, 1
			if by.Descending {
				r.sign = -1
			}
			s.rankings = append(s.rankings, r)
		}
		s.keys = append(s.keys, keys)
	}
	return s
}

// compare orders two slots.
func (s *sorting) compare(a, b uint32) int {
	x, i := s.t.block(a)
	y, j := s.t.block(b)
	for k := range s.rankings {
		if c := cmp.Compare(s.rankings[k].of(x, i, a), s.rankings[k].of(y, j, b)); c != 0 {
			return c
		}
	}
	return s.t.compareIDs(a, b)
}

// target is a position made ready to be compared with.
type target struct {
	ranks []int64
	id    workbench.StoryID
}

func (s *sorting) target(p *position) *target {
	t := &target{id: p.ID}
	for k := range s.rankings {
		r := &s.rankings[k]
		rank := r.place(p.Keys[r.field])
		if rank != last {
			rank *= r.sign
		}
		t.ranks = append(t.ranks, rank)
	}
	return t
}

// compareTo orders a slot and a target.
func (s *sorting) compareTo(slot uint32, to *target) int {
	b, i := s.t.block(slot)
	for k := range s.rankings {
		if c := cmp.Compare(s.rankings[k].of(b, i, slot), to.ranks[k]); c != 0 {
			return c
		}
	}
	return cmp.Compare(s.t.idOf(slot), to.id)
}

func (s *sorting) positionOf(slot uint32) position {
	p := position{ID: s.t.idOf(slot)}
	for _, key := range s.keys {
		p.Keys = append(p.Keys, key(slot))
	}
	return p
}

// maxKey is how many bytes of a text count for its place; cursors carry them.
const maxKey = 128

func textKey(s string) key { return key{Absent: s == "", Text: cut(fold(s), maxKey)} }

// incidentKey puts 9 before 10; what is no number comes after all numbers.
func incidentKey(raw string) key {
	k := textKey(raw)
	k.Number = math.MaxInt64
	if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
		k.Number = n
	}
	return k
}

// severities are Microsoft's words, from the least to the gravest; a word that nobody knows comes before all of them.
var severities = []string{"unknown", "informational", "low", "medium", "high"}

func rankedKey[T ~string](order []T, v T) key {
	if v == "" {
		return key{Absent: true}
	}
	return key{Number: int64(slices.Index(order, v)), Text: string(v)}
}

func rising[T any](falling []T) []T {
	list := slices.Clone(falling)
	slices.Reverse(list)
	return list
}
