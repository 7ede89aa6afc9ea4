package ingest

import (
	"hash/maphash"
	"time"

	"workbench"
)

// seen is what the last polls brought, in a few bytes of each object: an object that is listed again as it was is no news.
type seen struct {
	seed    maphash.Seed
	objects map[uint64]glance
}

// glance is one object as it was.
type glance struct {
	sum      uint64
	at       int64  // last update, in seconds
	incident string // of alerts
}

func newSeen() seen { return seen{maphash.MakeSeed(), map[uint64]glance{}} }

func (s seen) key(d workbench.Document) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	h.WriteString(string(d.Kind))
	h.WriteByte(0)
	h.WriteString(d.Object)
	return h.Sum64()
}

// mark is what is to be remembered of an object once it is kept.
type mark struct {
	key uint64
	glance
}

func (s seen) mark(d workbench.Document, now time.Time) mark {
	at := now.Unix()
	if updated, ok := workbench.ParseTime(d.Updated); ok {
		at = min(at, updated.Unix())
	}
	return mark{s.key(d), glance{maphash.Bytes(s.seed, d.JSON), at, d.Incident}}
}

// before returns how the marked object was, and reports whether it was seen at all.
func (s seen) before(m mark) (glance, bool) {
	g, ok := s.objects[m.key]
	return g, ok
}

func (s seen) keep(marks []mark) {
	for _, m := range marks {
		s.objects[m.key] = m.glance
	}
}

// prune forgets what was updated before a moment.
func (s seen) prune(before time.Time) {
	for k, g := range s.objects {
		if g.at < before.Unix() {
			delete(s.objects, k)
		}
	}
}
