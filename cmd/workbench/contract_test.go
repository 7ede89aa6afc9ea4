package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"workbench/ingest/sample"
)

// TestExportOfSeveralTenants holds the order and the names of an export: one story a line, by story id over all tenants, plain JSON, and
// nothing of what is only added when a story is read.
func TestExportOfSeveralTenants(t *testing.T) {
	f := newFolder(t)
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, `{"id":"a%d","incidentId":"%d","tenantId":"tenant-%d","serviceSource":"%s","title":"<b>&</b>","evidence":[]}`+"\n", i, i/2, i%3, []string{"microsoftDefenderForEndpoint", "microsoftDefenderForOffice365"}[i%2])
	}
	f.must("import", f.file("many", []byte(text.String())))
	var ids []string
	tenants := map[string]bool{}
	for line := range strings.Lines(f.must("export")) {
		var story map[string]any
		if err := json.Unmarshal([]byte(line), &story); err != nil {
			t.Fatal(err)
		}
		id, _ := story["id"].(string)
		tenant, _ := story["tenant"].(map[string]any)
		ids, tenants[fmt.Sprint(tenant["id"])] = append(ids, id), true
		for _, added := range []string{"siblings", "related", "asOf"} {
			if _, there := story[added]; there {
				t.Errorf("story %s is exported with %s", id, added)
			}
		}
		if tenant["name"] != nil {
			t.Errorf("story %s is exported with its tenant's display name", id)
		}
		if !strings.Contains(line, "<b>&</b>") || strings.Contains(line, `\u003c`) {
			t.Errorf("story %s is escaped as for HTML", id)
		}
	}
	if !slices.IsSorted(ids) || len(tenants) != 3 || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("%d stories of %d tenants are not each once in the order of their ids", len(ids), len(tenants))
	}
}

// TestVariables holds that the common flags can be given as variables of the same name, and that a flag wins.
func TestVariables(t *testing.T) {
	f := newFolder(t)
	variables := map[string]string{"WORKBENCH_STORE": f.store("variable.db")}
	with := func(args ...string) result {
		var out, err bytes.Buffer
		code := run(t.Context(), args, environment{In: strings.NewReader(`{"id":"a","incidentId":"1","serviceSource":"s"}`), Out: &out, Err: &err,
			Getenv: func(name string) (string, bool) { v, ok := variables[name]; return v, ok }})
		return result{code, out.String(), err.String()}
	}
	if r := with("import", "-"); r.code != 0 || !strings.Contains(r.out, "1 stories new") {
		t.Errorf("import - exits %d: %s%s", r.code, r.out, r.err)
	}
	if r := with("--store", f.store("other.db"), "import", "-"); r.code != 0 || !strings.Contains(r.out, "1 stories new") {
		t.Errorf("with a flag beside the variable import exits %d: %s%s", r.code, r.out, r.err)
	}
	if r := with("import", "-"); r.code != 0 || !strings.Contains(r.out, "0 stories new, 0 changed, 1 unchanged") {
		t.Errorf("import - again exits %d: %s%s", r.code, r.out, r.err)
	}
	help := with("serve", "--help").out
	for _, name := range []string{"store", "addr", "base-url"} {
		variable := "WORKBENCH_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if !regexp.MustCompile(`--` + name + `=[^$]*\$` + variable).MatchString(help) {
			t.Errorf("--%s has no variable %s in the help:\n%s", name, variable, help)
		}
	}
}

// TestWhatIsNotDeliveredYet holds that commands of later steps exit 2 with one line.
func TestWhatIsNotDeliveredYet(t *testing.T) {
	for _, command := range []string{"token", "bench", "nonsense"} {
		if r := workbenchRun(t, t.Context(), nil, command); r.code != 2 || strings.Count(r.err, "\n") != 1 || r.out != "" {
			t.Errorf("%s exits %d: %q %q", command, r.code, r.out, r.err)
		}
	}
}

// TestRebuildDiff holds that --diff reports and changes nothing, and that verify finds a sound store sound.
func TestRebuildDiff(t *testing.T) {
	f := newFolder(t)
	f.must("import", f.file("page.json", sample.Page(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))))
	before := f.must("export")
	if got := f.must("rebuild", "--diff"); !strings.Contains(got, "0 stories") {
		t.Errorf("rebuild --diff says %q", got)
	}
	if f.must("export") != before {
		t.Error("rebuild --diff changes the export")
	}
	f.must("verify")
	documents := 0
	for range strings.Lines(f.must("export", "--raw")) {
		documents++
	}
	if stories := strings.Count(before, "\n"); documents <= stories {
		t.Errorf("got %d raw documents for %d stories", documents, stories)
	}
}

// TestRetryOfWhatStaysUnreadable holds the rest of the quarantine: what is still not understood stays, and says why.
func TestRetryOfWhatStaysUnreadable(t *testing.T) {
	f := newFolder(t)
	f.must("import", f.file("bad", []byte(`[7,{"id":"a","incidentId":"1","serviceSource":"s"}]`)))
	id, _, _ := strings.Cut(f.must("quarantine", "list"), " ")
	if r := f.run("quarantine", "retry", id); r.code != 1 || !strings.Contains(r.err, "not a JSON object") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("retrying exits %d: %q", r.code, r.err)
	}
	if got := f.must("quarantine", "list"); !strings.Contains(got, "1 records") {
		t.Errorf("after retrying the list is %q", got)
	}
	for _, command := range []string{"retry", "discard", "show"} {
		if r := f.run("quarantine", command, "0000"); r.code != 1 || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s of nothing exits %d: %q", command, r.code, r.err)
		}
	}
}

// TestAddressesOfTheDemo asks the running demo for every address that the contract names for it, in every form.
func TestAddressesOfTheDemo(t *testing.T) {
	s := newFolder(t).serve("demo")
	s.signIn()
	_, body := s.page("/stories.json?limit=1000&moved=true&moved=false")
	var list struct {
		Stories []struct {
			ID      string
			MovedTo []string
		}
		Total int
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Stories) < 20 || !slices.ContainsFunc(list.Stories, func(st struct {
		ID      string
		MovedTo []string
	}) bool {
		return len(st.MovedTo) > 0
	}) {
		t.Errorf("the demo has %d stories, or no merged incident", len(list.Stories))
	}
	paths := []string{"/stories", "/stories.csv", "/stories.ndjson", "/connectors", "/connectors.json", "/integrations", "/integrations/configured", "/connectors/setup", "/healthz", "/readyz"}
	for _, tab := range []string{"", "/alerts", "/evidence", "/entities", "/timeline", "/raw"} {
		paths = append(paths, "/stories/"+list.Stories[0].ID+tab, "/stories/"+list.Stories[0].ID+tab+".json")
		if tab != "" {
			paths = append(paths, "/stories/"+list.Stories[0].ID+tab+".csv")
		}
	}
	for _, path := range paths {
		if code, body := s.page(path); code != 200 || body == "" {
			t.Errorf("%s answers %d", path, code)
		}
	}
	for _, later := range []string{"/attack", "/overview", "/reports", "/audit", "/accounts", "/metrics", "/stories/" + list.Stories[0].ID + "/related", "/gallery"} {
		if code, _ := s.page(later); code != 404 {
			t.Errorf("%s answers %d before it exists", later, code)
		}
	}
	if code, page := s.page("/stories"); code != 200 || !strings.Contains(strings.ToLower(page), "demo") {
		t.Error("the page does not say that it is a demo")
	}
	lines := bufio.NewScanner(strings.NewReader(body))
	lines.Buffer(nil, 64<<20)
	if !lines.Scan() || lines.Scan() {
		t.Error("the list in JSON is not one line")
	}
}

// TestTornFile holds the row of the contract about a file that is cut: complete records stay, the summary is printed, the place is named.
func TestTornFile(t *testing.T) {
	f := newFolder(t)
	page := sample.Page(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	cut := page[:len(page)/2]
	r := f.run("import", f.file("cut.json", cut))
	if r.code != 1 || !strings.HasPrefix(r.out, "imported ") || !strings.Contains(r.err, fmt.Sprintf("byte %d", len(cut))) || strings.Count(r.err, "\n") != 1 {
		t.Errorf("exits %d: %q %q", r.code, r.out, r.err)
	}
	if strings.Contains(r.out, " 0 stories new") {
		t.Errorf("its complete records did not stay: %s", r.out)
	}
	f.must("verify")
	f.must("import", f.file("whole.json", page))
	other := []string{"--store", f.store("whole.db")}
	workbenchRun(t, t.Context(), nil, append(other, "import", filepath.Join(f.path, "whole.json"))...)
	if r := workbenchRun(t, t.Context(), nil, append(other, "export")...); r.out != f.must("export") {
		t.Error("a torn import and a whole one after it give another export than the whole one alone")
	}
}
