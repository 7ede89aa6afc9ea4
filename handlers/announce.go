package handlers

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/store"
)

// changesAtOnce is how many changes are read from the feed in one go.
const changesAtOnce = 1_000

// Announce tells event streams of changes of stories, after the given one, and of connectors, until the context ends; it then returns nil.
// changed gives ids of connectors, "" for many; it may be nil. It is called once: when it returns, every event stream ends, and none begins.
func (s *Server) Announce(ctx context.Context, after store.Change, changed <-chan workbench.ConnectorID) error {
	ctx, stop := context.WithCancel(ctx)
	s.hub.begin(after)
	defer s.hub.end()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.announceConnectors(ctx, changed)
	}()
	err := s.announceStories(ctx, after)
	stop()
	<-done
	return err
}

// announceStories tells of stories once lists know of their changes.
func (s *Server) announceStories(ctx context.Context, after store.Change) error {
	for {
		if err := s.Store.Wait(ctx, after); err != nil {
			return ended(ctx, err)
		}
		newest := map[workbench.TenantID]store.Change{}
		for whole := true; whole; {
			entries, err := s.Store.Changes(ctx, after, changesAtOnce)
			if err != nil {
				return ended(ctx, err)
			}
			for _, e := range entries {
				after = max(after, e.Number)
				newest[e.Head.Tenant] = max(newest[e.Head.Tenant], e.Number) // "" for a story that is no more
			}
			whole = len(entries) == changesAtOnce
		}
		if err := s.Queries.WaitApplied(ctx, after); err != nil {
			return ended(ctx, err)
		}
		s.hub.stories(newest)
		if !waited(ctx, s.hub.pace.apart) {
			return nil
		}
	}
}

// announceConnectors tells of connectors whose ids arrive, those of a moment together.
func (s *Server) announceConnectors(ctx context.Context, changed <-chan workbench.ConnectorID) {
	known := s.connectorStates(ctx)
	var ids []workbench.ConnectorID
	for {
		select {
		case <-ctx.Done():
			return
		case id, more := <-changed:
			if !more {
				changed = nil
				continue
			}
			ids = append(ids, id)
		}
		for pause := time.After(s.hub.pace.apart); pause != nil; {
			select {
			case <-ctx.Done():
				return
			case <-pause:
				pause = nil
			case id, more := <-changed:
				if !more {
					changed = nil
					continue
				}
				ids = append(ids, id)
			}
		}
		now := s.connectorStates(ctx)
		s.hub.connectors(owners(ids, known, now))
		ids, known = nil, now
	}
}

// connectorStates are all connectors. Where they can't be read, nobody is told of one who does not see every tenant anyway.
func (s *Server) connectorStates(ctx context.Context) map[workbench.ConnectorID]connect.State {
	if s.Connect == nil {
		return nil
	}
	states, err := s.Connect.States(ctx, workbench.EveryTenant())
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("reading connectors to tell of their changes", "error", logged(err.Error()))
		}
		return nil
	}
	byID := make(map[workbench.ConnectorID]connect.State, len(states))
	for _, st := range states {
		byID[st.ID] = st
	}
	return byID
}

// owners are the tenants of changed connectors, as they were and as they are. Where many changed that nobody named, they are found by
// comparing; what follows from the time alone is no change.
func owners(ids []workbench.ConnectorID, before, after map[workbench.ConnectorID]connect.State) map[workbench.ConnectorID][]workbench.TenantID {
	changed := map[workbench.ConnectorID][]workbench.TenantID{}
	add := func(id workbench.ConnectorID) {
		changed[id] = []workbench.TenantID{before[id].Tenant, after[id].Tenant} // "" where it was or is not
	}
	for _, id := range ids {
		if id != "" {
			add(id)
			continue
		}
		changed[everyConnector] = nil
		for id, now := range after {
			was := before[id]
			was.Lag, was.Share = now.Lag, now.Share
			if !reflect.DeepEqual(was, now) {
				add(id)
			}
		}
		for id := range before {
			if _, still := after[id]; !still {
				add(id)
			}
		}
	}
	return changed
}

// waited waits, and reports false where the context ended before.
func waited(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// ended takes an error that only says that the context ended as the orderly end that it is.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("announcing changes: %w", err)
}
