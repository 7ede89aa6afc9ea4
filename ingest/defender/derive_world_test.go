package defender_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/defender"
)

// deriver is the one that tests use.
var deriver = defender.NewDeriver(nil)

var received = workbench.At(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC))

// world is the documents that a store would keep.
type world struct{ docs []workbench.Observed }

// add reads JSON and keeps its documents in the order in which they come.
func (w *world) add(t testing.TB, text string) *world {
	t.Helper()
	_, err := defender.Read(strings.NewReader(text), defender.Options{Source: "import", Name: "test", At: received}, func(r defender.Record) error {
		if len(r.Quarantined) > 0 {
			t.Errorf("got quarantined: %s", r.Quarantined[0].Reason)
		}
		for _, d := range r.Documents {
			w.keep(d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) keep(d workbench.Document) {
	hash := workbench.HashJSON(d.JSON)
	for _, have := range w.docs {
		if have.Hash == hash && have.Object == d.Object && have.Incident == d.Incident && bytes.Equal(have.JSON, d.JSON) {
			return
		}
	}
	w.docs = append(w.docs, workbench.Observed{Document: d, Hash: hash, Observation: uint64(len(w.docs) + 1), ReceivedAt: received})
}

// groups are the groups of all documents, each with all versions of its alerts.
func (w *world) groups() map[workbench.GroupKey]workbench.Group {
	type object struct {
		tenant workbench.TenantID
		id     string
	}
	alerts, within := map[object][]workbench.Observed{}, map[workbench.GroupKey]map[object]bool{}
	out := map[workbench.GroupKey]workbench.Group{}
	for _, d := range w.docs {
		key, o := d.Groups(), object{d.Tenant, d.Object}
		g := out[key]
		g.GroupKey = key
		if d.Kind == workbench.IncidentDocument {
			g.Documents = append(g.Documents, d)
		} else {
			alerts[o] = append(alerts[o], d)
			if within[key] == nil {
				within[key] = map[object]bool{}
			}
			within[key][o] = true
		}
		out[key] = g
	}
	for key, g := range out {
		for o := range within[key] {
			g.Documents = append(g.Documents, alerts[o]...)
		}
		out[key] = g
	}
	return out
}

// derive makes every story of the world, by id.
func (w *world) derive() map[workbench.StoryID]workbench.Content {
	out := map[workbench.StoryID]workbench.Content{}
	for _, g := range w.groups() {
		for _, c := range deriver.Derive(g) {
			out[c.ID] = c
		}
	}
	return out
}

// story is the story of a product in an incident; it must be there.
func (w *world) story(t testing.TB, tenant workbench.TenantID, product, incident string) workbench.Content {
	t.Helper()
	c, ok := w.derive()[workbench.IncidentStory(tenant, product, incident)]
	if !ok {
		t.Fatalf("no story of %s in incident %s", product, incident)
	}
	return c
}

// sample reads a real export from beside the project; where it is not there the test is skipped.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "defender", name))
	if err != nil {
		t.Skipf("the sample exports are not beside the project: %v", err)
	}
	return b
}

// samples names the real exports.
func samples(t testing.TB) []string {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "defender", "*.json"))
	if len(paths) == 0 {
		t.Skip("the sample exports are not beside the project")
	}
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	return names
}
