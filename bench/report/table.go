package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"workbench/bench/measure"
)

// goal is what a kind of question should reach.
type goal struct {
	kind  string
	what  string
	goals map[string]float64 // least ratio to each peer; "" = to the best of the SQL peers
	under float64            // milliseconds of the workbench itself; 0 = no goal
}

var goals = []goal{
	{kind: "page", what: "Page work: rows, exact total, all facet counts", goals: map[string]float64{"SQLite": 300, "PostgreSQL": 500, "PocketBase": 10_000}},
	{kind: "window", what: "Page work within a window of time"},
	{kind: "facets", what: "All facet counts under two filters"},
	{kind: "untuned", what: "Filters that no ordered index was made for", goals: map[string]float64{"": 100}},
	{kind: "names", what: "Text over names, and a status", goals: map[string]float64{"SQLite": 200, "PostgreSQL": 200}},
	{kind: "inside", what: "Text over command lines and hashes", under: 20},
	{kind: "groups", what: "Groups of all stories under a status"},
	{kind: "first", what: "First 50 of all; the peers have an index for it", goals: map[string]float64{"SQLite": 1, "PostgreSQL": 1}},
	{kind: "tuned", what: "Two filters, by criticality; the peers have an index for it", goals: map[string]float64{"SQLite": 1, "PostgreSQL": 1}},
	{kind: "deep", what: "The middle of a list; the peers have an index for it", goals: map[string]float64{"SQLite": 1, "PostgreSQL": 1}},
}

// GrowthGoal and the others are goals beside which figures stand.
const (
	GrowthGoal   = 2   // times that page work may take at 1,000,000 stories of what it takes at 10,000
	RebuildGoal  = 4e3 // milliseconds from start to first page without snapshot
	SnapshotGoal = 100 // and with one
	MemoryGoal   = 100 // bytes of index a story
	ImportGoal   = 2   // times faster than with encoding/json
	PageGoal     = 3   // times the processor time of the same bytes ready-made, warm
)

// Summary is goals and figures as Markdown: ratios of the largest comparison, and everything that is measured by itself.
func Summary(files map[string]File) string {
	var b strings.Builder
	if compared := comparisons(files); len(compared) > 0 {
		compared[len(compared)-1].ratios(&b)
		growth(&b, compared)
	}
	others(&b, files)
	machines(&b, files)
	return b.String()
}

// Tables are all figures as Markdown: of comparisons the largest in full, and what grew from the smaller ones.
func Tables(files map[string]File) string {
	var b strings.Builder
	if compared := comparisons(files); len(compared) > 0 {
		largest := compared[len(compared)-1]
		largest.ratios(&b)
		largest.times(&b)
		largest.costs(&b)
		growth(&b, compared)
	}
	others(&b, files)
	machines(&b, files)
	return b.String()
}

// comparisons are those of files, the smallest first.
func comparisons(files map[string]File) (compared []*Compare) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if f := files[name]; f.Compare != nil {
			compared = append(compared, f.Compare)
		}
	}
	slices.SortStableFunc(compared, func(a, b *Compare) int { return cmp.Compare(a.Stories, b.Stories) })
	return compared
}

func machines(b *strings.Builder, files map[string]File) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		m := files[name].Machine
		fmt.Fprintf(b, "`%s.json`: measured %s on %s, %d cores, %d GiB, Linux %s, %s.\n", name, files[name].Made, cmp.Or(m.Processor, "an unnamed processor"), m.Cores, m.Memory>>30, m.Kernel, m.Go)
	}
}

func (c *Compare) peers() (names []string) {
	for _, p := range c.Peers[min(1, len(c.Peers)):] {
		names = append(names, p.Name)
	}
	return names
}

// mark is what stands behind a ratio of rounds during which the machine was not steady.
func (c *Compare) mark() string {
	if len(c.Unsteady) > 0 {
		return " unsteady"
	}
	return ""
}

func (c *Compare) ratios(b *strings.Builder) {
	if len(c.peers()) == 0 {
		return
	}
	fmt.Fprintf(b, "**%s stories, %d rounds: how many times longer each peer takes than the workbench** (median; in brackets the range of 95 of 100 resamplings; goals in italics)\n\n", thousands(c.Stories), c.Rounds)
	fmt.Fprintf(b, "| What | %s | Workbench p50 |\n|%s --- | --- |\n", strings.Join(c.peers(), " | "), strings.Repeat(" --- |", len(c.peers())))
	for _, g := range goals {
		k := c.kind(g.kind)
		if k == nil {
			continue
		}
		best := ""
		for _, p := range c.peers() {
			if r, ok := k.Ratios[p]; ok && (p == "SQLite" || p == "PostgreSQL") && (best == "" || r.Median < k.Ratios[best].Median) {
				best = p
			}
		}
		fmt.Fprintf(b, "| %s |", g.what)
		for _, p := range c.peers() {
			r, ok := k.Ratios[p]
			if !ok {
				b.WriteString(" not offered |")
				continue
			}
			fmt.Fprintf(b, " %s (%s to %s)%s", times(r.Median), times(r.Low), times(r.High), c.mark())
			if least := g.goals[p]; least > 0 {
				fmt.Fprintf(b, " *%s: %s*", times(least), reached(r.Median >= least))
			} else if least := g.goals[""]; least > 0 && p == best {
				fmt.Fprintf(b, " *%s: %s*", times(least), reached(r.Median >= least))
			}
			b.WriteString(" |")
		}
		own := k.Figures[c.Peers[0].Name]
		fmt.Fprintf(b, " %s", duration(own.P50))
		if g.under > 0 {
			fmt.Fprintf(b, " *under %s: %s*", duration(g.under*1e3), reached(own.P50 < g.under*1e3))
		}
		b.WriteString(" |\n")
	}
	if len(c.Unsteady) > 0 {
		fmt.Fprintf(b, "\nUnsteady: between the rounds %s.\n", strings.Join(c.Unsteady, ", "))
	}
	b.WriteString("\n")
}

func (c *Compare) times(b *strings.Builder) {
	b.WriteString("**The same in time**: p50 / p99, and processor time of one answer\n\n| What |")
	for _, p := range c.Peers {
		fmt.Fprintf(b, " %s |", p.Name)
	}
	fmt.Fprintf(b, "\n| --- |%s\n", strings.Repeat(" --- |", len(c.Peers)))
	for _, k := range c.Kinds {
		fmt.Fprintf(b, "| `%s`: %s |", k.Name, k.About)
		for _, p := range c.Peers {
			f, ok := k.Figures[p.Name]
			if !ok {
				b.WriteString(" not offered |")
				continue
			}
			fmt.Fprintf(b, " %s / %s, %s |", duration(f.P50), duration(f.P99), duration(f.CPU))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

func (c *Compare) costs(b *strings.Builder) {
	fmt.Fprintf(b, "| What it costs |")
	for _, p := range c.Peers {
		fmt.Fprintf(b, " %s |", p.Version)
	}
	fmt.Fprintf(b, "\n| --- |%s\n| Load, durable, all indexes (workbench: its index out of its store) |", strings.Repeat(" --- |", len(c.Peers)))
	for _, p := range c.Peers {
		fmt.Fprintf(b, " %.1f s |", p.Load)
	}
	b.WriteString("\n| Memory that no file backs |")
	for i, p := range c.Peers {
		switch {
		case p.Memory == 0:
			b.WriteString(" not measured |")
		case i == 0 && c.Stories > 0:
			fmt.Fprintf(b, " %d MB, %.0f bytes a story", p.Memory>>20, float64(p.Memory)/float64(c.Stories))
			if p.Index > 0 {
				each := float64(p.Index) / float64(c.Stories)
				fmt.Fprintf(b, ": facets, times, three orders and names %.0f *%d: %s*, counts by combinations %.0f, the rest postings, ids, places and sources", each, MemoryGoal, reached(each <= MemoryGoal),
					float64(p.Counts)/float64(c.Stories))
			}
			b.WriteString(" |")
		default:
			fmt.Fprintf(b, " %d MB |", p.Memory>>20)
		}
	}
	b.WriteString("\n| Files |")
	for i, p := range c.Peers {
		fmt.Fprintf(b, " %d MB", p.Files>>20)
		if i == 0 && c.Texts > 0 {
			fmt.Fprintf(b, ", %d of them for inner texts", c.Texts>>20)
		}
		b.WriteString(" |")
	}
	b.WriteString("\n\n")
}

// growth shows what page work takes at each size that was measured.
func growth(b *strings.Builder, compared []*Compare) {
	if len(compared) < 2 {
		return
	}
	first, last := compared[0], compared[len(compared)-1]
	fmt.Fprintf(b, "**Growth of page work** (p50)\n\n| Stories |")
	for _, p := range last.Peers {
		fmt.Fprintf(b, " %s |", p.Name)
	}
	fmt.Fprintf(b, "\n| --- |%s\n", strings.Repeat(" --- |", len(last.Peers)))
	for _, c := range compared {
		k := c.kind("page")
		if k == nil {
			continue
		}
		fmt.Fprintf(b, "| %s |", thousands(c.Stories))
		for _, p := range last.Peers {
			if f, ok := k.Figures[p.Name]; ok {
				fmt.Fprintf(b, " %s |", duration(f.P50))
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	if a, z := first.kind("page"), last.kind("page"); a != nil && z != nil {
		b.WriteString("| growth |")
		for i, p := range last.Peers {
			from, ok := a.Figures[p.Name]
			if !ok || from.P50 == 0 {
				b.WriteString(" |")
				continue
			}
			grew := z.Figures[p.Name].P50 / from.P50
			fmt.Fprintf(b, " %s", times(grew))
			if i == 0 && first.Stories <= 10_000 && last.Stories >= 1_000_000 {
				fmt.Fprintf(b, " *at most %d, from 10,000 to 1,000,000: %s*", GrowthGoal, reached(grew <= GrowthGoal))
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

func (c *Compare) kind(name string) *Kind {
	for i := range c.Kinds {
		if c.Kinds[i].Name == name {
			return &c.Kinds[i]
		}
	}
	return nil
}

func reached(yes bool) string {
	if yes {
		return "reached"
	}
	return "missed"
}

// times writes a ratio.
func times(r float64) string {
	if r >= 100 {
		return thousands(int(r+0.5)) + "x"
	}
	return fmt.Sprintf("%.2gx", r)
}

// duration writes microseconds.
func duration(micros float64) string {
	switch {
	case micros >= 1e6:
		return fmt.Sprintf("%.3g s", micros/1e6)
	case micros >= 1e3:
		return fmt.Sprintf("%.3g ms", micros/1e3)
	}
	return fmt.Sprintf("%.3g µs", micros)
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Median is the middle of a list, the lesser of two; 0 of none.
func Median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	return measure.At(slices.Sorted(slices.Values(list)), 50)
}
