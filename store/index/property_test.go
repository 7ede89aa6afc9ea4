package index_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/store"
	"workbench/store/index"
	"workbench/store/naive"
)

// operations is how many questions and changes the index and the naive one are compared over. The rarest combinations that ever
// differed came once in some ten thousand; with the race detector, which watches other things, and in a hurry, fewer do.
const (
	operations      = 100_000
	fewerOperations = 5_000
	perWorld        = 500
)

// pair is the index and what it is held to.
type pair struct {
	*world
	x      *index.Index
	n      *naive.Index
	inside *insides
	config index.Config
}

func newPair(w *world) *pair {
	p := &pair{world: w, inside: &insides{}}
	names := func(id workbench.TenantID) workbench.Untrusted {
		return workbench.Text(map[workbench.TenantID]string{"alpha": "Zed", "beta": "ab", "Beta": "AB", "a/b": "Kim"}[id])
	}
	p.config = index.Config{Names: names, Rows: w, Texts: p.inside}
	p.x, p.n = index.New(p.config), p.newNaive()
	if w.chance(2) {
		p.x = index.New(index.Eager(p.config, 1+w.r.IntN(30)))
	}
	return p
}

func (p *pair) newNaive() *naive.Index {
	n := naive.New(p.config.Names)
	n.Texts = func(id workbench.StoryID) []string { return p.inside.texts[id] }
	return n
}

func TestIndexIsTheNaiveOne(t *testing.T) {
	n := operations
	if testing.Short() || raceDetector {
		n = fewerOperations
	}
	for seed := range uint64(n / perWorld) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(seed)
			p := newPair(w)
			most := pick(w.r, 3, 20, 60, 150, 400)
			if w.chance(2) {
				for range w.r.IntN(most + 1) {
					p.inside.learn(w.r, w.change(most).ID)
				}
			}
			if w.chance(2) {
				p.catchUp(t)
			}
			for step := range perWorld {
				p.step(t, most)
				if t.Failed() {
					t.Fatalf("step %d", step)
				}
			}
			if diff := index.Check(p.x); diff != "" {
				t.Errorf("what is derived is not what is made anew: %s", diff)
			}
		})
	}
}

// TestIndexIsTheNaiveOneWhereItIsLarge does so over more stories than a block holds.
func TestIndexIsTheNaiveOneWhereItIsLarge(t *testing.T) {
	most, steps := 20_000, 60
	if testing.Short() || raceDetector { // the naive index is slow here
		most, steps = 9_000, 6
	}
	w := newWorld(77)
	w.odd = 0
	p := newPair(w)
	for range 2 * most {
		p.inside.learn(w.r, w.change(most).ID)
	}
	p.catchUp(t)
	for range steps {
		p.step(t, most)
	}
	var batch []store.Entry
	for range most * 3 / 5 { // folds the orders and makes sets anew
		batch = append(batch, w.change(most+5_000))
	}
	p.apply(batch)
	for range steps {
		p.step(t, most)
	}
	if diff := index.Check(p.x); diff != "" {
		t.Errorf("what is derived is not what is made anew: %s", diff)
	}
}

func (p *pair) catchUp(t *testing.T) {
	t.Helper()
	for _, x := range []interface {
		CatchUp(c context.Context, feed store.Feed) error
	}{p.x, p.n} {
		if err := x.CatchUp(ctx, p.world); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *pair) apply(batch []store.Entry) {
	p.x.Apply(batch)
	p.n.Apply(batch)
}

// step makes a change or asks a question.
func (p *pair) step(t *testing.T, most int) {
	switch p.r.IntN(10) {
	case 0, 1, 2:
		var batch []store.Entry
		for range pick(p.r, 1, 1, 3, 30) {
			e := p.change(most)
			if p.chance(2) {
				p.inside.learn(p.r, e.ID)
			}
			batch = append(batch, e)
		}
		if p.chance(4) {
			batch = latest(batch)
		}
		p.apply(batch)
		if p.chance(20) { // what came twice, or late, changes nothing
			p.apply(slices.DeleteFunc(batch[:1+p.r.IntN(len(batch))], func(e store.Entry) bool { return p.places[e.Ref].Gone }))
		}
		if p.chance(30) {
			p.catchUp(t)
		}
	case 3:
		p.compareGroups(t)
	case 4:
		p.compareNews(t)
	case 5:
		p.compareNeighbours(t)
	case 6:
		p.compareEach(t)
	default:
		p.comparePages(t)
	}
}

// latest leaves of each story the last entry, as the feed does.
func latest(batch []store.Entry) []store.Entry {
	var out []store.Entry
	for i, e := range batch {
		if !slices.ContainsFunc(batch[i+1:], func(o store.Entry) bool { return o.ID == e.ID }) {
			out = append(out, e)
		}
	}
	return out
}

var untrusted = cmp.Comparer(func(a, b workbench.Untrusted) bool { return a == b })

func (p *pair) comparePages(t *testing.T) {
	scope, q := p.query()
	q.Bare = p.chance(2)
	a, b := q, q
	for range 3 {
		got, err := p.x.Stories(ctx, scope, a)
		if err != nil {
			t.Errorf("%+v: %v", q, err)
			return
		}
		want, err := p.n.Stories(ctx, scope, b)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Versions, want.Versions) || got.Total != want.Total || got.AsOf != want.AsOf || (got.Next == "") != (want.Next == "") {
			t.Errorf("scope %v\n%+v\ngot  %d %v %q\nwant %d %v %q", scope, q, got.Total, got.Versions, got.Next, want.Total, want.Versions, want.Next)
			return
		}
		if !q.Bare && len(got.Rows) != len(got.Versions) {
			t.Errorf("got %d rows, want %d", len(got.Rows), len(got.Versions))
			return
		}
		if diff := cmp.Diff(want.Facets, got.Facets, untrusted); diff != "" {
			t.Errorf("scope %v\n%+v\nfacets (-want +got):\n%s", scope, q, diff)
			return
		}
		if q.Bare {
			rows, err := p.x.Rows(ctx, scope, got.Versions)
			if err != nil || len(rows) != len(got.Versions) {
				t.Errorf("got %d rows, %v, want %d", len(rows), err, len(got.Versions))
			}
		} else if diff := cmp.Diff(want.Rows[:min(3, len(want.Rows))], got.Rows[:min(3, len(got.Rows))], untrusted); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if got.Next == "" {
			return
		}
		a.After, b.After = got.Next, want.Next
		if p.chance(2) {
			e := p.change(0)
			p.apply([]store.Entry{e})
		}
	}
}

func (p *pair) compareGroups(t *testing.T) {
	scope, q := p.query()
	by := pick(p.r, store.GroupFields...)
	a, b := q, q
	for range 3 {
		got, err := p.x.Groups(ctx, scope, a, by)
		if err != nil {
			t.Errorf("%+v: %v", q, err)
			return
		}
		want, err := p.n.Groups(ctx, scope, b, by)
		if err != nil {
			t.Fatal(err)
		}
		a.After, b.After = got.Next, want.Next
		if (got.Next == "") != (want.Next == "") {
			t.Errorf("%+v\nby %s: got next %q, want %q", q, by, got.Next, want.Next)
		}
		got.Next, want.Next = "", ""
		if diff := cmp.Diff(want, got, untrusted); diff != "" {
			t.Errorf("scope %v\n%+v\nby %s (-want +got):\n%s", scope, q, by, diff)
		}
		if a.After == "" || t.Failed() {
			return
		}
	}
}

func (p *pair) compareNews(t *testing.T) {
	scope, q := p.query()
	since := store.Change(p.r.IntN(int(p.number) + 2))
	if p.chance(2) {
		since = p.number - min(p.number, store.Change(p.r.IntN(10)))
	}
	got, err := p.x.News(ctx, scope, q, since)
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := p.n.News(ctx, scope, q, since); got != want {
		t.Errorf("%+v since %d: got %+v, want %+v", q, since, got, want)
	}
}

func (p *pair) compareNeighbours(t *testing.T) {
	scope, q := p.query()
	page, err := p.n.Stories(ctx, scope, q)
	if err != nil {
		t.Fatal(err)
	}
	ids := []workbench.StoryID{"unknown", workbench.StoryID(workbench.NewID("unknown"))}
	for _, v := range page.Versions {
		ids = append(ids, v.ID)
	}
	for range min(4, len(ids)) {
		id := pick(p.r, ids...)
		before, behind, err := p.x.Neighbours(ctx, scope, q, id)
		if err != nil {
			t.Fatal(err)
		}
		wantBefore, wantBehind, _ := p.n.Neighbours(ctx, scope, q, id)
		if before != wantBefore || behind != wantBehind {
			t.Errorf("%+v\nneighbours of %s: got %q %q, want %q %q", q, id, before, behind, wantBefore, wantBehind)
		}
	}
}

func (p *pair) compareEach(t *testing.T) {
	scope, q := p.query()
	all := func(x store.Queries) (ids []workbench.StoryID) {
		err := x.Each(ctx, scope, q, func(r workbench.Row) error {
			ids = append(ids, r.ID)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got, want := all(p.x), all(p.n); !slices.Equal(got, want) {
		t.Errorf("%+v\ngot  %v\nwant %v", q, got, want)
	}
}
