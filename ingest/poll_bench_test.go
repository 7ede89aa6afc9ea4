package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/ingest/msgraph"
	"workbench/store"
	"workbench/store/boltstore"
)

// unlimited are limits that nothing reaches.
var unlimited = msgraph.Limits{PerMinute: 10_000_000, Burst: 10_000_000}

// BenchmarkBackfill reads 10,000 incidents, some 500 MB with their alerts, from the simulator into a store on disk, without limits, and
// tells how long that is waiting for the simulator, and how long Microsoft's limits alone would make it last.
func BenchmarkBackfill(b *testing.B) {
	incidents := 10_000
	if testing.Short() {
		incidents = 500
	}
	for b.Loop() {
		b.StopTimer()
		c := newCloud(b, aTenant, unlimited)
		c.world.SetLimit(0)
		c.world.Generate(incidents, 7, 29*24*time.Hour)
		st, err := boltstore.Open(filepath.Join(b.TempDir(), "store"), defender.NewDeriver(nil), boltstore.Options{})
		if err != nil {
			b.Fatal(err)
		}
		now := workbench.At(time.Now())
		target := ingest.Target{Parent: workbench.Connector{ID: parentID, Kind: workbench.Microsoft365, Tenant: aTenant}, Graph: c.client}
		for _, k := range workbench.ConnectorKinds[1:] {
			target.Children = append(target.Children, workbench.Connector{ID: workbench.ConnectorID(k), Kind: k, Parent: parentID, Tenant: aTenant, CreatedAt: now, BackfillDays: 30})
		}
		told := newTold(target)
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		b.StartTimer()
		begin := time.Now()
		go func() { done <- ingest.NewPoller(ingest.PollerConfig{Store: st, Connections: told}).Run(ctx) }()
		for covered := false; !covered; {
			p := <-told.polls
			if p.fault != nil {
				b.Fatal(p.fault)
			}
			covered = true
			for _, child := range p.prog {
				covered = covered && len(child.Gaps(workbench.At(time.Now()), 2*time.Minute)) == 0
			}
		}
		took := time.Since(begin)
		b.StopTimer()
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
		u := c.client.Usage()
		b.ReportMetric(100*float64(u.Answering)/float64(took), "%-of-time-waiting-for-the-simulator")
		b.ReportMetric(100*float64(u.Waited)/float64(took), "%-of-time-waiting-for-limits")
		b.ReportMetric(float64(u.Requests), "requests")
		b.ReportMetric(float64(u.Requests)/75, "minutes-at-75-requests-a-minute")
		b.ReportMetric(float64(u.Bytes)/1e6/took.Seconds(), "MB/s")
		b.ReportMetric(float64(incidents)/took.Seconds(), "incidents/s")
		b.StartTimer()
	}
}

// BenchmarkPollTenants500 polls 500 quiet tenants once. It tells what one poll of one tenant costs this process, and what a tenant holds
// between two polls.
func BenchmarkPollTenants500(b *testing.B) {
	const tenants = 500
	now := time.Now()
	empty := []byte(`{"@odata.context":"https://graph.example/v1.0/$metadata#security/incidents","value":[]}`)
	quiet := transport(func(r *http.Request) (*http.Response, error) {
		header := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}, "Content-Type": {"application/json"}}
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(empty)), ContentLength: int64(len(empty)), Request: r}, nil
	})
	before := inUse()
	var targets []ingest.Target
	for i := range tenants {
		parent := workbench.Connector{ID: workbench.ConnectorID(fmt.Sprint("parent", i)), Kind: workbench.Microsoft365, Tenant: workbench.TenantID(fmt.Sprintf("3f9a6d52-71c4-4b0e-8a27-%012d", i))}
		child := workbench.Connector{ID: workbench.ConnectorID(fmt.Sprint("child", i)), Kind: workbench.DefenderEndpoint, Parent: parent.ID, Tenant: parent.Tenant, CreatedAt: workbench.At(now), BackfillDays: 30}
		client := msgraph.New(&url.URL{Scheme: "https", Host: "graph.example"}, quiet, someToken{}, unlimited)
		covered := workbench.Progress{Connector: child.ID, Covered: []workbench.Span{{From: workbench.At(now.AddDate(0, 0, -31)), To: workbench.At(now)}}}
		targets = append(targets, ingest.Target{Parent: parent, Children: []workbench.Connector{child}, Progress: []workbench.Progress{covered}, Graph: client})
	}
	told := newTold(targets...)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	p := ingest.NewPoller(ingest.PollerConfig{Store: quietStore{}, Connections: told, Interval: time.Hour})
	go func() { done <- p.Run(ctx) }()
	round := func() {
		for range tenants {
			if got := <-told.polls; got.fault != nil {
				b.Fatal(got.fault)
			}
		}
	}
	for _, t := range targets { // the first poll, without the pause that spreads them
		p.Wake(t.Parent.ID)
	}
	round()
	cpu := cpuSeconds()
	n := 0
	for b.Loop() {
		for _, t := range targets {
			p.Wake(t.Parent.ID)
		}
		round()
		n++
	}
	used := cpuSeconds() - cpu
	b.ReportMetric(used*1e6/float64(n*tenants), "cpu-µs/poll")
	b.ReportMetric(100*used/float64(n)/60, "%-of-a-core-at-a-poll-a-minute")
	b.ReportMetric(float64(inUse()-before)/tenants, "B/tenant")
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}

// told are connections that pass on what they are told.
type told struct {
	targets []ingest.Target
	polls   chan polled
}

func newTold(targets ...ingest.Target) *told {
	return &told{targets: targets, polls: make(chan polled, 4*len(targets)+1_000)}
}

func (c *told) Targets(context.Context) ([]ingest.Target, error)  { return c.targets, nil }
func (c *told) Subscribe() (<-chan workbench.ConnectorID, func()) { return nil, func() {} }
func (c *told) Polled(_ context.Context, parent workbench.ConnectorID, f *workbench.Fault, progress []workbench.Progress, empty bool, next time.Time) error {
	c.polls <- polled{time.Now(), parent, f, progress, empty, next}
	return nil
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

type someToken struct{}

func (someToken) Token(context.Context) (string, error) { return "token", nil }
func (someToken) Refuse(string)                         {}

// quietStore keeps nothing, for there is nothing to keep.
type quietStore struct{}

func (quietStore) Append(context.Context, workbench.Scope, store.Batch) (store.Appended, error) {
	return store.Appended{}, nil
}
func (quietStore) KeptAlerts(context.Context, workbench.TenantID, []string) (map[string]bool, error) {
	return nil, nil
}
func (quietStore) Err() error { return nil }

// inUse is how many bytes of heap and stacks are in use.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// cpuSeconds is how long processors worked for this process.
func cpuSeconds() float64 {
	runtime.GC() // by which the figures are brought up to date
	samples := []metrics.Sample{{Name: "/cpu/classes/total:cpu-seconds"}, {Name: "/cpu/classes/idle:cpu-seconds"}}
	metrics.Read(samples)
	return samples[0].Value.Float64() - samples[1].Value.Float64()
}
