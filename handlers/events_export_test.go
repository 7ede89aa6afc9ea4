package handlers

import (
	"fmt"
	"time"

	"workbench"
	"workbench/store"
)

// Pace sets how long event streams wait for what; it is called before the first.
func (s *Server) Pace(beat, recheck, patience, apart time.Duration) {
	s.hub.pace = pace{beat: beat, recheck: recheck, patience: patience, apart: apart}
}

// Streams is how many event streams there are.
func (s *Server) Streams() int {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.hub.count
}

// MaxStreamsEach is how many event streams an account may have.
const MaxStreamsEach = maxStreamsEach

// Tell tells every stream of an account that sees all tenants of a change with this number.
func (s *Server) Tell(number int64) {
	s.hub.stories(map[workbench.TenantID]store.Change{"": store.Change(number)})
}

// TellMuch tells the same streams of as many connectors as one event can name.
func (s *Server) TellMuch() {
	changed := map[workbench.ConnectorID][]workbench.TenantID{}
	for i := range maxConnectorsTold {
		changed[workbench.ConnectorID(fmt.Sprintf("connector-with-long-id-%03d", i))] = nil
	}
	s.hub.connectors(changed)
}
