package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"workbench"
	"workbench/store"
)

// history is a feed as a store keeps it: the present entry of each story, in the order of their last changes.
type history struct {
	number store.Change
	last   map[workbench.StoryID]store.Entry
}

func (h *history) Changes(_ context.Context, after store.Change, limit int) ([]store.Entry, error) {
	var out []store.Entry
	for _, e := range h.last {
		if e.Number > after {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b store.Entry) int { return int(a.Number) - int(b.Number) })
	return out[:min(limit, len(out))], nil
}

func (*history) Entries(context.Context, []store.Ref) ([]store.Entry, error) { return nil, nil }
func (*history) Mark(context.Context) (string, error)                        { return "", nil }
func (*history) Marked(context.Context, string) (bool, error)                { return true, nil }
func (*history) Texts(context.Context, []store.Ref) ([][]string, error)      { return nil, nil }

func (h *history) Wait(context.Context, store.Change) error { return nil }

// testNewsAgreesWithANaiveCount plays random histories of stories that come, change, leave the list and go, over restarts of the index, and
// compares every answer with a count over bookkeeping that knows nothing of the index.
func (lists lists) testNewsAgreesWithANaiveCount(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := &history{last: map[workbench.StoryID]store.Entry{}}
		x := lists.open(nil)
		came := map[workbench.StoryID]store.Change{} // of stories that are there: when the running index learned of them; 0 = at its start
		catchUp := func() {
			if err := x.CatchUp(ctx, h); err != nil {
				r.Fatal(err)
			}
		}
		started := false
		drawQuery := func() (workbench.Scope, store.Query, func(workbench.Head) bool) {
			scope := rapid.SampledFrom([]workbench.Scope{{}, workbench.EveryTenant(), workbench.ScopeOf(TenantA), workbench.ScopeOf(TenantB)}).Draw(r, "scope")
			q := store.Query{Filters: map[store.Field]store.Filter{}, Limit: rapid.IntRange(0, 2).Draw(r, "limit")}
			least, text, moved := rapid.IntRange(0, 4).Draw(r, "least criticality"), rapid.SampledFrom([]string{"", "alpha", "beta"}).Draw(r, "text"), rapid.Bool().Draw(r, "moved too")
			q.Text = text
			if least > 0 {
				q.Filters[store.Criticality] = store.Filter{Ranges: []store.Range{{From: least, To: 10}}}
			}
			if moved {
				q.Filters[store.Moved] = store.Filter{Any: []string{"true", "false"}}
			}
			return scope, q, func(head workbench.Head) bool {
				return scope.Sees(head.Tenant) && head.Criticality >= least && (text == "" || head.Indication.Raw() == text) && (moved || len(head.MovedTo) == 0)
			}
		}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			switch rapid.IntRange(0, 9).Draw(r, "step") {
			case 0: // the program starts again
				x, started = lists.open(nil), false
				for id := range came {
					came[id] = 0
				}
			case 1, 2, 3, 4, 5: // some stories come, change or go, and the index follows
				for range rapid.IntRange(1, 4).Draw(r, "changes") {
					h.number++
					id := workbench.StoryID(fmt.Sprint("s", rapid.IntRange(1, 8).Draw(r, "story")))
					e := store.Entry{ID: id, Number: h.number}
					if _, there := came[id]; there && rapid.IntRange(0, 3).Draw(r, "goes") == 0 {
						e.Gone = true
						delete(came, id)
					} else {
						e.Head = workbench.Head{ID: id, Tenant: rapid.SampledFrom([]workbench.TenantID{TenantA, TenantB}).Draw(r, "tenant"), Criticality: rapid.IntRange(1, 5).Draw(r, "criticality"),
							Indication: untrusted(rapid.SampledFrom([]string{"alpha", "beta"}).Draw(r, "indication")), UpdatedAt: Minute(1)}
						if rapid.IntRange(0, 4).Draw(r, "moves") == 0 {
							e.Head.MovedTo = []workbench.StoryID{"elsewhere"}
						}
						if _, there := came[id]; !there && started {
							came[id] = h.number
						} else if !there {
							came[id] = 0
						}
					}
					h.last[id] = e
					if started {
						catchUp() // one by one: what comes and goes between two looks was never there
					}
				}
				catchUp()
				started = true
			default:
				if !started {
					catchUp()
					started = true
				}
				scope, q, fits := drawQuery()
				since := store.Change(rapid.IntRange(0, int(h.number)+1).Draw(r, "since"))
				want := store.News{AsOf: x.Applied()}
				for _, id := range slices.Sorted(maps.Keys(came)) {
					switch e := h.last[id]; {
					case e.Number <= since || !fits(e.Head):
					case came[id] > since:
						want.New++
					default:
						want.Changed++
					}
				}
				got, err := x.News(ctx, scope, q, since)
				if err != nil || got != want {
					r.Fatalf("since %d: got %+v, %v, want %+v", since, got, err, want)
				}
			}
		}
	})
}

func (lists lists) testNewsAfterARestart(t *testing.T) {
	h := &history{last: map[workbench.StoryID]store.Entry{}}
	for _, e := range listEntries() {
		h.last[e.ID], h.number = e, e.Number
	}
	x := lists.open(nil)
	if err := x.CatchUp(ctx, h); err != nil {
		t.Fatal(err)
	}
	for since, changed := range []int{4, 3, 2, 1, 0} { // the fifth has moved, and is in no list
		if got, err := x.News(ctx, workbench.EveryTenant(), store.Query{}, store.Change(since)); err != nil || got != (store.News{Changed: changed, AsOf: 5}) {
			t.Errorf("since %d: got %+v, %v, want %d changed and none new", since, got, err, changed)
		}
	}
}

func (lists lists) testNewsErrors(t *testing.T) {
	x := lists.filled()
	var invalid *workbench.Invalid
	if _, err := x.News(ctx, workbench.EveryTenant(), store.Query{TimeField: "x"}, 0); !errors.As(err, &invalid) {
		t.Errorf("a query that is not valid: got %v, want *Invalid", err)
	}
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := x.News(ended, workbench.EveryTenant(), store.Query{}, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: got %v", err)
	}
	if got, err := x.News(ctx, workbench.EveryTenant(), store.Query{}, ^store.Change(0)); err != nil || got != (store.News{AsOf: 5}) {
		t.Errorf("since a number that is yet to come: got %+v, %v, want nothing", got, err)
	}
}
