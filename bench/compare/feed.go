// Package compare asks peers the same questions side by side.
package compare

import (
	"context"
	"fmt"

	"workbench/bench/peer"
	"workbench/store"
)

// portion is how many records a peer is given at once, and the size of its transactions.
const portion = 5_000

// Records returns a function that gives all stories of a feed as records, in portions, then none. Without texts they have neither names nor
// what stands inside.
func Records(ctx context.Context, feed store.Feed, withTexts bool) func() ([]peer.Record, error) {
	var after store.Change
	var n int64
	return func() ([]peer.Record, error) {
		entries, err := feed.Changes(ctx, after, portion)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		after = entries[len(entries)-1].Number
		refs := make([]store.Ref, len(entries))
		for i, e := range entries {
			refs[i] = e.Ref
		}
		texts := make([][]string, len(refs))
		if withTexts {
			if texts, err = feed.Texts(ctx, refs); err != nil {
				return nil, err
			}
		}
		var out []peer.Record
		for i, e := range entries {
			if e.Gone {
				continue
			}
			n++
			r := peer.NewRecord(n, e, texts[i])
			if !withTexts {
				r.Names = ""
			}
			out = append(out, r)
		}
		return out, nil
	}
}

// Sample returns evenly spread records, about so many, and how many stories there are.
func Sample(ctx context.Context, feed store.Feed, most int) (sample []peer.Record, stories int, err error) {
	var all []store.Ref
	for after := store.Change(0); ; {
		entries, err := feed.Changes(ctx, after, portion)
		if err != nil {
			return nil, 0, err
		}
		if len(entries) == 0 {
			break
		}
		after = entries[len(entries)-1].Number
		for _, e := range entries {
			if !e.Gone {
				all = append(all, e.Ref)
			}
		}
	}
	step := max(1, len(all)/max(most, 1))
	var refs []store.Ref
	for i := 0; i < len(all); i += step {
		refs = append(refs, all[i])
	}
	entries, err := feed.Entries(ctx, refs)
	if err != nil {
		return nil, 0, err
	}
	texts, err := feed.Texts(ctx, refs)
	if err != nil {
		return nil, 0, err
	}
	for i, e := range entries {
		if e.Gone {
			return nil, 0, fmt.Errorf("story %s went away while the sample was read", e.ID)
		}
		sample = append(sample, peer.NewRecord(int64(i+1), e, texts[i]))
	}
	return sample, len(all), nil
}
