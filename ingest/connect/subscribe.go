package connect

import (
	"sync"

	"workbench"
)

// listeners are the channels of those who want to know of changes.
type listeners struct {
	mu  sync.Mutex
	all map[chan workbench.ConnectorID]struct{}
}

// backlog is how many ids a reader may be behind before it is told that many changed.
const backlog = 16

// Subscribe returns a channel that gets the id of each connector whose state changed ("" = many), and a function that ends it. A reader
// that is too slow misses ids, never the fact that something changed.
func (s *Service) Subscribe() (<-chan workbench.ConnectorID, func()) {
	l, c := &s.listeners, make(chan workbench.ConnectorID, backlog)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[chan workbench.ConnectorID]struct{}{}
	}
	l.all[c] = struct{}{}
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if _, ok := l.all[c]; ok {
			delete(l.all, c)
			close(c)
		}
	}
}

// tell sends an id to everybody. Where a channel is full, what waits in it is replaced by "many": the id would be lost otherwise.
func (l *listeners) tell(id workbench.ConnectorID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.all {
		select {
		case c <- id:
			continue
		default:
		}
		for emptied := false; !emptied; {
			select {
			case <-c:
			default:
				emptied = true
			}
		}
		c <- "" // nobody else sends, and there is room
	}
}
