//go:build !race

package handlers_test

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestStreamMemory holds the bound of memory for each stream, and that nothing is left of streams that have ended. The race detector takes more
// memory than the program, so it runs without.
func TestStreamMemory(t *testing.T) {
	const streams, most = 2_000, 30_000
	s := newStack(t)
	debug.FreeOSMemory()
	before := resident(t)
	g := gather(t, s, streams, 0)
	peak := 0
	const events = 10
	tell(s, events, 50*time.Millisecond, func(int) { peak = max(peak, resident(t)) })
	if got := s.server.Streams(); got != streams {
		t.Errorf("got %d streams, want %d", got, streams)
	}
	if each := (peak - before) / streams; each > most {
		t.Errorf("a stream takes %d bytes, want at most %d", each, most)
	} else {
		t.Logf("a stream takes %d bytes", each)
	}
	if said := g.dismiss(t); said.Delivered < streams {
		t.Errorf("%d events were delivered to %d streams", said.Delivered, streams)
	}
	for patience := time.After(10 * time.Second); s.server.Streams() != 0; { // one whose write failed is closed a moment before it is gone
		select {
		case <-patience:
			t.Fatalf("%d streams are left", s.server.Streams())
		default:
			runtime.Gosched()
		}
	}
}
