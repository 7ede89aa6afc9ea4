package textindex_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"workbench"
	"workbench/store/textindex"
)

var (
	benchStories = flag.Int("stories", 100_000, "how many stories the benchmarks search in")
	benchFolder  = flag.String("folder", "", "where the benchmarks keep their index from one run to the next")
)

// BenchmarkFeed takes in stories; one operation is one story.
func BenchmarkFeed(b *testing.B) {
	c := newCorpus(b.N)
	x := open(b, b.TempDir(), textindex.Limits{})
	b.ReportAllocs()
	b.ResetTimer()
	if err := x.CatchUp(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	x.WaitMerges()
	files, memory := x.Size()
	b.ReportMetric(float64(files)/float64(b.N), "file-B/op")
	b.ReportMetric(float64(memory)/float64(b.N), "memory-B/op")
}

// BenchmarkCorpus makes the stories of BenchmarkFeed alone, so that its own cost is known.
func BenchmarkCorpus(b *testing.B) {
	c := newCorpus(b.N)
	size := 0
	for i := range b.N {
		for _, t := range c.texts(uint64(i)) {
			size += len(t)
		}
	}
	b.ReportMetric(float64(size)/float64(b.N), "text-B/op")
}

func BenchmarkFind(b *testing.B) {
	c := newCorpus(*benchStories)
	folder := b.TempDir()
	if *benchFolder != "" {
		folder = filepath.Join(*benchFolder, strconv.Itoa(*benchStories))
	}
	begun := time.Now()
	x := open(b, folder, textindex.Limits{})
	opened := time.Since(begun)
	fed := x.Applied()
	if err := x.CatchUp(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	x.WaitMerges()
	files, memory := x.Size()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.Logf("%d stories were fed, %d there already; opened in %v, all in %v; %d segments; files %.1f bytes a story, memory %.1f (heap %d MB); %v", *benchStories, fed, opened, time.Since(begun),
		x.Segments(), float64(files)/float64(*benchStories), float64(memory)/float64(*benchStories), m.HeapAlloc>>20, x.Shares())
	hash, _, md := fileHashes(77_777)
	some := c.texts(uint64(*benchStories) / 3)
	for _, w := range []struct{ name, word string }{
		{"hash", hash}, {"hash12", hash[:12]}, {"hash8", hash[20:28]}, {"hash6", md[4:10]}, {"rare", some[4][len(some[4])/3:]}, {"id", some[3]},
		{"address", "10.173.44"}, {"path", `system32\certutil`}, {"url", "t=1f3a9"}, {"powershell", "powershell"}, {"absent", "mimikatz.exe"}, {"com", "com"}, {"exe", ".exe"}, {"00", "000"},
		{"long", "powershell.exe -noprofile -executionpolicy bypass"}, {"short", "ex"}, {"all", "contoso.example"}} {
		b.Run(w.name, func(b *testing.B) {
			var n int
			var bad *workbench.Invalid
			for b.Loop() {
				list, err := x.Find(b.Context(), w.word)
				if errors.As(err, &bad) {
					n = -1
				} else if err != nil {
					b.Fatal(err)
				}
				n = max(n, len(list))
			}
			if bad != nil {
				n = -1
			}
			compared, blocks, err := x.Work(w.word)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(n), "stories")
			b.ReportMetric(float64(blocks), "blocks")
			b.ReportMetric(float64(compared), "compared-B")
		})
	}
	if *benchFolder == "" {
		_ = os.RemoveAll(folder)
	}
}
