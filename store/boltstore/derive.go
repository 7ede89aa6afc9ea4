package boltstore

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// deriving makes the stories of groups of one tenant in one transaction.
type deriving struct {
	s      *Store
	tx     *bbolt.Tx
	tenant *tenant
	fresh  map[uint64][]byte // bytes of documents that need not be unpacked; may be nil

	thorough bool // compare stored bytes, not hashes: also finds what was damaged
}

// group collects what the stories of a group are derived from.
func (d deriving) group(key workbench.GroupKey) (workbench.Group, error) {
	members := map[uint64]documentRecord{}
	alerts := map[string]bool{}
	for _, n := range numbersUnder(d.tenant.groups, append(groupKey(key), 'd')) {
		r, err := d.tenant.document(n)
		if err != nil {
			return workbench.Group{}, err
		}
		members[n] = r
		if r.Kind == workbench.AlertDocument {
			alerts[r.Object] = true
		}
	}
	for id := range alerts {
		for _, n := range numbersUnder(d.tenant.alerts, appendText(nil, id)) {
			if _, ok := members[n]; ok {
				continue
			}
			r, err := d.tenant.document(n)
			if err != nil {
				return workbench.Group{}, err
			}
			members[n] = r
		}
	}
	g := workbench.Group{GroupKey: key, Documents: make([]workbench.Observed, 0, len(members))}
	cache := unpacked{codec: d.s.codec, tenant: d.tenant}
	for _, n := range slices.Sorted(maps.Keys(members)) { // documents are numbered in the order of their observations
		r := members[n]
		raw, ok := d.fresh[n]
		if !ok {
			var err error
			if raw, err = cache.bytesOf(r.place); err != nil {
				return workbench.Group{}, err
			}
		}
		r.JSON = raw
		g.Documents = append(g.Documents, r.Observed)
	}
	kept, err := d.tenant.storiesOf(key)
	for _, r := range kept {
		if k, _ := d.tenant.actions.Cursor().Seek(number(r.number)); bytes.HasPrefix(k, number(r.number)) {
			g.Acted = append(g.Acted, r.id)
		}
	}
	slices.Sort(g.Acted)
	return g, err
}

// derive makes the stories of a group and says what became of each, in the order of ids. Where write, what differs is written and takes
// numbers of the change feed.
func (d deriving) derive(key workbench.GroupKey, write bool) ([]store.StoryEffect, error) {
	g, err := d.group(key)
	if err != nil {
		return nil, err
	}
	contents := d.s.deriver.Derive(g)
	slices.SortFunc(contents, func(a, b workbench.Content) int { return cmp.Compare(a.ID, b.ID) })
	kept, err := d.tenant.storiesOf(key)
	if err != nil {
		return nil, err
	}
	former := map[workbench.StoryID]numberedStory{}
	for _, r := range kept {
		former[r.id] = r
	}
	var effects []store.StoryEffect
	for i, c := range contents {
		if c.ID == "" || i > 0 && c.ID == contents[i-1].ID {
			return nil, fmt.Errorf("deriving group %q%q of tenant %s: story %q comes twice or has no id", key.Incident, key.Alert, key.Tenant.Text(), c.ID)
		}
		effect, err := d.story(key, c, former[c.ID], write)
		if err != nil {
			return nil, err
		}
		effects = append(effects, store.StoryEffect{ID: c.ID, Effect: effect})
		delete(former, c.ID)
	}
	for id, r := range former {
		if r.gone {
			continue
		}
		effects = append(effects, store.StoryEffect{ID: id, Effect: store.Gone})
	}
	slices.SortFunc(effects, func(a, b store.StoryEffect) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range effects {
		if e.Effect == store.Gone && write {
			if err := d.remove(former[e.ID]); err != nil {
				return nil, err
			}
		}
	}
	return effects, nil
}

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
