package boltstore

import (
	"bytes"
	"cmp"
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
	p, err := d.gather(key)
	if err != nil {
		return nil, err
	}
	p.make()
	return p.settle(write)
}

// pending is a group on its way from documents to stored stories. Gathering and settling use the transaction, and so run one at a time;
// making, which takes longest, does not.
type pending struct {
	deriving
	group  workbench.Group
	former map[workbench.StoryID]numberedStory // what is stored
	made   []made                              // in the order of ids
	err    error                               // of making
}

func (d deriving) gather(key workbench.GroupKey) (*pending, error) {
	g, err := d.group(key)
	if err != nil {
		return nil, err
	}
	kept, err := d.tenant.storiesOf(key)
	if err != nil {
		return nil, err
	}
	p := &pending{deriving: d, group: g, former: map[workbench.StoryID]numberedStory{}}
	for _, r := range kept {
		p.former[r.id] = r
	}
	return p, nil
}

// size is how many bytes the stories are made from.
func (p *pending) size() (n int) {
	for _, d := range p.group.Documents {
		n += len(d.JSON)
	}
	return n
}

func (p *pending) make() {
	contents := p.s.deriver.Derive(p.group)
	slices.SortFunc(contents, func(a, b workbench.Content) int { return cmp.Compare(a.ID, b.ID) })
	room := p.s.codec.borrow(2 * p.size()) // stories are longer than their documents
	defer func() { p.s.codec.giveBack(room) }()
	for i := range contents {
		c, key := &contents[i], p.group.GroupKey
		if c.ID == "" || i > 0 && c.ID == contents[i-1].ID {
			p.err = fmt.Errorf("deriving group %q%q of tenant %s: story %q comes twice or has no id", key.Incident, key.Alert, key.Tenant.Text(), c.ID)
			return
		}
		m, err := p.s.write((*room)[:0], key, c, p.former[c.ID])
		if err != nil {
			p.err = fmt.Errorf("writing story %s: %w", c.ID, err)
			return
		}
		if *room = m.plain[:0]; m.packed == nil { // it is still needed
			*room = nil
		}
		p.made = append(p.made, m)
	}
}

func (p *pending) settle(write bool) ([]store.StoryEffect, error) {
	if p.err != nil {
		return nil, p.err
	}
	effects := make([]store.StoryEffect, 0, len(p.made))
	for _, m := range p.made {
		effect, err := p.story(p.group.GroupKey, m, p.former[m.id], write)
		if err != nil {
			return nil, err
		}
		effects = append(effects, store.StoryEffect{ID: m.id, Effect: effect})
		delete(p.former, m.id)
	}
	for id, r := range p.former {
		if !r.gone {
			effects = append(effects, store.StoryEffect{ID: id, Effect: store.Gone})
		}
	}
	slices.SortFunc(effects, func(a, b store.StoryEffect) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range effects {
		if e.Effect == store.Gone && write {
			if err := p.remove(p.former[e.ID]); err != nil {
				return nil, err
			}
		}
	}
	return effects, nil
}
