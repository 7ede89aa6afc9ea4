package defender_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"workbench"
)

func TestSampleStories(t *testing.T) {
	w := (&world{}).add(t, string(sample(t, "derived_secrl_as_graph_incidents.json")))
	got, alerts := map[string]int{}, 0
	for _, c := range w.derive() {
		got[c.IncidentID.Raw()]++
		alerts += c.AlertCount
		if c.Placeholder || len(c.MovedTo) > 0 || len(c.Alerts) != c.AlertCount || c.Summary.IsZero() || c.Criticality < 1 || c.Criticality > 10 {
			t.Errorf("got story %s of %s: %+v", c.Product, c.IncidentID, c.Head)
		}
	}
	want := map[string]int{"356": 1, "347": 1, "357": 4, "529": 3}
	for incident, n := range want {
		if got[incident] != n {
			t.Errorf("incident %s: got %d stories, want %d", incident, got[incident], n)
		}
	}
	if len(got) != len(want) || alerts != 74 {
		t.Errorf("got %d incidents and %d alerts, want %d and 74", len(got), alerts, len(want))
	}
}

// sampleProcess is a process as the file says it, read by this test alone.
type sampleProcess struct {
	ODataType string `json:"@odata.type"`
	Device    string `json:"mdeDeviceId"`
	PID       *int64 `json:"processId"`
	Started   string `json:"processCreationDateTime"`
	ParentPID *int64 `json:"parentProcessId"`
	Parent    string `json:"parentProcessCreationDateTime"`
}

// identity is device, process id and start in milliseconds.
func identity(t *testing.T, device string, pid int64, started string) string {
	at, err := time.Parse(time.RFC3339Nano, started)
	if err != nil {
		t.Fatal(err)
	}
	return device + "/" + strconv.FormatInt(pid, 10) + "/" + strconv.FormatInt(at.UnixMilli(), 10)
}

func TestSampleParents(t *testing.T) {
	raw := sample(t, "derived_secrl_as_graph_incidents.json")
	var page struct {
		Value []struct {
			ID     string
			Alerts []struct {
				ServiceSource string
				Evidence      []sampleProcess
			}
		}
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		t.Fatal(err)
	}
	parents, items, timeless := map[string]string{}, 0, 0 // story and process to parent, "" = none is named
	for _, i := range page.Value {
		for _, a := range i.Alerts {
			story := i.ID + "/" + workbench.ProductOf(workbench.Text(a.ServiceSource)).Key + "/"
			for _, p := range a.Evidence {
				if !strings.HasSuffix(p.ODataType, ".processEvidence") {
					continue
				}
				items++
				if strings.HasPrefix(p.Started, "0001-") { // Microsoft's word for no time: nobody's parent, and nobody's child
					timeless++
					continue
				}
				key := story + identity(t, p.Device, *p.PID, p.Started)
				if p.ParentPID != nil {
					parents[key] = identity(t, p.Device, *p.ParentPID, p.Parent)
				} else if parents[key] == "" {
					parents[key] = ""
				}
			}
		}
	}
	seen, hung := map[string]bool{}, 0
	for _, c := range (&world{}).add(t, string(raw)).derive() {
		for _, tree := range c.ProcessTrees {
			keys := map[string]string{}
			for _, n := range tree.Nodes {
				if n.Kind != workbench.ProcessNode && n.Kind != workbench.GapNode {
					continue
				}
				if n.StartedAt.IsZero() {
					if timeless--; n.ParentID != "" {
						t.Errorf("process %s has no start and a parent", n.ID)
					}
					continue
				}
				key := tree.DeviceID + "/" + strconv.FormatInt(*n.ProcessID, 10) + "/" + strconv.FormatInt(n.StartedAt.UnixMilli(), 10)
				keys[n.ID] = key
				if n.Kind == workbench.GapNode {
					continue
				}
				process := c.IncidentID.Raw() + "/" + c.Product + "/" + key
				want, known := parents[process]
				if !known || seen[process] {
					t.Errorf("process %s is in no document, or stands twice", process)
				}
				seen[process] = true
				if got := keys[n.ParentID]; got != want {
					t.Errorf("process %s hangs under %q, want %q", process, got, want)
				}
				if want != "" {
					hung++
				}
			}
		}
	}
	if len(seen) != len(parents) {
		t.Errorf("got %d processes in trees, want %d", len(seen), len(parents))
	}
	if items != 110 || hung == 0 || timeless != 0 {
		t.Errorf("got %d processes in the file, want 110; %d without a start are missing", items, timeless)
	}
	t.Logf("%d process items, %d processes, %d under their parents", items, len(parents), hung)
}

// TestSampleLeaves holds every value of every alert and incident against what a story gives back: its JSON, or a document that its Raw list
// names.
func TestSampleLeaves(t *testing.T) {
	for _, name := range samples(t) {
		t.Run(name, func(t *testing.T) {
			raw := sample(t, name)
			w := (&world{}).add(t, string(raw))
			have, typed := map[string]bool{}, map[string]bool{}
			byHash := map[workbench.Hash][]byte{}
			for _, d := range w.docs {
				byHash[d.Hash] = d.JSON
			}
			for _, c := range w.derive() {
				content, err := json.Marshal(c)
				if err != nil {
					t.Fatal(err)
				}
				leaves(t, content, typed)
				leaves(t, content, have)
				for _, ref := range c.Raw {
					doc, ok := byHash[ref.Hash]
					if !ok {
						t.Errorf("raw document %s was never kept", ref.Hash)
						continue
					}
					leaves(t, doc, have)
				}
			}
			all := map[string]bool{}
			leaves(t, raw, all)
			missing, untyped := 0, 0
			for leaf := range all {
				if !have[leaf] && !strings.HasPrefix(leaf, "https://graph.microsoft.com/") {
					missing++
					t.Errorf("lost: %.200s", leaf)
				}
				if !typed[leaf] {
					untyped++
				}
			}
			t.Logf("%d values, %d of them in documents only", len(all), untyped)
		})
	}
}

// leaves collects every string, number and bool of some JSON.
func leaves(t *testing.T, raw []byte, into map[string]bool) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, m := range v {
				walk(m)
			}
		case []any:
			for _, m := range v {
				walk(m)
			}
		case string:
			into[v] = true
		case json.Number:
			into[v.String()] = true
		case bool:
			into[strconv.FormatBool(v)] = true
		}
	}
	walk(v)
}
