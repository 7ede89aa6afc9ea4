package boltstore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"reflect"

	"workbench"
	"workbench/store"
)

// made is a derived story as it is stored.
type made struct {
	id      workbench.StoryID
	movedTo []workbench.StoryID
	plain   []byte // content as JSON
	packed  []byte // the same packed; nil where what is stored has the same hash
	head    string // as encodeHead writes it
	hash    workbench.Hash
}

// write writes a story into buf, and packs it where it differs from the former one.
func (s *Store) write(buf []byte, group workbench.GroupKey, c *workbench.Content, former numberedStory) (made, error) {
	m := made{id: c.ID, movedTo: c.MovedTo}
	var err error
	if m.plain, err = s.appendContent(buf, reflect.ValueOf(c).Elem()); err != nil {
		return m, err
	}
	m.head, m.hash = string(encodeHead(&c.Head, group)), sha256.Sum256(m.plain)
	if former.number == 0 || former.gone || former.content != m.hash {
		m.packed, err = s.codec.pack(m.plain)
	}
	return m, err
}

// story compares one derived story with the former one, if there is any, and stores it where it differs.
func (d deriving) story(key workbench.GroupKey, m made, former numberedStory, write bool) (store.Effect, error) {
	effect := store.Changed
	switch {
	case former.number == 0 || former.gone:
		effect = store.New
	case former.content == m.hash && (!d.thorough || d.intact(former, m)):
		return store.Unchanged, nil
	}
	if !write {
		return effect, nil
	}
	var err error
	if former.number == 0 {
		if d.tenant.ids.Get([]byte(m.id)) != nil {
			return 0, fmt.Errorf("deriving group %q%q of tenant %s: story %s belongs to another group", key.Incident, key.Alert, key.Tenant.Text(), m.id)
		}
		if former.number, err = d.tenant.stories.NextSequence(); err != nil {
			return 0, err
		}
		if err := putAll([]row{{d.tenant.ids, []byte(m.id), number(former.number)}, {d.tenant.groups, groupMember(key, 's', former.number), []byte{}}}); err != nil {
			return 0, err
		}
	}
	if m.packed == nil { // what is stored is damaged
		if m.packed, err = d.s.codec.pack(m.plain); err != nil {
			return 0, fmt.Errorf("writing story %s: %w", m.id, err)
		}
	}
	if err := d.tenant.contents.Put(number(former.number), m.packed); err != nil {
		return 0, err
	}
	if err := d.moved(former, m.movedTo); err != nil {
		return 0, err
	}
	next := former
	if d.thorough || next.old { // the state, too, is made anew
		state, err := d.tenant.stateOf(former.number)
		if err != nil {
			return 0, err
		}
		next.old, next.state = false, string(encodeState(state))
	}
	next.id, next.group, next.gone, next.content, next.head = m.id, key, false, m.hash, m.head
	return effect, d.s.putStory(d.tx, d.tenant, next)
}

// intact reports whether what is stored is what documents and actions give. An action that cannot be read is no reason to write a story.
func (d deriving) intact(former numberedStory, m made) bool {
	plain, err := d.s.codec.unpack(d.tenant.contents.Get(number(former.number)))
	if err != nil || !bytes.Equal(plain, m.plain) {
		return false
	}
	if d.tenant.renew(&former) != nil || former.head != m.head {
		return false
	}
	state, err := d.tenant.stateOf(former.number)
	return err != nil || former.state == string(encodeState(state))
}

// remove leaves of a story only that it was there.
func (d deriving) remove(former numberedStory) error {
	if err := d.tenant.contents.Delete(number(former.number)); err != nil {
		return err
	}
	if err := d.moved(former, nil); err != nil {
		return err
	}
	former.gone, former.content, former.head = true, workbench.Hash{}, ""
	return d.s.putStory(d.tx, d.tenant, former)
}

// moved keeps the look-up of the stories that alerts went to.
func (d deriving) moved(former numberedStory, to []workbench.StoryID) error {
	if former.head != "" {
		var head workbench.Head
		if err := former.readHead(&head); err != nil {
			return err
		}
		for _, id := range head.MovedTo {
			if err := d.tenant.moved.Delete(textAndNumber(string(id), former.number)); err != nil {
				return err
			}
		}
	}
	for _, id := range to {
		if err := d.tenant.moved.Put(textAndNumber(string(id), former.number), []byte{}); err != nil {
			return err
		}
	}
	return nil
}
