package index_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/store"
	"workbench/store/index"
)

var (
	mixStories = flag.Int("stories", 100_000, "how many stories the benchmark of mixed questions asks about")
	mixAsks    = flag.Int("asks", 300, "how many questions of a kind it asks")
)

// mixed is a store of made-up stories with the distributions of the bench: few tenants, owners, labels and techniques have most stories, two of
// five stories were acted on, and those come last in the feed.
type mixed struct {
	*seeded
	order []int // of the feed
	at    []int // number of each story
}

func newMixed(n int) *mixed {
	m := &mixed{seeded: newSeeded(n), at: make([]int, n)}
	for _, acted := range []bool{false, true} {
		for i := range n {
			if m.acted(i) == acted {
				m.at[i] = len(m.order)
				m.order = append(m.order, i)
			}
		}
	}
	return m
}

func (m *mixed) acted(i int) bool { return rand.New(rand.NewPCG(3, uint64(i))).IntN(100) < 40 }

// share is the number of an interval of a hundred.
func share(r *rand.Rand, parts ...int) int {
	left := r.IntN(100)
	for i, n := range parts {
		if left -= n; left < 0 {
			return i
		}
	}
	return len(parts)
}

func halving(r *rand.Rand, most int) int {
	n := 0
	for n < most && r.IntN(2) == 0 {
		n++
	}
	return n
}

func zipf(r *rand.Rand, n int) int { return int(rand.NewZipf(r, 1.1, 8, uint64(n-1)).Uint64()) }

const mixedDays = 180

func (m *mixed) entry(i int) store.Entry {
	r := rand.New(rand.NewPCG(uint64(i), 99))
	step := int64(mixedDays*24*time.Hour) / int64(m.n)
	updated := begin.Add(time.Duration(int64(i)*step + r.Int64N(step)))
	created := workbench.At(updated.Add(-min(time.Duration(r.ExpFloat64()*float64(5*time.Hour)), 20*24*time.Hour)))
	product := benchProducts[share(r, 38, 24, 10, 9, 8, 6, 3)]
	grave := share(r, 14, 34, 36, 14)
	low, high := []int{5, 3, 2, 1, 1}[grave], []int{10, 8, 6, 3, 4}[grave]
	h := workbench.Head{ID: workbench.StoryID(workbench.NewID(strconv.Itoa(i))), Tenant: m.tenants[zipf(r, 200)], ProducerType: workbench.GenericIncident, Product: product,
		Producer: workbench.Text("Defender for " + product), IncidentID: workbench.Text(strconv.Itoa(i)), Indication: workbench.Text("Activity of kind " + strconv.Itoa(zipf(r, 1200))),
		Severity: workbench.Text(benchSeverities[grave]), Criticality: low + r.IntN(high-low+1), CreatedAt: created, UpdatedAt: workbench.At(updated), FirstSignalAt: created,
		LastSignalAt: workbench.At(updated), AlertCount: 1 + halving(r, 12), DeviceCount: 1 + halving(r, 6), UserCount: 1 + halving(r, 5)}
	if product == "endpoint" {
		h.ProducerType = workbench.MicrosoftEndpointAlert
	}
	for range halving(r, 4) {
		if t := workbench.Text("T" + strconv.Itoa(1001+4*zipf(r, 140))); !slices.Contains(h.MitreTechniques, t) {
			h.MitreTechniques = append(h.MitreTechniques, t)
		}
	}
	if r.IntN(100) == 0 {
		h.MovedTo = []workbench.StoryID{"elsewhere"}
	}
	var s workbench.State
	if m.acted(i) {
		s.ActedAt = workbench.At(updated.Add(time.Duration(r.IntN(72)) * time.Hour))
		s.Status, s.StatusAt = []workbench.Status{workbench.StatusClosed, workbench.StatusClosed, workbench.StatusClosed, workbench.StatusPendingAnalysis, workbench.StatusPendingAnalysis,
			workbench.StatusPendingMoreInfo, workbench.StatusMonitoring, workbench.StatusReopened, workbench.StatusOpen}[r.IntN(9)], s.ActedAt
		if r.IntN(100) < 70 {
			s.Verdict = []workbench.Verdict{workbench.VerdictMalicious, workbench.VerdictSuspicious, workbench.VerdictBenign, workbench.VerdictBenign, workbench.VerdictInformational}[r.IntN(5)]
		}
		if s.Verdict == workbench.VerdictMalicious {
			s.AnalystSeverity = workbench.AnalystSeverities[r.IntN(3)]
		}
		if r.IntN(100) < 80 {
			s.Owner = workbench.Text("analyst." + strconv.Itoa(zipf(r, 40)))
		}
		for range halving(r, 3) {
			s.Labels = append(s.Labels, workbench.Text("label-"+strconv.Itoa(zipf(r, 60))))
		}
	}
	return store.Entry{ID: h.ID, Ref: store.Ref{Tenant: h.Tenant, Place: uint64(i)}, Number: store.Change(m.at[i] + 1), Head: h, State: s}
}

func (m *mixed) Changes(_ context.Context, after store.Change, limit int) ([]store.Entry, error) {
	var out []store.Entry
	for i := int(after); i < m.n && len(out) < limit; i++ {
		out = append(out, m.entry(m.order[i]))
	}
	return out, nil
}

// valuesOf are the values that a filter of the field has for a story.
func valuesOf(e store.Entry, field store.Field) []string {
	r := workbench.NewRow(e.Head, e.State, workbench.Untrusted{})
	var list []workbench.Untrusted
	switch field {
	case store.ProducerType:
		return []string{string(r.ProducerType)}
	case store.Producer:
		return []string{e.Head.Product}
	case store.Status:
		return []string{string(r.Status)}
	case store.Criticality:
		return []string{strconv.Itoa(r.Criticality)}
	case store.Severity:
		return []string{r.Severity.Raw()}
	case store.Verdict:
		return []string{cmp.Or(string(r.Verdict), store.None)}
	case store.AnalystSeverity:
		return []string{cmp.Or(string(r.AnalystSeverity), store.None)}
	case store.Tenant:
		return []string{string(r.Tenant.ID)}
	case store.Owner:
		return []string{cmp.Or(strings.ToLower(r.Owner.Raw()), store.None)}
	case store.Label:
		list = r.Labels
	case store.Mitre:
		list = r.MitreTechniques
	}
	var out []string
	for _, u := range list {
		out = append(out, strings.ToLower(u.Raw()))
	}
	return out
}

// filters adds random filters that a story passes, but for those with not.
func (m *mixed) filters(r *rand.Rand, e store.Entry, q *store.Query, n int, fields ...store.Field) {
	for len(q.Filters) < n {
		field := fields[r.IntN(len(fields))]
		own := valuesOf(e, field)
		if len(own) == 0 {
			e = m.entry(r.IntN(m.n))
			continue
		}
		var f store.Filter
		if field == store.Criticality && r.IntN(2) == 0 {
			f.Ranges = []store.Range{{From: max(1, e.Head.Criticality-r.IntN(4)), To: min(10, e.Head.Criticality+r.IntN(4))}}
			q.Filters[field] = f
			continue
		}
		values := own[:1]
		for range r.IntN(3) {
			if other := valuesOf(m.entry(r.IntN(m.n)), field); len(other) > 0 && !slices.Contains(values, other[0]) {
				values = append(slices.Clone(values), other[0])
			}
		}
		if f.Any = values; r.IntN(5) == 0 {
			f = store.Filter{Not: values}
		}
		q.Filters[field] = f
	}
}

var (
	largeFields = []store.Field{store.Tenant, store.Owner, store.Label, store.Mitre}
	smallFields = []store.Field{store.Producer, store.Status, store.Criticality, store.Severity, store.Verdict}
)

// ask draws a question of a kind.
func (m *mixed) ask(kind string, number int) (workbench.Scope, store.Query) {
	r := rand.New(rand.NewPCG(uint64(number), 4711))
	e := m.entry(r.IntN(m.n))
	q, scope := store.Query{Filters: map[store.Field]store.Filter{}, Limit: store.DefaultLimit, Bare: true}, workbench.EveryTenant()
	queue := []store.Sort{{By: "criticality", Descending: true}, {By: "updated", Descending: true}}
	window := func(least, most int) {
		to := e.Head.UpdatedAt.Add(time.Duration(r.IntN(24)) * time.Hour)
		q.From, q.To = workbench.At(to.Add(-time.Duration(least+r.IntN(most-least))*time.Hour)), workbench.At(to)
	}
	facets := store.FacetFields[:len(store.FacetFields)-1]
	switch kind {
	case "page":
		m.filters(r, e, &q, 1+r.IntN(3), facets...)
		if r.IntN(2) == 0 {
			q.Sort = queue
		}
	case "window":
		m.filters(r, e, &q, 1, facets...)
		window(24, 30*24)
	case "days":
		window(1, 48)
	case "months":
		window(60*24, 120*24)
	case "facets":
		m.filters(r, e, &q, 2, store.Status, store.Severity)
	case "untuned":
		pool := []store.Field{store.Verdict, store.AnalystSeverity, store.Owner, store.Severity, store.Tenant, store.Label, store.Mitre, store.ProducerType}
		r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		for _, field := range pool[:2+r.IntN(2)] {
			if own := valuesOf(e, field); len(own) > 0 {
				q.Filters[field] = store.Filter{Any: own[:1]}
			}
		}
		q.Sort = queue
	case "small":
		m.filters(r, e, &q, 1+r.IntN(3), smallFields...)
	case "large":
		m.filters(r, e, &q, 1, largeFields...)
	case "large, small":
		m.filters(r, e, &q, 1, largeFields...)
		m.filters(r, e, &q, 2, smallFields...)
	case "large, two small":
		m.filters(r, e, &q, 1, largeFields...)
		m.filters(r, e, &q, 3, smallFields...)
	case "two large":
		m.filters(r, e, &q, 2, largeFields...)
	case "two large, small":
		m.filters(r, e, &q, 2, largeFields...)
		m.filters(r, e, &q, 3, smallFields...)
	case "nobody, two small":
		q.Filters[store.Owner] = store.Filter{Any: []string{store.None}}
		m.filters(r, e, &q, 3, smallFields...)
	case "scope":
		scope = workbench.ScopeOf(m.tenants[3], m.tenants[20], m.tenants[50], m.tenants[110], m.tenants[150])
		m.filters(r, e, &q, 1, facets...)
	}
	return scope, q
}

var mixKinds = []string{"page", "window", "days", "months", "facets", "untuned", "small", "large", "large, small", "large, two small", "two large", "two large, small",
	"nobody, two small", "scope"}

// BenchmarkMix asks the questions that the bench does, without reading rows, and applies changes; -stories says among how many. The figures of a
// kind are those of its questions, each at its best of three.
func BenchmarkMix(b *testing.B) {
	m := newMixed(*mixStories)
	x := index.New(index.Config{Rows: m})
	began := cpu()
	if err := x.CatchUp(ctx, m); err != nil {
		b.Fatal(err)
	}
	b.Logf("filled in %v of processors, with making up the stories; %+v", cpu()-began, x.Sizes())
	for _, kind := range mixKinds {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				took, began := make([]time.Duration, *mixAsks), cpu()
				var total time.Duration
				for i := range took {
					scope, q := m.ask(kind, i)
					for try := range 3 {
						at := time.Now()
						if _, err := x.Stories(ctx, scope, q); err != nil {
							b.Fatal(err)
						}
						if d := time.Since(at); try == 0 || d < took[i] {
							took[i] = d
						}
					}
					total += took[i]
				}
				busy := cpu() - began
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
				b.ReportMetric(float64(took[len(took)*95/100].Nanoseconds()), "p95-ns")
				b.ReportMetric(float64(total.Nanoseconds())/float64(len(took)), "mean-ns")
				b.ReportMetric(float64(busy.Nanoseconds())/float64(3*len(took)), "cpu-ns")
			}
		})
	}
	number := x.Applied()
	for _, size := range []int{1, 1_000} {
		b.Run(fmt.Sprint("changes of ", size), func(b *testing.B) {
			at := 0
			var busy time.Duration
			for b.Loop() {
				batch := make([]store.Entry, size)
				for i := range batch {
					at += 7919
					number++
					batch[i] = m.entry(at % m.n)
					batch[i].Number = number
					batch[i].State.Status, batch[i].State.StatusAt = workbench.Statuses[at%6], workbench.At(begin)
					batch[i].State.Owner = workbench.Text("analyst." + strconv.Itoa(at%40))
				}
				began := cpu()
				x.Apply(batch)
				busy += cpu() - began
			}
			b.ReportMetric(float64(busy.Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}
