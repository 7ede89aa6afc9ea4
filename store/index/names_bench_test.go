package index

import (
	"runtime"
	"testing"
)

func hosts(n int) *dictionary {
	d := newDictionary()
	for i := range n {
		d.code(hostOf(i))
	}
	return d
}

// heap is what is in memory.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func BenchmarkNamesFill(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		before := heap()
		d := hosts(n)
		b.ReportMetric((heap()-before)/n, "B/text")
		text := 0
		for c := range uint32(n) {
			text += len(d.text(c))
		}
		b.ReportMetric(float64(text)/n, "raw-B/text")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/text")
}

func BenchmarkNames(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"150000", 150_000}, {"1000000", 1_000_000}} {
		d := hosts(size.n)
		n := d.view()
		b.Run(size.name, func(b *testing.B) {
			b.Run("find", func(b *testing.B) {
				s := hostOf(size.n / 3)
				for b.Loop() {
					n.find(s)
				}
			})
			b.Run("knownCode", func(b *testing.B) {
				texts := make([]string, 50_000)
				for i := range texts {
					texts[i] = hostOf(i * 7_919 % size.n)
				}
				for i := 0; b.Loop(); i++ {
					d.code(texts[i%len(texts)])
				}
			})
			rare := hostOf(size.n / 2)
			for _, w := range []struct{ name, word string }{{"rareWhole", rare}, {"rarePart", rare[9:14]}, {"rareThree", rare[9:12]}, {"none", "qqqzzz"}, {"noneOfCommon", "moc.desk"},
				{"noneLong", "desktop-.corp.example.com"}, {"everywhereCom", "com"}, {"oneInSeventeen", ".corpd"}, {"aaa", "aaa"}, {"twoBytes", "7f"}, {"oneByte", "z"}} {
				b.Run(w.name, func(b *testing.B) {
					var found int
					for b.Loop() {
						found = len(n.containing(w.word, unlimited()))
					}
					b.ReportMetric(float64(found), "codes")
				})
			}
			b.Run("save", func(b *testing.B) {
				for b.Loop() {
					n.sections()
				}
			})
			b.Run("load", func(b *testing.B) {
				s := n.sections()
				for b.Loop() {
					if _, err := loadDictionary(s); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
