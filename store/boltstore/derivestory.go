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
	head    []byte // JSON
	hash    workbench.Hash
}

// write writes a story into buf, and packs it where it differs from the former one.
func (s *Store) write(buf []byte, c *workbench.Content, former numberedStory) (made, error) {
	m := made{id: c.ID, movedTo: c.MovedTo}
	var err error
	if m.plain, err = s.appendContent(buf, reflect.ValueOf(c).Elem()); err != nil {
		return m, err
	}
	if m.head, err = s.appendHead(nil, reflect.ValueOf(&c.Head).Elem()); err != nil {
		return m, err
	}
	m.hash = sha256.Sum256(m.plain)
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
	case former.content == m.hash && (!d.thorough || d.intact(former, m.plain, m.head)):
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
	next.id, next.group, next.gone, next.content, next.head = m.id, key, false, m.hash, m.head
	return effect, putStory(d.tx, d.tenant, next)
}

// intact reports whether the stored bytes are the given ones.
func (d deriving) intact(former numberedStory, content, head []byte) bool {
	plain, err := d.s.codec.unpack(d.tenant.contents.Get(number(former.number)))
	return err == nil && bytes.Equal(plain, content) && bytes.Equal(former.head, head)
}

// remove leaves of a story only that it was there.
func (d deriving) remove(former numberedStory) error {
	if err := d.tenant.contents.Delete(number(former.number)); err != nil {
		return err
	}
	if err := d.moved(former, nil); err != nil {
		return err
	}
	former.gone, former.content, former.head = true, workbench.Hash{}, nil
	return putStory(d.tx, d.tenant, former)
}

// moved keeps the look-up of the stories that alerts went to.
func (d deriving) moved(former numberedStory, to []workbench.StoryID) error {
	if len(former.head) > 0 {
		head, err := decodeHead(former.storyRecord)
		if err != nil {
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
