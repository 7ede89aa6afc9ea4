package storetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/store"
)

func (lists lists) testOrders(t *testing.T) {
	tests := []struct {
		name string
		sort []store.Sort
		want []workbench.StoryID
	}{
		{"default", nil, []workbench.StoryID{"s12", "s11", "s10", "s9"}},
		{"rising number", []store.Sort{{By: "criticality"}}, []workbench.StoryID{"s11", "s10", "s9", "s12"}},
		{"ties by id", []store.Sort{{By: "producerType"}}, []workbench.StoryID{"s10", "s11", "s12", "s9"}},
		{"two keys", []store.Sort{{By: "severity", Descending: true}, {By: "created", Descending: true}}, []workbench.StoryID{"s12", "s9", "s10", "s11"}},
		{"absent last, rising", []store.Sort{{By: "verdict"}}, []workbench.StoryID{"s10", "s9", "s11", "s12"}},
		{"absent last, falling", []store.Sort{{By: "verdict", Descending: true}}, []workbench.StoryID{"s9", "s10", "s11", "s12"}},
		{"status in its order", []store.Sort{{By: "status", Descending: true}}, []workbench.StoryID{"s9", "s10", "s11", "s12"}},
		{"tenant by name", []store.Sort{{By: "tenant"}}, []workbench.StoryID{"s11", "s10", "s12", "s9"}},
		{"incident as number", []store.Sort{{By: "incident"}}, []workbench.StoryID{"s9", "s10", "s11", "s12"}},
		{"text without case", []store.Sort{{By: "indication"}}, []workbench.StoryID{"s9", "s12", "s10", "s11"}},
	}
	x := lists.filled()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := idsOf(mustStories(t, x, workbench.EveryTenant(), store.Query{Sort: test.sort}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, by := range store.SortFields {
		for _, descending := range []bool{false, true} {
			q := store.Query{Sort: []store.Sort{{By: by, Descending: descending}}}
			all := idsOf(mustStories(t, x, workbench.EveryTenant(), q))
			if got := pagesOf(t, x, q, 1, func() {}); !slices.Equal(got, all) {
				t.Errorf("sorted by %s in pages of one: got %v, want %v", by, got, all)
			}
			for i, id := range all {
				before, behind, err := x.Neighbours(ctx, workbench.EveryTenant(), q, id)
				want := slices.Concat([]workbench.StoryID{""}, all, []workbench.StoryID{""})
				if err != nil || before != want[i] || behind != want[i+2] {
					t.Errorf("sorted by %s, neighbours of %s: got %q %q, %v, want %q %q", by, id, before, behind, err, want[i], want[i+2])
				}
			}
		}
	}
	before, behind, err := x.Neighbours(ctx, workbench.ScopeOf(TenantB), store.Query{}, "s9")
	if before != "" || behind != "" || err != nil {
		t.Errorf("neighbours outside the scope: got %q %q, %v, want none", before, behind, err)
	}
}

// walk reads all pages, calling between after each.
func pagesOf(t testing.TB, x *listIndex, q store.Query, limit int, between func()) []workbench.StoryID {
	t.Helper()
	var out []workbench.StoryID
	for q.Limit = limit; ; {
		page := mustStories(t, x, workbench.EveryTenant(), q)
		out = append(out, idsOf(page)...)
		if q.After = page.Next; q.After == "" {
			return out
		}
		between()
	}
}
