package index_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"workbench"
	"workbench/store/index"
)

// BenchmarkSnapshot times keeping an index and loading it, to the first page without its rows. Memory of what was loaded is given back at the
// end of the process alone.
func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if n > 100_000 && testing.Short() {
				b.Skip("takes seconds to fill")
			}
			s := newSeeded(n)
			x := index.New(index.Config{Rows: s})
			if err := x.CatchUp(ctx, s); err != nil {
				b.Fatal(err)
			}
			k := index.Kept{Path: filepath.Join(b.TempDir(), "snapshot"), Program: "this", Feed: s}
			b.Run("save", func(b *testing.B) {
				for b.Loop() {
					if err := x.Save(ctx, k); err != nil {
						b.Fatal(err)
					}
				}
			})
			info, err := os.Stat(k.Path)
			if err != nil {
				b.Fatal(err)
			}
			x = nil
			b.Run("load", func(b *testing.B) {
				defer timed(b)()
				for b.Loop() {
					y := index.New(index.Config{Rows: s})
					if why, err := y.Load(ctx, k); why != "" || err != nil {
						b.Fatal(why, err)
					}
					q := only("status", "open")
					q.Bare = true
					if _, err := y.Stories(ctx, workbench.EveryTenant(), q); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(info.Size())/float64(n), "file-B/story")
			})
		})
	}
}
