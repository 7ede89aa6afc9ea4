package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"workbench/bench/peer/pocketbase"
	"workbench/bench/report"
)

// TestPagesAreAsResultsSay fails where somebody changes figures on a page, or results without the page: run the command table.
func TestPagesAreAsResultsSay(t *testing.T) {
	files, err := report.Read("results")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		made, err := report.Insert(string(page), files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if made != string(page) {
			t.Errorf("%s does not hold what the results say; run: go run . table", name)
		}
	}
}

// TestReadmePublishesEverything holds that commands, settings and schema of the peers stand where people look for them.
func TestReadmePublishesEverything(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands {
		if !strings.Contains(string(b), "`"+c.name+"`") {
			t.Errorf("README.md does not name the command %s", c.name)
		}
	}
	for _, name := range []string{"peer/relational/schema.go", "peer/sqlite/sqlite.go", "peer/postgres/server.go", "pocketbase/main.go"} {
		if !strings.Contains(string(b), "("+name+")") {
			t.Errorf("README.md does not lead to %s", name)
		}
	}
}

func TestVersionOfPocketBase(t *testing.T) {
	b, err := os.ReadFile("pocketbase/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if want := "github.com/pocketbase/pocketbase v" + pocketbase.Version + "\n"; !strings.Contains(string(b), want) {
		t.Errorf("pocketbase/go.mod does not hold %q", want)
	}
}

// TestCommands runs the commands that need no peer, small: figures come out and are kept.
func TestCommands(t *testing.T) {
	dir, results := t.TempDir(), filepath.Join(t.TempDir(), "results")
	run := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if err := run(t.Context(), args, &out); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out.String())
		}
		return out.String()
	}
	common := []string{"-dir", dir, "-results", results, "-n", "500"}
	run(append([]string{"compare", "-peers", "", "-rounds", "2", "-asks", "6"}, common...)...)
	plain := run(append([]string{"compare", "-peers", "", "-rounds", "2", "-asks", "6", "-plain", "-name", "plain"}, common...)...)
	if !strings.Contains(plain, "looking at every row") {
		t.Errorf("the plain index does not name itself:\n%s", plain)
	}
	run(append([]string{"clicks", "-rounds", "1", "-each", "20ms"}, common...)...)
	run(append([]string{"import", "-rounds", "1", "-incidents", "20"}, common...)...)
	rebuilt := run(append([]string{"first"}, common...)...)
	snapshot := filepath.Join(dir, "snapshot")
	kept := run(append([]string{"first", "-snapshot", snapshot, "-keep"}, common...)...)
	if loaded := run(append([]string{"first", "-snapshot", snapshot}, common...)...); !strings.HasPrefix(rebuilt, "answered ") || kept != rebuilt || loaded != rebuilt {
		t.Errorf("rebuilt, kept and loaded say %q, %q, %q", rebuilt, kept, loaded)
	}
	files, err := report.Read(results)
	if err != nil {
		t.Fatal(err)
	}
	a, b := files["compare-500"].Compare, files["plain"].Compare
	if a == nil || b == nil || files["clicks"].Clicks == nil || files["import"].Import == nil {
		t.Fatalf("kept %+v, want two comparisons, clicks and an import", files)
	}
	for i := range a.Kinds {
		if a.Kinds[i].Digest != b.Kinds[i].Digest {
			t.Errorf("%s: the index and the plain one give answers of digests %s and %s", a.Kinds[i].Name, a.Kinds[i].Digest, b.Kinds[i].Digest)
		}
	}
	if a.Stories != 500 || files["clicks"].Clicks.Clients[0].PerSec["workbench"] <= 0 || files["import"].Import.Ratios["made"] <= 0 {
		t.Errorf("figures are missing: %+v", files)
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{"dance"}, {"compare", "-peers", "oracle", "-n", "10", "-dir", t.TempDir()}, {"compare", "-kinds", "all", "-n", "10", "-dir", t.TempDir()}, {"fill", "-store", "postgres:x"},
		{"first", "-snapshot", filepath.Join(t.TempDir(), "none"), "-n", "10", "-dir", t.TempDir()}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%v: got no error", args)
		}
	}
	if _, err := os.Stat("results/compare-10.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a run that failed has kept figures")
	}
}
