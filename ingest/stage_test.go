package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/store"
	"workbench/store/boltstore"
)

// The connectors of a stage.
const (
	parentID   = workbench.ConnectorID("parent")
	endpointID = workbench.ConnectorID("endpoint")
	officeID   = workbench.ConnectorID("office")
)

// stage is a store, connections and a world, on which pollers run.
type stage struct {
	t     *testing.T
	world *world
	store *boltstore.Store
	conns *conns
	path  string
}

// newStage makes a stage whose connectors were made now and go back for some days. It must be called where time is that of the test.
func newStage(t *testing.T, days int, kinds ...workbench.ConnectorKind) *stage {
	t.Helper()
	s := &stage{t: t, world: newWorld(time.Now), path: filepath.Join(t.TempDir(), "store")}
	s.store = s.open(s.path)
	s.conns = &conns{store: s.store, changed: make(chan workbench.ConnectorID, 1)}
	ids := map[workbench.ConnectorKind]workbench.ConnectorID{workbench.Microsoft365: parentID, workbench.DefenderEndpoint: endpointID, workbench.DefenderOffice365: officeID}
	r, err := s.store.SaveRegistration(t.Context(), workbench.Registration{ID: "registration"}, "added", "", workbench.At(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	var target ingest.Target
	for _, kind := range append([]workbench.ConnectorKind{workbench.Microsoft365}, kinds...) {
		c := workbench.Connector{ID: ids[kind], Kind: kind, Name: string(kind), Tenant: aTenant, CreatedAt: workbench.At(time.Now())}
		if kind.Child() {
			c.Parent, c.BackfillDays = parentID, days
		} else {
			c.Registration = r.ID
		}
		c, err := s.store.SaveConnector(t.Context(), c, "added", "", workbench.At(time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		if kind.Child() {
			target.Children = append(target.Children, c)
		} else {
			target.Parent, target.Reader = c, c.ID
		}
	}
	target.Graph = s.world
	s.conns.targets = []ingest.Target{target}
	t.Cleanup(func() {
		if s.store != nil {
			s.store.Close()
		}
	})
	return s
}

func (s *stage) open(path string) *boltstore.Store {
	s.t.Helper()
	st, err := boltstore.Open(path, defender.NewDeriver(nil), boltstore.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// reopen closes the store and opens it again, as a process that begins anew does.
func (s *stage) reopen() {
	s.t.Helper()
	if err := s.store.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.store = s.open(s.path)
	s.conns.store = s.store
}

// poll runs a poller for a while.
func (s *stage) poll(d time.Duration) { s.t.Helper(); s.pollWith(s.store, d) }

func (s *stage) pollWith(st ingest.PollStore, d time.Duration) {
	s.t.Helper()
	stop := s.start(st)
	<-time.After(d)
	stop()
}

// start runs a poller until the returned function is called.
func (s *stage) start(st ingest.PollStore) (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	p := ingest.NewPoller(s.config(st))
	s.conns.poller = p
	go func() { done <- p.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("the poller ended: %v", err)
		}
	}
}

func (s *stage) config(st ingest.PollStore) ingest.PollerConfig {
	return ingest.PollerConfig{Store: st, Connections: s.conns, Random: func() float64 { return 0.5 }}
}

// conns are connections of a test.
type conns struct {
	mu      sync.Mutex
	store   store.Store
	targets []ingest.Target
	changed chan workbench.ConnectorID
	polled  []polled
	poller  *ingest.Poller
}

type polled struct {
	at     time.Time
	parent workbench.ConnectorID
	fault  *workbench.Fault
	prog   []workbench.Progress
	empty  bool
	next   time.Time
}

func (c *conns) Targets(ctx context.Context) ([]ingest.Target, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, err := c.store.Progresses(ctx)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(c.targets)
	for i := range out {
		out[i].Progress = nil
		for _, child := range out[i].Children {
			out[i].Progress = append(out[i].Progress, kept[child.ID])
		}
	}
	return out, nil
}

func (c *conns) Subscribe() (<-chan workbench.ConnectorID, func()) { return c.changed, func() {} }

func (c *conns) Polled(_ context.Context, parent workbench.ConnectorID, f *workbench.Fault, progress []workbench.Progress, empty bool, next time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.polled = append(c.polled, polled{time.Now(), parent, f, progress, empty, next})
	return nil
}

// last is what was told last.
func (c *conns) last() polled {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.polled) == 0 {
		return polled{}
	}
	return c.polled[len(c.polled)-1]
}

// documents are the kept documents, with their JSON as keys.
func (s *stage) documents() map[string]workbench.Observed {
	s.t.Helper()
	out := map[string]workbench.Observed{}
	err := s.store.ExportDocuments(s.t.Context(), workbench.EveryTenant(), func(o workbench.Observed) error {
		if _, twice := out[string(o.JSON)]; twice {
			s.t.Errorf("%s %s is kept twice", o.Kind, o.Object)
		}
		out[string(o.JSON)] = o
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// complete compares what is kept with the world: the present version of every alert of the products that is younger than some days, that of
// every incident of such alerts, nothing that was not served, and no incident that has no alert here.
func (s *stage) complete(since time.Time, products ...string) {
	s.t.Helper()
	kept := s.documents()
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	of := map[string]bool{}
	for _, o := range kept {
		if o.Kind == workbench.AlertDocument {
			of[o.Incident] = true
		}
		if !s.world.served[string(o.JSON)] {
			s.t.Errorf("%s %s is kept in words that nobody served: %s", o.Kind, o.Object, o.JSON)
		}
	}
	for _, x := range s.world.alerts {
		own := slices.ContainsFunc(products, func(p string) bool { return bytes.Contains([]byte(x.json), []byte(`"`+p+`"`)) })
		if _, have := kept[x.json]; own && !have && !x.updated.Before(since) {
			s.t.Errorf("alert %s of %s is missing as it is now", x.id, stamp(x.updated))
		} else if !own && have {
			s.t.Errorf("alert %s is of a product that nobody takes", x.id)
		}
	}
	for _, x := range s.world.incidents {
		if _, have := kept[x.json]; of[x.id] && !have {
			s.t.Errorf("incident %s of %s is missing as it is now", x.id, stamp(x.updated))
		}
	}
	for _, o := range kept {
		if o.Kind == workbench.IncidentDocument && !of[o.Object] {
			s.t.Errorf("incident %s is kept without alerts", o.Object)
		}
	}
}

// sameElsewhere holds the store's stories against those that an import of its raw export makes, and against those that deriving again makes.
func (s *stage) sameElsewhere() {
	s.t.Helper()
	var raw bytes.Buffer
	if _, err := ingest.ExportRaw(s.t.Context(), s.store, &raw); err != nil {
		s.t.Fatal(err)
	}
	other := s.open(filepath.Join(s.t.TempDir(), "other"))
	defer other.Close()
	file := ingest.File{Name: "raw", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw.Bytes())), nil }}
	if raw.Len() > 0 {
		if _, err := ingest.Import(s.t.Context(), other, []ingest.File{file}, ingest.ImportOptions{At: workbench.At(time.Now())}); err != nil {
			s.t.Fatal(err)
		}
	}
	if got, want := stories(s.t, s.store), stories(s.t, other); got != want {
		s.t.Errorf("the stories differ from those of an import:\ngot  %.2000s\nwant %.2000s", got, want)
	}
	err := s.store.Rebuild(s.t.Context(), true, func(e store.StoryEffect) { s.t.Errorf("story %s differs when it is derived again", e.ID) })
	if err != nil {
		s.t.Fatal(err)
	}
}

// stories is the text of all stories.
func stories(t *testing.T, st store.Stories) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	if err := st.Export(t.Context(), workbench.EveryTenant(), func(s workbench.Story) error { return enc.Encode(s) }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
