package textindex

import (
	"hash/maphash"

	"workbench"
)

// roster finds the ordinal of a story. It is made when feeding begins, and used by whoever feeds alone.
type roster struct {
	seed   maphash.Seed
	known  map[uint64]uint32            // ordinals by hash of the id
	twins  map[workbench.StoryID]uint32 // whose hash is another's
	prints []uint64                     // of each ordinal
}

func newRoster() *roster {
	return &roster{seed: maphash.MakeSeed(), known: map[uint64]uint32{}, twins: map[workbench.StoryID]uint32{}}
}

// find returns the ordinal of a story. idOf reads the id of an ordinal.
func (r *roster) find(id workbench.StoryID, idOf func(uint32) (workbench.StoryID, error)) (ordinal uint32, ok bool, err error) {
	if ordinal, ok = r.twins[id]; ok {
		return ordinal, true, nil
	}
	if ordinal, ok = r.known[r.hash(id)]; !ok {
		return 0, false, nil
	}
	is, err := idOf(ordinal)
	return ordinal, is == id, err
}

func (r *roster) add(id workbench.StoryID, ordinal uint32) {
	if h := r.hash(id); r.has(h) {
		r.twins[id] = ordinal
	} else {
		r.known[h] = ordinal
	}
}

func (r *roster) has(h uint64) bool {
	_, ok := r.known[h]
	return ok
}

func (r *roster) remove(id workbench.StoryID) {
	if _, ok := r.twins[id]; ok {
		delete(r.twins, id)
		return
	}
	delete(r.known, r.hash(id))
}

func (r *roster) hash(id workbench.StoryID) uint64 { return maphash.String(r.seed, string(id)) }

// setPrint keeps the fingerprint of a story's texts.
func (r *roster) setPrint(ordinal uint32, print uint64) {
	for len(r.prints) <= int(ordinal) {
		r.prints = append(r.prints, 0)
	}
	r.prints[ordinal] = print
}
