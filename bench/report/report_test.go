package report_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"workbench/bench/measure"
	"workbench/bench/peer"
	"workbench/bench/report"
)

func file(stories int, own float64) report.File {
	c := &report.Compare{Stories: stories, Seed: 1, Data: "invented", Rounds: 5, Controls: []measure.Control{{Copy: 1, Hello: 2, Fsync: 3}}, Unsteady: []string{}, Texts: 5 << 20,
		Peers: []report.Peer{{Name: "workbench", Version: "this version", Load: 1.5, Memory: int64(stories) * 190, Index: int64(stories) * 90, Counts: int64(stories) * 20, Files: 7 << 20}, {Name: "SQLite", Version: "SQLite 3", Load: 10, Files: 9 << 20},
			{Name: "PostgreSQL", Version: "PostgreSQL 15", Load: 11, Memory: 1 << 30, Files: 1 << 30}, {Name: "PocketBase", Version: "PocketBase 0.39.0", Load: 12, Files: 1}}}
	for _, k := range peer.Kinds {
		one := report.Kind{Name: k.Name, About: k.About, Digest: "00", Equal: map[string]int{"SQLite": 3}, Figures: map[string]measure.Figure{"workbench": {N: 1, P50: own, P90: own, P99: own, Mean: own, CPU: own}},
			Ratios: map[string]measure.Ratio{}, CPU: map[string]float64{"SQLite": 1}}
		for p, times := range map[string]float64{"SQLite": 310, "PostgreSQL": 420, "PocketBase": 12_345.6} {
			if k.Name != "groups" || p != "PocketBase" {
				one.Figures[p], one.Ratios[p] = measure.Figure{N: 1, P50: own * times}, measure.Ratio{Median: times, Low: times / 2, High: times * 2, Sums: times}
			}
		}
		c.Kinds = append(c.Kinds, one)
	}
	return report.File{Made: "2026-11-22", Machine: report.Machine{Processor: "A processor", Cores: 2, Memory: 24 << 30, Kernel: "6", Go: "go1.26"}, Compare: c}
}

func TestFilesComeBack(t *testing.T) {
	dir := t.TempDir()
	want := map[string]report.File{"a": file(10_000, 100), "b": {Made: "x", Start: &report.Start{Stories: 5, Rebuilt: []float64{1.5}, Snapshot: []float64{2}}},
		"c": {Clicks: &report.Clicks{Stories: 1, Rounds: 2, Clients: []report.ClickFigure{{Clients: 32, Ratios: map[string]float64{"SQLite": 11}}}}},
		"d": {Import: &report.Import{Incidents: 3, Bytes: 4, Seconds: map[string][]float64{"workbench": {1}, "made": {2}}, Ratios: map[string]float64{"made": 2}}}, "e": {Page: &report.ListPage{Stories: 3, Ratios: map[string]float64{"warm": 2}}}}
	for name, f := range want {
		if err := f.Write(dir, name); err != nil {
			t.Fatal(err)
		}
	}
	got, err := report.Read(dir)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if err := os.WriteFile(filepath.Join(dir, "f.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := report.Read(dir); err == nil {
		t.Error("a damaged file: got no error")
	}
}

func TestTables(t *testing.T) {
	small, large := file(10_000, 100), file(1_000_000, 150)
	text := report.Tables(map[string]report.File{"small": small, "large": large})
	for _, want := range []string{"1,000,000 stories", "310x (155x to 620x) *300x: reached*", "420x (210x to 840x) *500x: missed*", "12,346x", "not offered", "150 µs", "| growth | 1.5x *at most 2", "190 bytes a story: facets, times, three orders and names 90 *100: reached*, counts by combinations 20,",
		"7 MB, 5 of them for inner texts", "A processor", "310x (155x to 620x) *100x: reached*"} {
		if !strings.Contains(text, want) {
			t.Errorf("the tables do not say %q:\n%s", want, text)
		}
	}
	for _, k := range peer.Kinds {
		if !strings.Contains(text, k.About) {
			t.Errorf("the tables do not hold the kind %s", k.Name)
		}
	}
	if strings.Contains(text, "unsteady") {
		t.Errorf("steady rounds are called unsteady")
	}
	large.Compare.Unsteady = []string{"memory copy 1 to 2"}
	if text := report.Summary(map[string]report.File{"large": large}); strings.Count(text, "unsteady") != 29 || !strings.Contains(text, "memory copy 1 to 2") {
		t.Errorf("not every ratio of unsteady rounds is marked: %d\n%s", strings.Count(text, "unsteady"), text)
	}
	other := report.Summary(map[string]report.File{
		"start":  {Start: &report.Start{Stories: 1_000_000, Rebuilt: []float64{3000, 5000, 3500}, Snapshot: []float64{150}}},
		"clicks": {Clicks: &report.Clicks{Clients: []report.ClickFigure{{Clients: 1, Ratios: map[string]float64{"SQLite": 0.4}}, {Clients: 32, Ratios: map[string]float64{"SQLite": 11}, PerSec: map[string]float64{"workbench": 11_000, "SQLite": 1_000}}}}},
		"import": {Import: &report.Import{Incidents: 1_000, Seconds: map[string][]float64{"workbench": {1}, "made": {3}}, Ratios: map[string]float64{"made": 3}, CPURatios: map[string]float64{"made": 2.5}}},
		"page":   {Page: &report.ListPage{CPU: map[string]float64{"warm": 60, "cold": 900}, Ratios: map[string]float64{"warm": 3.5, "cold": 50}}},
	})
	for _, want := range []string{"| under 100 ms | 150 ms | missed |", "| under 4 s | 3.5 s | reached |", "| 0.5x | 0.4x: ", "| 10x | 11x: 11,000 and 1,000 a second", "| 2x | 3x, of processor time 2.5x: 1000 and 333 incidents a second | reached |", "| at most 3x | 3.5x: 60 µs", "| 50x: 900 µs for 0 bytes |  |"} {
		if !strings.Contains(other, want) {
			t.Errorf("the summary does not say %q:\n%s", want, other)
		}
	}
}

func TestInsert(t *testing.T) {
	files := map[string]report.File{"a": file(10_000, 100)}
	page := "before\n" + report.BeginSummary + "\nold\n" + report.End + "\nbetween\n" + report.BeginTables + "\n" + report.End + "\nafter\n"
	made, err := report.Insert(page, files)
	if err != nil || strings.Contains(made, "old") || !strings.HasPrefix(made, "before\n") || !strings.HasSuffix(made, "after\n") || !strings.Contains(made, "\nbetween\n") || !strings.Contains(made, report.Tables(files)) {
		t.Errorf("got %v:\n%s", err, made)
	}
	again, err := report.Insert(made, files)
	if err != nil || again != made {
		t.Errorf("inserting twice changes the page: %v", err)
	}
	for _, bad := range []string{"nothing", report.BeginSummary + " and no end"} {
		if _, err := report.Insert(bad, files); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
}

func TestHere(t *testing.T) {
	if m := report.Here(); m.Cores < 1 || m.Go == "" {
		t.Errorf("got %+v", m)
	}
}
