package handlers

import (
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often sign-in may be tried: a few times at once, then slowly. What is counted by name and address together keeps somebody elsewhere
// from locking a person out; what is counted by name alone keeps many addresses from guessing.
var (
	triesByBoth    = limit{every: time.Minute, burst: 6}
	triesByName    = limit{every: 20 * time.Second, burst: 60}
	triesByAddress = limit{every: 5 * time.Second, burst: 30}
)

// maxTracked is how many names and addresses are remembered; beyond it those that have been quiet longest are forgotten.
const maxTracked = 20_000

type limit struct {
	every time.Duration
	burst int
}

// tries counts tries to sign in.
type tries struct {
	mu    sync.Mutex
	known map[string]*tried
}

type tried struct {
	*rate.Limiter
	at time.Time
}

func newTries() *tries { return &tries{known: map[string]*tried{}} }

// allow counts a try, and reports whether it may be looked at.
func (t *tries) allow(name, address string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.take("n "+name+" a "+address, triesByBoth, now) { // and is not counted by name, or it would lock out the person elsewhere
		return false
	}
	ok := t.take("n "+name, triesByName, now)
	if ip := net.ParseIP(address); ip == nil || !ip.IsLoopback() { // behind a proxy on this machine every address is the same
		ok = t.take("a "+address, triesByAddress, now) && ok
	}
	return ok
}

// forget takes back what a person who signed in had used up.
func (t *tries) forget(name, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, "n "+name+" a "+address)
}

func (t *tries) take(key string, l limit, now time.Time) bool {
	k := t.known[key]
	if k == nil {
		if len(t.known) >= maxTracked {
			t.drop(now)
		}
		k = &tried{Limiter: rate.NewLimiter(rate.Every(l.every), l.burst)}
		t.known[key] = k
	}
	k.at = now
	return k.AllowN(now, 1)
}

// drop forgets who has been quiet for an hour, or else whoever comes: the memory is bounded whatever is tried.
func (t *tries) drop(now time.Time) {
	for key, k := range t.known {
		if now.Sub(k.at) > time.Hour {
			delete(t.known, key)
		}
	}
	for key := range t.known {
		if len(t.known) < maxTracked*9/10 {
			return
		}
		delete(t.known, key)
	}
}
