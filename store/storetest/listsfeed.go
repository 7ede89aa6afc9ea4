package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"workbench"
	"workbench/store"
)

// feed is a change feed out of a list that a test sends in parts.
type feed struct {
	parts chan []store.Entry
	known []store.Entry
}

func (f *feed) Changes(_ context.Context, after store.Change, limit int) ([]store.Entry, error) {
	var out []store.Entry
	for _, e := range f.known {
		if e.Number > after && len(out) < min(limit, 2) { // small pages
			out = append(out, e)
		}
	}
	return out, nil
}

func (*feed) Entries(context.Context, []store.Ref) ([]store.Entry, error) { return nil, nil }
func (*feed) Mark(context.Context) (string, error)                        { return "", nil }
func (*feed) Marked(context.Context, string) (bool, error)                { return true, nil }
func (*feed) Texts(context.Context, []store.Ref) ([][]string, error)      { return nil, nil }

func (f *feed) Wait(ctx context.Context, _ store.Change) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case part := <-f.parts:
		f.known = append(f.known, part...)
		return nil
	}
}

func (lists lists) testFollow(t *testing.T) {
	f := &feed{parts: make(chan []store.Entry)}
	x := lists.open(nil)
	running, stop := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- x.Follow(running, f) }()
	all := listEntries()
	f.parts <- all[:3]
	if err := x.WaitApplied(ctx, 3); err != nil {
		t.Fatal(err)
	}
	f.parts <- append(slices.Clone(all[3:]), store.Entry{ID: "s10", Number: 6, Gone: true}, store.Entry{ID: "never seen", Number: 7, Gone: true})
	if err := x.WaitApplied(ctx, 7); err != nil {
		t.Fatal(err)
	}
	page := mustStories(t, x, workbench.EveryTenant(), store.Query{})
	if got := idsOf(page); !slices.Equal(got, []workbench.StoryID{"s12", "s11", "s9"}) || page.AsOf != 7 || x.Applied() != 7 {
		t.Errorf("got %v as of %d, want three stories as of 7", got, page.AsOf)
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Follow: got %v, want the context's error", err)
	}
}

func (lists lists) testAnswersAreTheCallers(t *testing.T) {
	x := lists.filled()
	q := store.Query{Filters: map[store.Field]store.Filter{store.Owner: {Any: []string{"kim"}}}}
	for range 2 {
		r := mustStories(t, x, workbench.EveryTenant(), q).Rows[0]
		if r.Labels[0].Raw() != "Lab" || r.MitreTechniques[0].Raw() != "T1059.001" {
			t.Errorf("got %v %v, want what was applied", r.Labels, r.MitreTechniques)
		}
		r.Labels[0], r.MitreTechniques[0] = untrusted("changed"), untrusted("changed")
	}
}

// testPagesWhileDataArrives holds that a story which stays as it is comes exactly once, whatever comes, changes and goes between pages.
func (lists lists) testPagesWhileDataArrives(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := lists.open(nil)
		var number store.Change
		entry := func(id string) store.Entry {
			number++
			return store.Entry{ID: workbench.StoryID(id), Number: number, Head: workbench.Head{ID: workbench.StoryID(id), Tenant: TenantA, Criticality: rapid.IntRange(1, 10).Draw(r, "criticality"),
				UpdatedAt: Minute(rapid.IntRange(0, 9).Draw(r, "minute")), Source: untrusted(rapid.SampledFrom([]string{"", "a", "B"}).Draw(r, "source"))}}
		}
		var steady []workbench.StoryID
		var batch []store.Entry
		for i := range rapid.IntRange(0, 12).Draw(r, "steady stories") {
			steady = append(steady, workbench.StoryID(fmt.Sprint("steady", i)))
			batch = append(batch, entry(string(steady[i])))
		}
		x.Apply(batch)
		q := store.Query{}
		for _, by := range rapid.SliceOfNDistinct(rapid.SampledFrom(store.SortFields), 0, 3, rapid.ID).Draw(r, "order") {
			q.Sort = append(q.Sort, store.Sort{By: by, Descending: rapid.Bool().Draw(r, "descending")})
		}
		got := pagesOf(t, x, q, rapid.IntRange(1, 4).Draw(r, "limit"), func() {
			if number > 60 {
				return
			}
			e := entry(fmt.Sprint("restless", rapid.IntRange(0, 5).Draw(r, "other story")))
			if e.Gone = rapid.Bool().Draw(r, "gone"); e.Gone {
				e.Head = workbench.Head{}
			}
			x.Apply([]store.Entry{e})
		})
		got = slices.DeleteFunc(got, func(id workbench.StoryID) bool { return id[0] == 'r' })
		slices.Sort(got)
		slices.Sort(steady)
		if !slices.Equal(got, steady) {
			r.Fatalf("got %v, want each of %v once", got, steady)
		}
	})
}
