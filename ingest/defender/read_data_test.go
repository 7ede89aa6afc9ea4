package defender_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"workbench"
	"workbench/ingest/defender"
)

// dataFolder is where real exports lie, beside the project.
const dataFolder = "../../../shared/data/defender"

// mustData reads one of the real exports, or skips the test where they are not there.
func mustData(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dataFolder, name))
	if err != nil {
		t.Skipf("needs the real exports in %s, which are not part of the project: %v", dataFolder, err)
	}
	return b
}

// TestReadData counts what the real exports hold, and finds every member of every incident and alert again in the documents.
func TestReadData(t *testing.T) {
	for name, want := range map[string]struct{ incidents, alerts int }{
		"derived_secrl_as_graph_incidents.json": {4, 74},
		"demisto_graph_incidents.json":          {2, 0},
		"siemlite_graph_incident.json":          {1, 1},
		"siemlite_graph_alerts.json":            {0, 4},
		"msdocs_legacy_incidents.json":          {3, 3},
		"msdocs_legacy_alerts.json":             {0, 3},
		"rapid7_incidents.json":                 {2, 2},
		"rapid7_alerts.json":                    {0, 2},
		"splunk_m365_incident_alert.json":       {0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			text := mustData(t, name)
			got := read(bytes.NewReader(text), defender.Options{})
			if got.err != nil || len(got.bad) > 0 {
				t.Fatalf("got %q and %v", got.lines, got.err)
			}
			if got.result.Incidents != want.incidents || got.result.Alerts != want.alerts {
				t.Errorf("got %d incidents and %d alerts, want %d and %d", got.result.Incidents, got.result.Alerts, want.incidents, want.alerts)
			}
			if d := rebuilt(got.docs); !reflect.DeepEqual(d, originals(t, text)) {
				t.Error("the documents do not hold what the export holds")
			}
			for _, d := range got.docs {
				if _, ok := workbench.ParseTime(d.Updated); !ok && name != "siemlite_graph_incident.json" {
					t.Errorf("%s %s: no last update", d.Kind, d.Object)
				}
			}
		})
	}
}

// originals are the records of an export as encoding/json reads them.
func originals(t *testing.T, text []byte) []any {
	var whole any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	if page, ok := whole.(map[string]any); ok && page["value"] != nil {
		whole = page["value"]
	}
	if one, ok := whole.(map[string]any); ok {
		return []any{one}
	}
	return whole.([]any)
}

// rebuilt puts alerts back into their incidents.
func rebuilt(docs []workbench.Document) []any {
	var out []any
	var incident map[string]any
	for _, d := range docs {
		var v map[string]any
		if err := json.Unmarshal(d.JSON, &v); err != nil {
			return []any{err}
		}
		switch {
		case d.Kind == workbench.IncidentDocument:
			incident = v
			out = append(out, v)
		case incident == nil:
			out = append(out, v)
		default:
			alerts, _ := incident["alerts"].([]any)
			incident["alerts"] = append(alerts, v)
		}
	}
	return out
}
