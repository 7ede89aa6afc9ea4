package ingest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"workbench"
	"workbench/ingest/defender"
	"workbench/store"
)

// The pace of a poller.
const (
	defaultInterval = time.Minute
	minInterval     = 5 * time.Second
	startSpread     = 20 * time.Millisecond // per tenant: so that hundreds do not start at one moment
	settle          = time.Second           // between a change of connectors and looking at them: changes come together
	lookEvery       = time.Minute           // at connectors, whether somebody says that they changed or not
)

// PollStore is what a Poller asks of a store: see store.Facts, store.Connectors and store.Store.
type PollStore interface {
	ImportStore
	KeptAlerts(ctx context.Context, tenant workbench.TenantID, incidents []string) (map[string]bool, error)
	Err() error
}

// PollerConfig is what a Poller needs. Fields may be left out where it says so.
type PollerConfig struct {
	Store       PollStore
	Connections Connections
	Now         func() time.Time // nil = time.Now; waiting is done by timers
	Log         *slog.Logger     // nil = nobody is told
	Random      func() float64   // from 0 to 1, for spreading; called by many goroutines; nil = math/rand
	Interval    time.Duration    // between two polls of a tenant; 0 = a minute, never less than 5 s; Microsoft wants 30 s
	Overlap     time.Duration    // how far before what is covered every poll begins; 0 = 15 minutes
}

// Poller takes in what Microsoft says of every connected tenant, for as long as it runs. Each tenant has a goroutine of its own and can
// stall only itself.
//
//	live window, every interval ──► changed incidents, each with its alerts ─┐
//	what is missing, newest first ──► lists alone ───────────────────────────┼──► store.Facts.Append: documents and, with the last of them,
//	the last days, once a day ──► lists alone ───────────────────────────────┘    the progress that vouches for them
type Poller struct {
	PollerConfig
	look  chan struct{} // somebody wants connectors looked at
	fatal chan error    // the store failed for good

	places  *places      // of tenants that catch up
	waiting atomic.Int64 // bytes of alerts that wait for their incidents, in all tenants

	readRecords func(io.Reader, defender.Options, func(defender.Record) error) (defender.Result, error)

	mu      sync.Mutex
	tenants map[workbench.ConnectorID]*tenant
}

// NewPoller makes a poller. Nothing happens before Run.
func NewPoller(c PollerConfig) *Poller {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	if c.Interval == 0 {
		c.Interval = defaultInterval
	}
	c.Interval = max(c.Interval, minInterval)
	if c.Overlap == 0 {
		c.Overlap = defaultOverlap
	}
	return &Poller{PollerConfig: c, look: make(chan struct{}, 1), fatal: make(chan error, 1), readRecords: defender.Read, places: newPlaces(), tenants: map[workbench.ConnectorID]*tenant{}}
}

// Run polls until the context ends, and then returns nil once every tenant has stopped and what is known of its progress is stored. It
// returns the store's error where the store has failed for good.
func (p *Poller) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	changes, unsubscribe := p.Connections.Subscribe()
	defer unsubscribe()
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		if err := p.reconcile(ctx, &running); err != nil && ctx.Err() == nil {
			p.Log.Warn("connectors can't be listed", "reason", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-p.fatal:
			return fmt.Errorf("polling: %w", err)
		case <-every.C:
			continue
		case <-p.look:
			continue
		case _, open := <-changes:
			if !open {
				changes = nil
				continue
			}
		}
		sleep(ctx, settle)
		for more := changes != nil; more; {
			select {
			case _, more = <-changes:
			default:
				more = false
			}
		}
	}
}

// Wake polls the tenant of a parent at once, or as soon as what is under way allows it. It never waits, and many calls are as one.
func (p *Poller) Wake(parent workbench.ConnectorID) {
	p.mu.Lock()
	t := p.tenants[parent]
	p.mu.Unlock()
	if t == nil {
		knock(p.look)
		return
	}
	knock(t.wake)
}

// reconcile starts, changes and stops tenants so that they are those of the connections.
func (p *Poller) reconcile(ctx context.Context, running *sync.WaitGroup) error {
	targets, err := p.Connections.Targets(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	wanted := map[workbench.ConnectorID]bool{}
	spread := min(p.Interval, startSpread*time.Duration(len(targets)))
	for _, target := range targets {
		id := target.Parent.ID
		wanted[id] = true
		if t := p.tenants[id]; t != nil {
			t.offer(target)
			continue
		}
		own, stop := context.WithCancel(ctx)
		t := newTenant(p, target, stop)
		p.tenants[id] = t
		delay := time.Duration(p.Random() * float64(spread))
		running.Go(func() { t.run(own, delay) })
	}
	for id, t := range p.tenants {
		if !wanted[id] {
			t.stop()
			delete(p.tenants, id)
		}
	}
	return nil
}

// fail ends Run where the store has failed for good, so that the process can be started again.
func (p *Poller) fail(err error) {
	select {
	case p.fatal <- err:
	default:
	}
}

// knock sends on a channel of one place, unless somebody knocked already.
func knock(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// sleep waits, no longer than the context, and reports whether it waited all the time.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

var _ PollStore = store.Store(nil)
