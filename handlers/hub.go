package handlers

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"workbench"
	"workbench/store"
)

// pace is how often and how long things happen around event streams.
type pace struct {
	beat     time.Duration // a comment goes out after so long without an event, so that a dead connection shows
	recheck  time.Duration // between two looks at whether the session still stands and the account still may
	patience time.Duration // a reader that takes nothing for so long is cut
	apart    time.Duration // between two announcements of one kind
}

var usualPace = pace{beat: 15 * time.Second, recheck: 5 * time.Second, patience: 15 * time.Second, apart: 250 * time.Millisecond}

// The limits of event streams.
const (
	maxStreams        = 20_000
	maxStreamsEach    = 200 // of one account, so that none uses up all
	maxConnectorsTold = 50  // ids in one event; of more it says "*"
)

var (
	errManyStreams     = errors.New("too many event streams")
	errManyStreamsEach = errors.New("too many event streams of one account")
	errEnding          = errors.New("the server ends")
)

// everyConnector stands for more connectors than are named.
const everyConnector workbench.ConnectorID = "*"

// hub tells event streams what changed. Whoever tells never waits for a reader: a stream remembers what it has not been told yet, once.
type hub struct {
	pace    pace
	watched sync.Once

	mu        sync.Mutex
	over      bool
	count     int    // streams
	opened    uint64 // streams that ever were
	audiences map[workbench.AccountID][]*audience
	since     store.Change                        // nothing is known of what changed up to here
	newest    map[workbench.TenantID]store.Change // of stories, by their tenant; "" where that is not known
}

// audience is the streams of one account that see the same. What they may be told is decided once for all of them.
type audience struct {
	scope        workbench.Scope
	integrations bool // may see connectors
	streams      map[*stream]struct{}
}

func newHub() *hub {
	return &hub{pace: usualPace, audiences: map[workbench.AccountID][]*audience{}, newest: map[workbench.TenantID]store.Change{}}
}

// begin says from which change on announcements will come.
func (h *hub) begin(since store.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since = since
}

// end ends every stream; none begins after it.
func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	for au := range h.each() {
		for st := range au.streams {
			st.end()
		}
	}
}

// endWith ends every stream once closing is closed.
func (h *hub) endWith(closing <-chan struct{}) {
	h.watched.Do(func() {
		go func() {
			<-closing
			h.end()
		}()
	})
}

// add adds a stream of an account as it is now, until leave is called. It also returns the number of the newest change of a story that the
// account may see, as far as it was told to anyone, and how many streams were added before.
func (h *hub) add(a workbench.Account, st *stream) (newest store.Change, before uint64, leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	mine := 0
	for _, au := range h.audiences[a.ID] {
		mine += len(au.streams)
	}
	switch {
	case h.over:
		return 0, 0, nil, errEnding
	case mine >= maxStreamsEach:
		return 0, 0, nil, errManyStreamsEach
	case h.count >= maxStreams:
		return 0, 0, nil, errManyStreams
	}
	au := h.audience(a)
	au.streams[st] = struct{}{}
	h.count++
	h.opened++
	return max(h.since, au.newest(h.newest)), h.opened - 1, func() { h.remove(a.ID, au, st) }, nil
}

// audience finds or makes the audience of an account as it is now. The caller holds mu.
func (h *hub) audience(a workbench.Account) *audience {
	au := &audience{scope: a.Scope(), integrations: a.May(workbench.ReadIntegration), streams: map[*stream]struct{}{}}
	for _, known := range h.audiences[a.ID] {
		if known.integrations == au.integrations && known.scope.Equal(au.scope) {
			return known
		}
	}
	h.audiences[a.ID] = append(h.audiences[a.ID], au)
	return au
}

func (h *hub) remove(id workbench.AccountID, au *audience, st *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count--
	if delete(au.streams, st); len(au.streams) > 0 {
		return
	}
	if h.audiences[id] = slices.DeleteFunc(h.audiences[id], func(known *audience) bool { return known == au }); len(h.audiences[id]) == 0 {
		delete(h.audiences, id)
	}
}

// stories tells that stories changed: the newest change of each tenant. A tenant that is not known ("", of a story that is no more) is seen
// by those alone who see every tenant.
func (h *hub) stories(changes map[workbench.TenantID]store.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.Copy(h.newest, changes)
	for au := range h.each() {
		if asOf := au.newest(changes); asOf > 0 {
			au.tell(func(st *stream) { st.asOf = max(st.asOf, asOf) })
		}
	}
}

// connectors tells that connectors changed, each with the tenants that it belongs to or belonged to. everyConnector stands for those that
// nobody named; they are told to those alone who see every tenant.
func (h *hub) connectors(changed map[workbench.ConnectorID][]workbench.TenantID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for au := range h.each() {
		if ids := au.seen(changed); len(ids) > 0 {
			au.tell(func(st *stream) { st.connectors = joined(st.connectors, ids) })
		}
	}
}

// each yields every audience. The caller holds mu.
func (h *hub) each() iter.Seq[*audience] {
	return func(yield func(*audience) bool) {
		for _, list := range h.audiences {
			for _, au := range list {
				if !yield(au) {
					return
				}
			}
		}
	}
}

// newest is the newest of the changes that the audience may see, 0 where there is none.
func (au *audience) newest(changes map[workbench.TenantID]store.Change) store.Change {
	var newest store.Change
	for t, n := range changes {
		if n > newest && sees(au.scope, t) {
			newest = n
		}
	}
	return newest
}

// seen are those of the changed connectors that the audience may see, in order.
func (au *audience) seen(changed map[workbench.ConnectorID][]workbench.TenantID) []workbench.ConnectorID {
	if !au.integrations {
		return nil
	}
	var ids []workbench.ConnectorID
	for id, tenants := range changed {
		if sees(au.scope, "") || slices.ContainsFunc(tenants, func(t workbench.TenantID) bool { return sees(au.scope, t) }) {
			ids = append(ids, id)
		}
	}
	return abridged(ids)
}

// sees reports whether a scope sees a tenant. One that is not known is seen by a scope that sees every tenant, alone.
func sees(scope workbench.Scope, t workbench.TenantID) bool {
	if t == "" {
		return scope.Equal(workbench.EveryTenant())
	}
	return scope.Sees(t)
}

// tell puts something into every stream of the audience.
func (au *audience) tell(put func(*stream)) {
	for st := range au.streams {
		st.tell(put)
	}
}

// joined is the union of two short lists. It may be the second.
func joined(had, more []workbench.ConnectorID) []workbench.ConnectorID {
	if len(had) == 0 {
		return more
	}
	return abridged(slices.Concat(had, more))
}

// abridged orders the list, and is everyConnector alone where there are too many or it is among them.
func abridged(ids []workbench.ConnectorID) []workbench.ConnectorID {
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) > maxConnectorsTold || slices.Contains(ids, everyConnector) {
		return []workbench.ConnectorID{everyConnector}
	}
	return ids
}
