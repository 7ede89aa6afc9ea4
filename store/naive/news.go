package naive

import (
	"context"

	"workbench"
	"workbench/store"
)

// News implements store.Queries. Stories that were there when the index started count as changed, never as new.
func (x *Index) News(ctx context.Context, scope workbench.Scope, q store.Query, after store.Change) (store.News, error) {
	if err := ctx.Err(); err != nil {
		return store.News{}, err
	}
	if err := q.Validate(); err != nil {
		return store.News{}, err
	}
	s := x.state.Load()
	news := store.News{AsOf: s.asOf}
	if s.asOf <= after {
		return news, nil
	}
	m := x.newMatcher(scope, q)
	for _, r := range s.rows {
		if r.number <= after || !m.base(r) {
			continue
		}
		if failing, _ := m.failing(r); failing > 0 {
			continue
		}
		if r.first > after {
			news.New++
		} else {
			news.Changed++
		}
	}
	return news, nil
}
