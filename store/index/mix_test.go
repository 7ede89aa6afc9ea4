package index_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/store"
	"workbench/store/index"
	"workbench/store/naive"
)

// TestMixedQuestionsAreTheNaiveOnes asks what the bench does among stories that came in the order of time, so that blocks are within windows, out of
// them, and at their borders; then some thousand stories change and it asks again.
func TestMixedQuestionsAreTheNaiveOnes(t *testing.T) {
	n, asks := 20_000, 12
	if testing.Short() || raceDetector {
		n, asks = 9_000, 2
	}
	m := newMixed(n)
	x, plain := index.New(index.Eager(index.Config{Rows: m}, 100)), naive.New(nil)
	for _, q := range []interface {
		CatchUp(c context.Context, feed store.Feed) error
	}{x, plain} {
		if err := q.CatchUp(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	compare := func(scope workbench.Scope, q store.Query) {
		t.Helper()
		got, err := x.Stories(ctx, scope, q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := plain.Stories(ctx, scope, q)
		if err != nil {
			t.Fatal(err)
		}
		if got.Total != want.Total || !slices.Equal(got.Versions, want.Versions) {
			t.Errorf("%+v\ngot  %d %v\nwant %d %v", q, got.Total, got.Versions[:min(3, len(got.Versions))], want.Total, want.Versions[:min(3, len(want.Versions))])
		}
		if diff := cmp.Diff(want.Facets, got.Facets, untrusted); diff != "" {
			t.Errorf("%+v\nfacets (-want +got):\n%s", q, diff)
		}
	}
	all := func() {
		for _, kind := range mixKinds {
			for i := range asks {
				scope, q := m.ask(kind, i)
				compare(scope, q)
			}
		}
		const block = 8_192
		r := rand.New(rand.NewPCG(5, 5))
		for _, border := range []int{block - 1, block, min(2*block, n-1)} {
			at := m.entry(m.order[border]).Head.UpdatedAt
			for _, shift := range []time.Duration{-100, 0, 100} {
				for kind := range 3 {
					_, q := m.ask([]string{"none", "small", "large"}[kind], r.IntN(1_000))
					q.Sort, q.TimeField = nil, pick(r, "created", "updated", "firstSignal", "lastSignal")
					if q.Filters == nil {
						q.Filters = map[store.Field]store.Filter{}
					}
					from, to := q, q
					from.From, to.To = workbench.At(at.Add(shift)), workbench.At(at.Add(shift))
					compare(workbench.EveryTenant(), from)
					compare(workbench.EveryTenant(), to)
				}
			}
		}
	}
	all()
	r, number := rand.New(rand.NewPCG(6, 6)), x.Applied()
	for _, size := range []int{1, 3, 300, 2_000} {
		var batch []store.Entry
		for range size {
			e := m.entry(r.IntN(n))
			number++
			e.Number = number
			other := m.entry(r.IntN(n))
			e.State, e.Head.MitreTechniques, e.Head.UpdatedAt = other.State, other.Head.MitreTechniques, other.Head.UpdatedAt
			if e.Gone = r.IntN(20) == 0; e.Gone {
				e.Head, e.State = workbench.Head{}, workbench.State{}
			}
			batch = append(batch, e)
		}
		x.Apply(batch)
		plain.Apply(batch)
		if diff := index.Check(x); diff != "" {
			t.Fatalf("after %d changes what is derived is not what is made anew: %s", size, diff)
		}
	}
	all()
}
