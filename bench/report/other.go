package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// clickGoals are the least ratios of actions a second to SQLite's, by number of clients.
var clickGoals = map[int]float64{1: 0.5, 32: 10}

// others writes what is no comparison of lists.
func others(b *strings.Builder, files map[string]File) {
	var lines []string
	add := func(what, goal, measured string, ok bool) {
		verdict := ""
		if goal != "" {
			verdict = reached(ok)
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s |", what, goal, measured, verdict))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		if s := f.Start; s != nil {
			at := "Start of a process to its first correct page, " + thousands(s.Stories) + " stories, "
			if len(s.Snapshot) > 0 {
				add(at+"from a snapshot", "under 100 ms", duration(Median(s.Snapshot)*1e3), Median(s.Snapshot) < SnapshotGoal)
			}
			add(at+"without", "under 4 s", duration(Median(s.Rebuilt)*1e3), Median(s.Rebuilt) < RebuildGoal)
		}
		if c := f.Clicks; c != nil {
			for _, one := range c.Clients {
				for _, p := range slices.Sorted(maps.Keys(one.Ratios)) {
					goal, ok := "", true
					if least := clickGoals[one.Clients]; least > 0 && p == "SQLite" {
						goal, ok = times(least), one.Ratios[p] >= least
					}
					own, other := one.Figures["workbench"], one.Figures[p]
					add(fmt.Sprintf("Durable actions a second against %s, %d at once", p, one.Clients), goal,
						fmt.Sprintf("%s: %s and %s a second; p99 %s and %s", times(one.Ratios[p]), thousands(int(one.PerSec["workbench"])), thousands(int(one.PerSec[p])), duration(own.P99), duration(other.P99)), ok)
				}
			}
		}
		if i := f.Import; i != nil {
			for _, way := range slices.Sorted(maps.Keys(i.Ratios)) {
				what := map[string]string{"given": "its stories for nothing", "made": "its stories made by the same code"}[way]
				goal := ""
				if way == "made" {
					goal = times(ImportGoal)
				}
				add(fmt.Sprintf("Durable import of %s incidents (%d MB) against the same pipeline with encoding/json, %s", thousands(i.Incidents), i.Bytes>>20, what), goal,
					fmt.Sprintf("%s, of processor time %s: %.0f and %.0f incidents a second", times(i.Ratios[way]), times(i.CPURatios[way]), float64(i.Incidents)/cmp.Or(Median(i.Seconds["workbench"]), 1),
						float64(i.Incidents)/cmp.Or(Median(i.Seconds[way]), 1)), i.Ratios[way] >= ImportGoal)
			}
		}
		if p := f.Page; p != nil {
			for _, what := range slices.Sorted(maps.Keys(p.Ratios)) {
				goal, ok := "", true
				if what == "warm" {
					goal, ok = "at most 3x", p.Ratios[what] <= PageGoal
				}
				add("Whole list page, "+what+", processor time against the same bytes ready-made", goal, fmt.Sprintf("%s: %s for %s bytes", times(p.Ratios[what]), duration(p.CPU[what]), thousands(p.Bytes[what])), ok)
			}
		}
	}
	if len(lines) > 0 {
		b.WriteString("| What | Goal | Measured | |\n| --- | --- | --- | --- |\n" + strings.Join(lines, "\n") + "\n\n")
	}
}
