package index

import (
	"context"
	"math/bits"

	"workbench"
	"workbench/store"
)

// News implements store.Queries. Stories that were there when the index started count as changed, never as new.
func (x *Index) News(ctx context.Context, scope workbench.Scope, q store.Query, after store.Change) (store.News, error) {
	if err := check(ctx, q); err != nil {
		return store.News{}, err
	}
	t := x.table.Load()
	news := store.News{AsOf: t.asOf}
	if t.asOf <= after {
		return news, nil
	}
	p, err := x.plan(ctx, t, scope, q)
	if err != nil {
		return news, err
	}
	var found set
	for at, b := range t.blocks {
		if b.newest <= uint64(after) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return news, err
		}
		p.block(at, &found)
		for k, word := range found {
			for ; word != 0; word &= word - 1 {
				i := k*64 + bits.TrailingZeros64(word)
				switch {
				case get(b.number, i) <= uint64(after):
				case get(b.first, i) > uint64(after):
					news.New++
				default:
					news.Changed++
				}
			}
		}
	}
	return news, nil
}
