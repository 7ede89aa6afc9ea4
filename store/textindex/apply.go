package textindex

import (
	"workbench/store"
)

// apply takes in some stories and shows them to answers.
func (x *Index) apply(b batch) error {
	x.write.Lock()
	defer x.write.Unlock()
	if x.isDamaged() {
		return damage("it is to be made again")
	}
	var room []byte
	for i, e := range b.entries {
		if err := x.applyStory(e, b.texts[i], &room); err != nil {
			x.damageIfCorrupt(err)
			return err
		}
		x.applied, x.mark = e.Number, b.mark
		if x.recent.isFrom(x.limits.full) {
			if err := x.flush(); err != nil {
				return err
			}
		}
	}
	x.publish()
	return nil
}

func (x *Index) applyStory(e store.Entry, texts []string, room *[]byte) error {
	ordinal, known, err := x.roster.find(e.ID, x.idOf)
	if err != nil {
		return err
	}
	if e.Gone {
		if known {
			x.roster.remove(e.ID)
			x.owners.set(ordinal, 0)
			if ordinal < x.recent.firstID {
				x.recent.gone = append(x.recent.gone, ordinal)
			}
		}
		return nil
	}
	print := x.fingerprint(texts, room)
	if known && x.roster.prints[ordinal] == print {
		return nil // a click, mostly
	}
	if !known {
		ordinal = x.ordinals
		x.ordinals++
		x.recent.ids = append(x.recent.ids, e.ID)
		x.roster.add(e.ID, ordinal)
	}
	x.roster.setPrint(ordinal, print)
	x.owners.set(ordinal, x.recent.number)
	x.recent.add(ordinal, texts, print)
	return nil
}
