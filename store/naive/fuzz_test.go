package naive_test

import (
	"errors"
	"testing"

	"workbench"
	"workbench/store"
)

// FuzzStories holds that whatever stands in an address gives a page, or an error that says what is wrong with it.
func FuzzStories(f *testing.F) {
	x := filled()
	page, err := x.Stories(ctx, workbench.EveryTenant(), store.Query{Limit: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page.Next, "kim", "criticality", "status", "open", 1)
	f.Add("", `"a b`, "", "owner", "none", -1)
	f.Add("AAAA", "\xff\x00", "mood", "", "", 0)
	f.Fuzz(func(t *testing.T, after, text, by, field, value string, limit int) {
		q := store.Query{After: after, Text: text, Limit: limit, Filters: map[store.Field]store.Filter{store.Field(field): {Any: []string{value}}}}
		if field == "" {
			q.Filters = nil
		}
		if by != "" {
			q.Sort = []store.Sort{{By: by}}
		}
		page, err := x.Stories(ctx, workbench.EveryTenant(), q)
		var invalid *workbench.Invalid
		if err != nil && !errors.Is(err, workbench.ErrBadCursor) && !errors.As(err, &invalid) {
			t.Errorf("got %v, want ErrBadCursor or *Invalid", err)
		}
		if err == nil && page.Total < len(page.Rows) {
			t.Errorf("got %d rows of %d", len(page.Rows), page.Total)
		}
	})
}
