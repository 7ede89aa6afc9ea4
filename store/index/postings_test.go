package index

import (
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// plainPostings is postings in the plainest form.
type plainPostings map[uint32][]uint32

func (p plainPostings) slots(code uint32) []uint32 {
	var out []uint32
	for slot, codes := range p {
		if slices.Contains(codes, code) {
			out = append(out, slot)
		}
	}
	slices.Sort(out)
	return out
}

func (p plainPostings) clone() plainPostings {
	c := plainPostings{}
	for slot, codes := range p {
		c[slot] = codes
	}
	return c
}

// slotsIn reads a code's slots both ways.
func slotsIn(t interface {
	Helper()
	Fatalf(string, ...any)
}, r rowsOf, code uint32) []uint32 {
	t.Helper()
	var slots []uint32
	r.each(code, func(slot uint32) { slots = append(slots, slot) })
	sets := map[uint32]*set{}
	r.fill(code, func(number uint32) *set {
		if number%2 == 1 {
			return nil
		}
		if sets[number] == nil {
			sets[number] = new(set)
		}
		return sets[number]
	})
	var filled, even []uint32
	for number, s := range sets {
		for i := range blockRows {
			if s[i/64] != 0 && s.has(i) {
				filled = append(filled, number*blockRows+uint32(i))
			}
		}
	}
	slices.Sort(filled)
	for _, slot := range slots {
		if slot/blockRows%2 == 0 {
			even = append(even, slot)
		}
	}
	if !slices.Equal(filled, even) {
		t.Fatalf("code %d: fill has %d slots, each has %d", code, len(filled), len(even))
	}
	if n := r.count(code); n != len(slots) {
		t.Fatalf("code %d: count %d, each has %d", code, n, len(slots))
	}
	return slots
}

func checkPostings(t interface {
	Helper()
	Fatalf(string, ...any)
}, r rowsOf, plain plainPostings, codes []uint32) {
	t.Helper()
	for slot, want := range plain {
		if got := r.codes(slot); !slices.Equal(got, want) {
			t.Fatalf("codes(%d) = %v, want %v", slot, got, want)
		}
	}
	for _, code := range codes {
		if got, want := slotsIn(t, r, code), plain.slots(code); !slices.Equal(got, want) {
			t.Fatalf("code %d has %d slots %.10v, want %d %.10v", code, len(got), got, len(want), want)
		}
	}
}

func TestPostingsAreAsAMapSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, plain := newPostings(), plainPostings{}
		type moment struct {
			rowsOf
			plain plainPostings
		}
		moments := []moment{{p.view(), plainPostings{}}}
		slot := rapid.OneOf(rapid.Uint32Range(0, 40), rapid.Uint32Range(8_180, 8_200), rapid.Uint32Range(0, 30_000), rapid.SampledFrom([]uint32{200_000, 1_000_000}))
		code := rapid.OneOf(rapid.Uint32Range(0, 12), rapid.Uint32Range(1_000, 1_050), rapid.Uint32Range(0, 1<<21))
		seen := []uint32{0, 5, 1<<32 - 2}
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0, 1:
				for range rapid.IntRange(1, 30).Draw(t, "sets") {
					s := slot.Draw(t, "slot")
					codes := rapid.SliceOfNDistinct(code, 0, 10, rapid.ID).Draw(t, "codes")
					slices.Sort(codes)
					p.set(s, codes)
					plain[s] = codes
					seen = append(seen, codes...)
				}
			case 2, 3: // a code that many slots have from now on, or not any more
				c, from := rapid.Uint32Range(0, 6).Draw(t, "common"), rapid.Uint32Range(0, 20_000).Draw(t, "from")
				step, drop := rapid.Uint32Range(1, 9).Draw(t, "step"), rapid.Bool().Draw(t, "drop")
				for s := from; s < from+rapid.SampledFrom([]uint32{600, 5_000, 12_000}).Draw(t, "run"); s += step {
					codes := slices.DeleteFunc(slices.Clone(plain[s]), func(x uint32) bool { return x == c })
					if !drop {
						codes = append(codes, c)
						slices.Sort(codes)
					}
					p.set(s, codes)
					plain[s] = codes
				}
			case 4:
				s := slot.Draw(t, "gone")
				p.set(s, nil)
				plain[s] = nil
			}
			if rapid.Bool().Draw(t, "look") {
				moments = append(moments, moment{p.view(), plain.clone()})
			}
		}
		moments = append(moments, moment{p.view(), plain.clone()})
		slices.Sort(seen)
		codes := append([]uint32{0, 1, 2, 3, 4, 5, 6}, rapid.SliceOfN(rapid.SampledFrom(seen), 1, 20).Draw(t, "checked")...)
		m := rapid.SampledFrom(moments).Draw(t, "moment")
		checkPostings(t, m.rowsOf, m.plain, codes)
		loaded, err := loadPostings(m.sections(), 1<<21+1)
		if err != nil {
			t.Fatalf("loading: %v", err)
		}
		checkPostings(t, loaded.view(), m.plain, codes)
		for s, codes := range plain {
			loaded.set(s, codes)
		}
		for s := range m.plain {
			if plain[s] == nil {
				loaded.set(s, nil)
			}
		}
		checkPostings(t, loaded.view(), plain, codes)
		loaded.tidyCodes()
		loaded.tidySlots()
		loaded.changed = true
		checkPostings(t, loaded.view(), plain, codes)
		checkPostings(t, m.rowsOf, m.plain, codes)
	})
}

// storyCodes are codes as stories have them: a few common ones, some middling, some of its own.
func storyCodes(slot, salt uint32) []uint32 {
	x := (slot+1)*2_654_435_761 ^ salt*40_503
	next := func(n uint32) uint32 {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		return x % n
	}
	a, b := next(1_000), next(1_000)
	codes := []uint32{next(40), 40 + next(400), 1_000 + a*a/20, 60_000 + b*b/10, 60_000 + next(100_000), 160_000 + next(40_000), 200_000 + slot/2, 200_000 + slot/3*2 + salt%7}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func TestPostingsStaySmallAndRightOverManyChanges(t *testing.T) {
	p, plain := newPostings(), plainPostings{}
	const n = 20_000
	for slot := range uint32(n) {
		plain[slot] = storyCodes(slot, 0)
		p.set(slot, plain[slot])
	}
	first := p.view()
	before := plain.clone()
	for round := range uint32(60) {
		for i := range uint32(1_000) {
			slot := (i*7_919 + round*13) % n
			plain[slot] = storyCodes(slot, round+1)
			p.set(slot, plain[slot])
		}
		p.view()
	}
	fresh := newPostings()
	for slot := range uint32(n) {
		fresh.set(slot, plain[slot])
	}
	if got, want := p.view().bytes(), 3*fresh.view().bytes()+4*spareRecord; got > want {
		t.Errorf("after many changes postings take %d bytes, want at most %d", got, want)
	}
	checkPostings(t, p.view(), plain, []uint32{0, 7, 39, 45, 300, 1_000, 1_050, 60_000, 60_040, 100_000, 160_007, 200_000, 204_000})
	checkPostings(t, first, before, []uint32{0, 7, 39, 45, 300, 1_000, 1_050, 60_000, 60_040, 100_000, 160_007, 200_000, 204_000})
}

func TestPostingsAreReadWhileTheyChange(t *testing.T) {
	p := newPostings()
	views := make(chan rowsOf, 64)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for r := range views {
				// Every slot has the code 1 or 2, whatever the moment.
				if got := len(slotsIn(t, r, 1)) + len(slotsIn(t, r, 2)); got != int(r.limit) {
					t.Errorf("%d slots have a code, want %d", got, r.limit)
				}
				if codes := r.codes(r.limit - 1); len(codes) != 2 || codes[1] != 3+r.limit-1 {
					t.Errorf("the last slot's codes are %v", codes)
				}
			}
		})
	}
	for round := range uint32(300) {
		for i := range uint32(40) {
			slot := round*40 + i
			p.set(slot, []uint32{1, 3 + slot})
			p.set(slot/2, []uint32{2, 3 + slot/2})
		}
		views <- p.view()
	}
	close(views)
	readers.Wait()
}

func TestPostingsOfOneSlotWithManyCodes(t *testing.T) {
	var codes []uint32
	for c := range uint32(70_000) {
		codes = append(codes, c*50)
	}
	p := newPostings()
	p.set(3, codes)
	p.set(4, codes[:1])
	p.set(maxSlot, codes[1:3])
	r := p.view()
	if got := slotsIn(t, r, codes[2]); !slices.Equal(got, []uint32{3, maxSlot}) {
		t.Errorf("code %d has slots %v", codes[2], got)
	}
	if got := r.codes(3); !slices.Equal(got, codes) {
		t.Errorf("%d codes, want %d", len(got), len(codes))
	}
	if got := slotsIn(t, r, 0); !slices.Equal(got, []uint32{3, 4}) {
		t.Errorf("code 0 has slots %v", got)
	}
	var none rowsOf
	if none.count(1) != 0 || len(none.codes(1)) != 0 || len(slotsIn(t, none, 1)) != 0 {
		t.Error("the zero value has postings")
	}
}
