package index

import "testing"

func BenchmarkPostings(b *testing.B) {
	const n = 1_000_000
	codes, total := make([][]uint32, n), 0
	for slot := range codes {
		codes[slot] = storyCodes(uint32(slot), 0)
		total += len(codes[slot])
	}
	var p *postings
	var r rowsOf
	b.Run("bulk", func(b *testing.B) {
		for b.Loop() {
			p = newPostings()
			for slot, c := range codes {
				p.set(uint32(slot), c)
			}
			r = p.view()
		}
		b.ReportMetric(float64(total)/n, "codes/story")
	})
	b.Run("size", func(b *testing.B) {
		for b.Loop() {
			r.bytes()
		}
		b.ReportMetric(float64(r.bytes())/n, "B/story")
		b.ReportMetric(float64(p.said.size+4*n)/n, "forward-B/story")
		b.ReportMetric(float64(p.found.size-p.found.dead)/n, "backward-live-B/story")
		b.ReportMetric(float64(p.found.dead)/n, "backward-dead-B/story")
	})
	for _, c := range []struct {
		name string
		code uint32
	}{{"common", 7}, {"middling", 100}, {"some", 1_800}, {"few", 60_123}, {"one", 900_001}} {
		b.Run("fill/"+c.name, func(b *testing.B) {
			blocks := make([]set, n/blockRows+1)
			for b.Loop() {
				r.fill(c.code, func(number uint32) *set { return &blocks[number] })
			}
			b.ReportMetric(float64(r.count(c.code)), "slots")
		})
		b.Run("each/"+c.name, func(b *testing.B) {
			var sum uint32
			for b.Loop() {
				r.each(c.code, func(slot uint32) { sum += slot })
			}
		})
	}
	b.Run("codes", func(b *testing.B) {
		for i := uint32(0); b.Loop(); i++ {
			r.codes(i * 7_919 % n)
		}
	})
	b.Run("setOne", func(b *testing.B) {
		for i := uint32(0); b.Loop(); i++ {
			slot := i * 7_919 % n
			p.set(slot, storyCodes(slot, i))
			p.view()
		}
	})
	next := uint32(n)
	b.Run("append1000", func(b *testing.B) {
		for b.Loop() {
			for range 1_000 {
				p.set(next, storyCodes(next, 0))
				next++
			}
			p.view()
		}
	})
	b.Run("change1000", func(b *testing.B) {
		for i := uint32(0); b.Loop(); i++ {
			for k := range uint32(1_000) {
				slot := (i*1_000 + k) * 7_919 % n
				p.set(slot, storyCodes(slot, i+1))
			}
			p.view()
		}
	})
	b.Run("tidySlots", func(b *testing.B) {
		for b.Loop() {
			p.tidySlots()
		}
	})
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			r.sections()
		}
	})
	b.Run("load", func(b *testing.B) {
		s := r.sections()
		for b.Loop() {
			if _, err := loadPostings(s, 1<<31); err != nil {
				b.Fatal(err)
			}
		}
	})
}
