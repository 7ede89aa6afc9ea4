package boltstore

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"workbench"
	"workbench/store"
)

// story compares one derived story with the former one, if there is any, and writes it where it differs.
func (d deriving) story(key workbench.GroupKey, c workbench.Content, former numberedStory, write bool) (store.Effect, error) {
	plain, err := marshal(c)
	if err != nil {
		return 0, fmt.Errorf("writing story %s: %w", c.ID, err)
	}
	head, err := marshal(c.Head)
	if err != nil {
		return 0, fmt.Errorf("writing story %s: %w", c.ID, err)
	}
	hash := workbench.Hash(sha256.Sum256(plain))
	effect := store.Changed
	switch {
	case former.number == 0 || former.gone:
		effect = store.New
	case former.content == hash && (!d.thorough || d.intact(former, plain, head)):
		return store.Unchanged, nil
	}
	if !write {
		return effect, nil
	}
	if former.number == 0 {
		if d.tenant.ids.Get([]byte(c.ID)) != nil {
			return 0, fmt.Errorf("deriving group %q%q of tenant %s: story %s belongs to another group", key.Incident, key.Alert, key.Tenant.Text(), c.ID)
		}
		if former.number, err = d.tenant.stories.NextSequence(); err != nil {
			return 0, err
		}
		if err := putAll([]row{{d.tenant.ids, []byte(c.ID), number(former.number)}, {d.tenant.groups, groupMember(key, 's', former.number), []byte{}}}); err != nil {
			return 0, err
		}
	}
	packed, err := d.s.codec.pack(plain)
	if err != nil {
		return 0, fmt.Errorf("writing story %s: %w", c.ID, err)
	}
	if err := d.tenant.contents.Put(number(former.number), packed); err != nil {
		return 0, err
	}
	if err := d.moved(former, c.MovedTo); err != nil {
		return 0, err
	}
	next := former
	next.id, next.group, next.gone, next.content, next.head = c.ID, key, false, hash, head
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
