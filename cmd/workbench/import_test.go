package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"workbench/ingest/sample"
)

func TestImportOfRealIncidents(t *testing.T) {
	f := newFolder(t)
	file := shared(t, "derived_secrl_as_graph_incidents.json")
	if got, want := f.must("import", file), "imported 4 incidents, 74 alerts: 9 stories new, 0 changed, 0 unchanged; 0 quarantined\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	first := f.must("export")
	if got, want := f.must("import", file), "imported 4 incidents, 74 alerts: 0 stories new, 0 changed, 9 unchanged; 0 quarantined\n"; got != want {
		t.Errorf("again: got %q, want %q", got, want)
	}
	if f.must("export") != first {
		t.Error("a second import changes the export")
	}
}

func TestExportSurvives(t *testing.T) {
	f := newFolder(t)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	files := []string{f.file("page.json", sample.Page(now)), f.file("standalone.json", sample.StandaloneAlerts(now)), f.file("later.json", sample.Later(now))}
	real, err := filepath.Glob("../../../shared/data/defender/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range real {
		// Two third parties changed the same published incident in different ways, under the same id and time. Which of such versions came
		// first is the one thing that the order of files decides, so one of them stays out.
		if !strings.HasPrefix(filepath.Base(file), "rapid7_") {
			files = append(files, file)
		}
	}
	f.must(append([]string{"import"}, files...)...)
	before := f.must("export")
	if n := strings.Count(before, "\n"); n < 35 {
		t.Fatalf("there are %d stories", n)
	}
	t.Run("a rebuild", func(t *testing.T) {
		if got := f.must("rebuild"); got != "rebuilt: 0 stories differ\n" {
			t.Errorf("got %q", got)
		}
		if f.must("export") != before {
			t.Error("the export differs")
		}
	})
	t.Run("its documents in another store", func(t *testing.T) {
		raw := f.file("raw.ndjson", []byte(f.must("export", "--raw")))
		other := []string{"--store", f.store("raw.db")}
		if r := workbenchRun(t, t.Context(), nil, append(other, "import", raw)...); r.code != 0 {
			t.Fatal(r.err)
		}
		if r := workbenchRun(t, t.Context(), nil, append(other, "export")...); r.out != before {
			t.Error("the export differs")
		}
	})
	t.Run("another order of files", func(t *testing.T) {
		reversed := slices.Clone(files)
		slices.Reverse(reversed)
		other := []string{"--store", f.store("reversed.db")}
		if r := workbenchRun(t, t.Context(), nil, append(append(other, "import"), reversed...)...); r.code != 0 {
			t.Fatal(r.err)
		}
		if r := workbenchRun(t, t.Context(), nil, append(other, "export")...); r.out != before {
			t.Error("the export differs")
			for i, line := range strings.Split(before, "\n") {
				if got := strings.Split(r.out, "\n"); i >= len(got) || got[i] != line {
					t.Fatalf("line %d:\n%.3000s\n%.3000s", i, line, got[min(i, len(got)-1)])
				}
			}
		}
	})
	t.Run("a backup and its restore", func(t *testing.T) {
		backup := filepath.Join(f.path, "backup")
		f.must("backup", backup)
		f.must("verify", backup)
		restored := []string{"--store", f.store("restored.db")}
		if r := workbenchRun(t, t.Context(), nil, append(restored, "restore", backup)...); r.code != 0 {
			t.Fatal(r.err)
		}
		if r := workbenchRun(t, t.Context(), nil, append(restored, "export")...); r.out != before {
			t.Error("the export differs")
		}
		if r := workbenchRun(t, t.Context(), nil, append(restored, "restore", backup)...); r.code != 1 {
			t.Errorf("restoring over a store exits %d", r.code)
		}
		if r := f.run("backup", backup); r.code != 1 {
			t.Errorf("a backup over a file exits %d", r.code)
		}
	})
}

func TestImportOutcomes(t *testing.T) {
	alert := func(id string) string {
		return `{"id":"` + id + `","incidentId":"7","serviceSource":"microsoftDefenderForEndpoint","title":"t","lastUpdateDateTime":"2026-01-01T00:00:00Z","evidence":[]}`
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, alert("a")+"\n"+alert("b"))
	z.Close()
	for _, c := range []struct {
		name, input, out string
		code             int
		says             string
	}{
		{"one object", alert("a"), "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 0, ""},
		{"an array", "[" + alert("a") + "," + alert("b") + "]", "imported 0 incidents, 2 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 0, ""},
		{"a page", `{"@odata.context":"x","value":[` + alert("a") + `]}`, "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 0, ""},
		{"lines", alert("a") + "\n" + alert("b") + "\n", "imported 0 incidents, 2 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 0, ""},
		{"packed lines", packed.String(), "imported 0 incidents, 2 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 0, ""},
		{"no id beside a good one", `[{"title":"no id"},` + alert("a") + `]`, "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 1 quarantined", 0, ""},
		{"a number beside a good one", `[7,` + alert("a") + `]`, "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 1 quarantined", 0, ""},
		{"evidence that is no list", `[{"id":"x","incidentId":"7","serviceSource":"s","evidence":{}},` + alert("a") + `]`, "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 1 quarantined", 0, ""},
		{"too deep", `[{"id":"x","incidentId":"7","d":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `},` + alert("a") + `]`, "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 1 quarantined", 0, ""},
		{"odd times, numbers and words", `{"id":7,"incidentId":9,"serviceSource":"brandNew","status":"asleep","lastUpdateDateTime":"","createdDateTime":"0001-01-01T00:00:00Z","evidence":[{"@odata.type":"#x.y","processId":"12"},{"verdict":"odd"}],"evidence":[{}]}`, "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 0, ""},
		{"bytes that are no text", `{"id":"a","incidentId":"7","title":"` + "\xff\\u0000" + `"}`, "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 0, ""},
		{"cut in the middle", "[" + alert("a") + "," + alert("b")[:50], "imported 0 incidents, 1 alerts: 1 stories new, 0 changed, 0 unchanged; 0 quarantined", 1, "byte"},
		{"nothing", "", "", 1, ""},
		{"no JSON", "<html>no</html>", "", 1, ""},
		{"an empty page", `{"value":[]}`, "", 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t)
			r := f.run("import", f.file("input", []byte(c.input)))
			got := strings.TrimSuffix(r.out, "\n")
			if c.code == 1 && c.out == "" { // refused: nothing changed
				if strings.Contains(got, "1 stories new") {
					t.Errorf("got %q", got)
				}
			} else if got != c.out {
				t.Errorf("got %q, want %q", got, c.out)
			}
			if r.code != c.code || !strings.Contains(r.err, c.says) || c.code != 0 && strings.Count(strings.TrimSpace(r.err), "\n") != 0 || strings.Contains(r.err, "goroutine") {
				t.Errorf("exits %d, says %q", r.code, r.err)
			}
			if v := f.run("verify"); c.code == 0 && v.code != 0 {
				t.Errorf("verify: %s%s", v.out, v.err)
			}
		})
	}
}

func TestImportKeepsTenantsApart(t *testing.T) {
	f := newFolder(t)
	alert := func(tenant string) string {
		return `{"id":"same","incidentId":"1","tenantId":"` + tenant + `","serviceSource":"microsoftDefenderForEndpoint"}`
	}
	if got := f.must("import", f.file("two", []byte(alert("11111111-1111-1111-1111-111111111111")+"\n"+alert("22222222-2222-2222-2222-222222222222")))); !strings.Contains(got, "2 stories new") {
		t.Errorf("got %q", got)
	}
	if got := f.must("import", "--tenant", "33333333-3333-3333-3333-333333333333", f.file("other", []byte(alert("11111111-1111-1111-1111-111111111111")+"\n"+alert("")))); !strings.Contains(got, "1 alerts: 1 stories new") || !strings.Contains(got, "; 1 quarantined") {
		t.Errorf("got %q", got)
	}
	list := f.must("quarantine", "list")
	id, _, _ := strings.Cut(list, " ")
	if !strings.Contains(list, "1 records") || !strings.Contains(f.must("quarantine", "show", id), `"reason"`) {
		t.Errorf("got %q", list)
	}
	if got := f.must("quarantine", "discard", id); got != "discarded\n" {
		t.Errorf("got %q", got)
	}
	if got := f.must("quarantine", "list"); got != "0 records\n" {
		t.Errorf("got %q", got)
	}
	if r := f.run("quarantine", "show", id); r.code != 1 {
		t.Errorf("a record that is gone exits %d", r.code)
	}
}

func TestImportGoesOnAfterAFileThatIsNone(t *testing.T) {
	f := newFolder(t)
	good := f.file("good", []byte(`{"id":"a","incidentId":"1","serviceSource":"s"}`))
	r := f.run("import", filepath.Join(f.path, "absent"), good)
	if r.code != 1 || !strings.Contains(r.out, "1 stories new") || !strings.Contains(r.err, "absent") {
		t.Errorf("exits %d: %q %q", r.code, r.out, r.err)
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"--help"}, 0}, {[]string{}, 0}, {[]string{"import", "--help"}, 0},
		{[]string{"simulate", "--workbench", "nonsense", "--addr", "127.0.0.1:0"}, 2}, {[]string{"serve", "--poll", "29s"}, 2}, {[]string{"serve", "--cloud", "china"}, 2}, {[]string{"import"}, 2}, {[]string{"export", "--wrong"}, 2}, {[]string{"--store", "sqlite:x", "export"}, 2},
		{[]string{"--store", "postgres://x", "export"}, 2}, {[]string{"quarantine"}, 2}, {[]string{"serve", "--base-url", "nonsense"}, 2},
	} {
		if len(c.args) > 0 && c.args[0] == "serve" {
			c.args = append([]string{"--store", newFolder(t).store("a.db")}, append(c.args, "--addr", "127.0.0.1:0")...)
		}
		r := workbenchRun(t, t.Context(), nil, c.args...)
		if r.code != c.code || c.code != 0 && (r.err == "" || strings.Count(r.err, "\n") != 1) {
			t.Errorf("%v exits %d, want %d; says %q", c.args, r.code, c.code, r.err)
		}
	}
	absent := filepath.Join(t.TempDir(), "absent.db")
	for _, command := range []string{"serve", "demo"} {
		if r := workbenchRun(t, t.Context(), nil, "--store", "bolt:"+absent, command, "--base-url", "nonsense"); r.code != 2 {
			t.Errorf("%s with a wrong address exits %d", command, r.code)
		}
	}
	for _, command := range []string{"export", "rebuild", "verify"} {
		if r := workbenchRun(t, t.Context(), nil, "--store", "bolt:"+absent, command); r.code != 1 {
			t.Errorf("%s of no store exits %d", command, r.code)
		}
	}
	if _, err := os.Stat(absent); err == nil {
		t.Error("a store was made by looking at it")
	}
}
