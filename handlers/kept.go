package handlers

import (
	"slices"
	"sync"

	"workbench"
	"workbench/store"
	"workbench/views/ui"
)

// kept holds markup that was rendered, for as long as it is asked for again and there is room: rows of lists by the version of their story,
// whole pages by the state of the data that they show, and those compressed besides. What does not fit goes, whatever was not used for longest first, about. It is safe
// for concurrent use.
type kept struct {
	name   func(workbench.TenantID) workbench.Untrusted
	shards [keptShards]keptShard
}

const (
	keptShards = 16       // so that requests seldom wait for one another
	keptBytes  = 64 << 20 // of all markup together
)

// keptKey names markup: the change after which it is right, and what else it depends on.
type keptKey struct {
	number store.Change
	rest   digest
}

// names are tenants with the names that an answer calls them by, each tenant once. They change without a change of any story.
type names []workbench.Tenant

// with adds tenants that are not yet there.
func (n names) with(more ...workbench.Tenant) names {
	for _, t := range more {
		if !slices.ContainsFunc(n, func(has workbench.Tenant) bool { return has.ID == t.ID }) {
			n = append(n, t)
		}
	}
	return n
}

func (n names) digest() digest {
	var in ingredients
	for _, t := range n {
		in = in.text(string(t.ID), t.Label().Raw())
	}
	return in.digest()
}

type keptShard struct {
	mu      sync.Mutex
	entries map[keptKey]int // places in ring
	ring    []keptEntry
	hand    int
	bytes   int
}

type keptEntry struct {
	key    keptKey
	markup ui.Kept
	packed []byte // the whole answer, compressed, instead of markup
	names  names  // that it calls tenants by
	called digest // of names
	size   int
	used   bool // since the hand passed
}

// newKept makes an empty one. name is how a tenant is called now; nil where names don't change.
func newKept(name func(workbench.TenantID) workbench.Untrusted) *kept {
	k := &kept{name: name}
	for i := range k.shards {
		k.shards[i].entries = map[keptKey]int{}
	}
	return k
}

func (k *kept) shard(key keptKey) *keptShard {
	return &k.shards[(uint64(key.number)+uint64(key.rest[0]))%keptShards]
}

// get returns what was kept under a key, unless a tenant that it shows has another name by now.
func (k *kept) get(key keptKey) (keptEntry, bool) {
	e, ok := k.shard(key).get(key)
	if ok && k.name != nil {
		for _, t := range e.names {
			if (workbench.Tenant{ID: t.ID, Name: k.name(t.ID)}).Label() != t.Label() {
				return keptEntry{}, false
			}
		}
	}
	return e, ok
}

// put keeps what an entry says of markup, under a key. What takes more than a fair part of the room is not kept.
func (k *kept) put(key keptKey, e keptEntry) {
	e.key, e.called, e.size = key, e.names.digest(), e.markup.Size()+cap(e.packed)+224
	for _, t := range e.names {
		e.size += 32 + len(t.ID) + len(t.Name.Raw())
	}
	if e.size <= keptBytes/keptShards/4 {
		k.shard(key).put(e)
	}
}

func (s *keptShard) get(key keptKey) (keptEntry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.entries[key]
	if !ok {
		return keptEntry{}, false
	}
	s.ring[at].used = true
	return s.ring[at], true
}

func (s *keptShard) put(e keptEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.entries[e.key]; ok {
		s.bytes += e.size - s.ring[at].size
		s.ring[at] = e
	} else {
		s.entries[e.key] = len(s.ring)
		s.ring = append(s.ring, e)
		s.bytes += e.size
	}
	for s.bytes > keptBytes/keptShards {
		s.evict()
	}
}

// evict takes away the next entry that was not used since the hand last passed it. The caller holds mu.
func (s *keptShard) evict() {
	for ; ; s.hand++ {
		s.hand %= len(s.ring)
		if e := &s.ring[s.hand]; e.used {
			e.used = false
			continue
		}
		gone, last := s.ring[s.hand], len(s.ring)-1
		delete(s.entries, gone.key)
		if s.hand != last {
			s.ring[s.hand] = s.ring[last]
			s.entries[s.ring[s.hand].key] = s.hand
		}
		s.ring[last] = keptEntry{}
		s.ring = s.ring[:last]
		s.bytes -= gone.size
		return
	}
}
