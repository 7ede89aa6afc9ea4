package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"workbench"
	"workbench/store"
	"workbench/store/index"
)

// seeded is a store of made-up stories, each a function of its number.
type seeded struct {
	n       int
	tenants []workbench.TenantID
	zipf    []uint32 // devices and users, the frequent ones often
}

const (
	devices = 50_000
	users   = 100_000
)

func newSeeded(n int) *seeded {
	s := &seeded{n: n}
	for i := range 200 {
		s.tenants = append(s.tenants, workbench.TenantID(fmt.Sprintf("%08x-0000-4000-8000-%012x", i*7919, i)))
	}
	z := rand.NewZipf(rand.New(rand.NewPCG(7, 7)), 1.1, 20, 1<<20)
	for range 1 << 16 {
		s.zipf = append(s.zipf, uint32(z.Uint64()))
	}
	return s
}

var (
	benchProducts   = []string{"endpoint", "office365", "identity", "cloudapps", "entra", "cloud", "xdr", "dlp"}
	benchSeverities = []string{"high", "medium", "low", "informational", "unknown"}
)

func (s *seeded) entry(i int) store.Entry {
	r := rand.New(rand.NewPCG(uint64(i), 42))
	at := workbench.At(begin.Add(time.Duration(i)*30*time.Second + time.Duration(r.IntN(1_000_000_000))*100))
	product := benchProducts[min(r.IntN(8), r.IntN(8))]
	tenant := s.tenants[min(r.IntN(200), r.IntN(200))]
	device, user := (s.zipf[r.IntN(len(s.zipf))]+uint32(r.IntN(40)))%devices, (s.zipf[r.IntN(len(s.zipf))]+uint32(r.IntN(40)))%users
	h := workbench.Head{ID: workbench.StoryID(workbench.NewID(fmt.Sprint(i))), Tenant: tenant, ProducerType: workbench.GenericIncident, Product: product,
		Producer:   workbench.Text("Defender for " + product),
		IncidentID: workbench.Text(fmt.Sprint(100_000 + i/2)), Indication: workbench.Text(fmt.Sprint("Suspicious activity of kind ", min(r.IntN(800), r.IntN(800)))),
		Criticality: 1 + r.IntN(10),
		Severity:    workbench.Text(benchSeverities[r.IntN(5)]), Source: workbench.Text(fmt.Sprintf("WS-%05d", device)), CreatedAt: at,
		UpdatedAt:     workbench.At(at.Add(time.Duration(r.IntN(86_400)) * time.Second)),
		FirstSignalAt: at, LastSignalAt: at, AlertCount: 1 + r.IntN(5), DeviceCount: 1, UserCount: r.IntN(3),
		MitreTechniques: []workbench.Untrusted{workbench.Text(fmt.Sprintf("T1%03d", min(r.IntN(150), r.IntN(150))))},
		Names: []workbench.Untrusted{workbench.Text(fmt.Sprintf("WS-%05d", device)),
			workbench.Text(fmt.Sprintf("user%d.name%d@contoso.example", user, user%977)), workbench.Text("powershell.exe")}}
	if product == "endpoint" {
		h.ProducerType = workbench.MicrosoftEndpointAlert
	}
	if r.IntN(100) == 0 {
		h.MovedTo = []workbench.StoryID{"elsewhere"}
	}
	var state workbench.State
	if r.IntN(3) > 0 {
		state = workbench.State{Status: workbench.Statuses[r.IntN(6)], StatusAt: h.UpdatedAt, ActedAt: h.UpdatedAt,
			Verdict: append(workbench.Verdicts, "")[r.IntN(5)], Owner: workbench.Text(fmt.Sprint("Analyst ", r.IntN(40)))}
		for range r.IntN(3) {
			state.Labels = append(state.Labels, workbench.Text(fmt.Sprint("label ", r.IntN(60))))
		}
		if state.Verdict == workbench.VerdictMalicious {
			state.AnalystSeverity = workbench.AnalystSeverities[r.IntN(3)]
		}
	}
	return store.Entry{ID: h.ID, Ref: store.Ref{Tenant: tenant, Place: uint64(i)}, Number: store.Change(i + 1), Head: h, State: state}
}

func (s *seeded) Changes(_ context.Context, after store.Change, limit int) ([]store.Entry, error) {
	var out []store.Entry
	for i := int(after); i < s.n && len(out) < limit; i++ {
		out = append(out, s.entry(i))
	}
	return out, nil
}

func (s *seeded) Entries(_ context.Context, refs []store.Ref) ([]store.Entry, error) {
	var out []store.Entry
	for _, r := range refs {
		out = append(out, s.entry(int(r.Place)))
	}
	return out, nil
}

func (*seeded) Texts(context.Context, []store.Ref) ([][]string, error) { return nil, nil }
func (*seeded) Mark(context.Context) (string, error)                   { return "", nil }
func (*seeded) Marked(context.Context, string) (bool, error)           { return true, nil }
func (*seeded) Wait(ctx context.Context, _ store.Change) error         { <-ctx.Done(); return ctx.Err() }

func only(field store.Field, values ...string) store.Query {
	return store.Query{Filters: map[store.Field]store.Filter{field: {Any: values}}}
}

func and(q store.Query, field store.Field, values ...string) store.Query {
	q.Filters[field] = store.Filter{Any: values}
	return q
}

func by(q store.Query, keys ...string) store.Query {
	for _, k := range keys {
		q.Sort = append(q.Sort, store.Sort{By: k, Descending: true})
	}
	return q
}

// BenchmarkIndex times answers, without reading rows, and changes.
func BenchmarkIndex(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if n > 100_000 && testing.Short() {
				b.Skip("takes seconds to fill")
			}
			benchmark(b, n)
		})
	}
}

// timed reports processor time as well, which neighbours on the machine make longer by less than they do the clock's.
func timed(b *testing.B) func() {
	began := cpu()
	return func() { b.ReportMetric(float64(cpu()-began)/float64(b.N), "cpu-ns/op") }
}

func benchmark(b *testing.B, n int) {
	s := newSeeded(n)
	var memory [2]runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory[0])
	x := index.New(index.Config{Rows: s})
	began, busy := time.Now(), cpu()
	if err := x.CatchUp(ctx, s); err != nil {
		b.Fatal(err)
	}
	filled := time.Since(began)
	busy = cpu() - busy
	runtime.GC()
	runtime.ReadMemStats(&memory[1])
	b.Logf("filled in %v (%v of processors, with making up the stories), %d bytes a story by the runtime, %+v",
		filled, busy, (memory[1].HeapAlloc-memory[0].HeapAlloc)/uint64(n), x.Sizes())
	queue := []string{"criticality", "updated"}
	day := begin.Add(time.Duration(n) * 15 * time.Second)
	five := workbench.ScopeOf(s.tenants[3], s.tenants[50], s.tenants[70], s.tenants[110], s.tenants[150])
	for _, q := range []struct {
		name  string
		scope workbench.Scope
		q     store.Query
	}{
		{"all", workbench.EveryTenant(), store.Query{}},
		{"one small", workbench.EveryTenant(), by(only(store.Status, "open"), queue...)},
		{"two small", workbench.EveryTenant(), by(and(only(store.Producer, "identity"), store.Status, "open"), queue...)},
		{"three small", workbench.EveryTenant(), by(and(and(only(store.Producer, "identity"), store.Status, "open"), store.Severity, "high"), queue...)},
		{"two small, many values", workbench.EveryTenant(), by(and(only(store.Status, "open", "monitoring", "reopened"), store.Criticality, "7", "8", "9", "10"), queue...)},
		{"owner and verdict", workbench.EveryTenant(), by(and(only(store.Owner, "analyst 7"), store.Verdict, "benign"), queue...)},
		{"not one owner", workbench.EveryTenant(), store.Query{Filters: map[store.Field]store.Filter{store.Owner: {Not: []string{"analyst 7"}}}}},
		{"label and technique", workbench.EveryTenant(), and(only(store.Label, "label 7"), store.Mitre, "t1010")},
		{"five tenants", five, by(only(store.Status, "open"), queue...)},
		{"a day", workbench.EveryTenant(), store.Query{From: workbench.At(day), To: workbench.At(day.Add(24 * time.Hour))}},
		{"half of time", workbench.EveryTenant(), store.Query{From: workbench.At(day)}},
		{"text of one device", workbench.EveryTenant(), store.Query{Text: "ws-00123"}},
		{"text and status", workbench.EveryTenant(), func() store.Query { q := only(store.Status, "open"); q.Text = "name55"; return by(q, queue...) }()},
		{"text everywhere", workbench.EveryTenant(), store.Query{Text: "powershell"}},
		{"text of two letters", workbench.EveryTenant(), store.Query{Text: "ws"}},
		{"number", workbench.EveryTenant(), store.Query{Text: "1234"}},
		{"source", workbench.EveryTenant(), only(store.Source, "ws-00123")},
		{"sorted by source", workbench.EveryTenant(), by(store.Query{}, "source")},
		{"sorted by three", workbench.EveryTenant(), by(only(store.Status, "open"), "severity", "tenant", "created")},
	} {
		q.q.Bare = true
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			defer timed(b)()
			total := 0
			for b.Loop() {
				page, err := x.Stories(ctx, q.scope, q.q)
				if err != nil {
					b.Fatal(err)
				}
				total = page.Total
			}
			b.ReportMetric(float64(total), "found")
		})
	}
	for _, field := range []store.Field{store.Status, store.Source, store.Incident} {
		b.Run("groups by "+string(field), func(b *testing.B) {
			defer timed(b)()
			for b.Loop() {
				if _, err := x.Groups(ctx, workbench.EveryTenant(), store.Query{}, field); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("news", func(b *testing.B) {
		for b.Loop() {
			if _, err := x.News(ctx, workbench.EveryTenant(), store.Query{}, store.Change(n-100)); err != nil {
				b.Fatal(err)
			}
		}
	})
	number := x.Applied()
	b.Run("one click", func(b *testing.B) {
		b.ReportAllocs()
		defer timed(b)()
		for i := 0; b.Loop(); i++ {
			e := s.entry(i * 7919 % n)
			number++
			e.Number = number
			e.State.Status, e.State.StatusAt = workbench.Statuses[i%6], workbench.At(day.Add(time.Duration(number)))
			x.Apply([]store.Entry{e})
		}
	})
	b.Run("1000 new", func(b *testing.B) {
		b.ReportAllocs()
		for at := n; b.Loop(); at += 1000 {
			b.StopTimer()
			batch := make([]store.Entry, 1000)
			for i := range batch {
				batch[i] = s.entry(at + i)
				number++
				batch[i].Number = number
			}
			b.StartTimer()
			x.Apply(batch)
		}
	})
	runtime.KeepAlive(s)
}
