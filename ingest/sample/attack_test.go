package sample_test

import (
	"bytes"
	"testing"
	"time"

	"workbench/ingest/sample"
)

func TestAttacksNeverLookAhead(t *testing.T) {
	for _, a := range sample.Attacks() {
		for _, speed := range []float64{0, 1, 7.5, 600} {
			stage := sample.Stage{Tenant: "0f0e0d0c-0b0a-4908-8706-050403020100", Domain: "harbour.example", Start: now, Speed: speed, Run: 3, FirstID: 700}
			last := now.UTC()
			updated := map[any]string{}
			acts, again := a.Acts(stage), a.Acts(stage)
			for i, act := range acts {
				if !act.At.After(last) || act.Says == "" {
					t.Errorf("%s at speed %g, act %d: %s is not after %s", a.Name, speed, i, act.At, last)
				}
				last = act.At
				body := act.Page()
				if !bytes.Equal(body, act.Page()) || !bytes.Equal(body, again[i].Page()) {
					t.Errorf("%s, act %d differs from itself", a.Name, i)
				}
				newer := false
				for _, in := range mustRows(t, body) {
					newer = newer || in["lastUpdateDateTime"].(string) > updated[in["id"]]
					updated[in["id"]] = in["lastUpdateDateTime"].(string)
					for _, alert := range children(in, "alerts") {
						newer = newer || alert["lastUpdateDateTime"].(string) > updated[alert["id"]]
						updated[alert["id"]] = alert["lastUpdateDateTime"].(string)
						if alert["incidentId"] != in["id"] {
							t.Errorf("%s, act %d: alert %s names incident %v", a.Name, i, alert["id"], alert["incidentId"])
						}
					}
					walk(in, "", func(name string, leaf any) {
						s, ok := leaf.(string)
						if when, err := time.Parse(time.RFC3339Nano, s); ok && err == nil && when.After(act.At) {
							t.Errorf("%s at speed %g, act %d: %s %s lies after %s", a.Name, speed, i, name, s, act.At)
						}
					})
				}
				if !newer {
					t.Errorf("%s, act %d: nothing is newer", a.Name, i)
				}
			}
			incidents := 0
			for id := range updated {
				if len(id.(string)) == 3 {
					incidents++
				}
			}
			if incidents != a.Incidents {
				t.Errorf("%s: got %d incidents, want %d", a.Name, incidents, a.Incidents)
			}
		}
	}
}

func TestEverydayIncidentsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for run := range 40 {
		act := sample.Everyday(sample.Stage{Tenant: "0f0e0d0c-0b0a-4908-8706-050403020100", Domain: "harbour.example", Start: now, Run: run, FirstID: 700 + run})
		in := mustRows(t, act.Page())[0]
		seen[children(in, "alerts")[0]["id"].(string)] = true
		if !act.At.Equal(now.Truncate(100)) || in["lastUpdateDateTime"] != act.At.Format("2006-01-02T15:04:05.9999999Z") {
			t.Errorf("got %s and %s, want %s", act.At, in["lastUpdateDateTime"], now)
		}
	}
	if len(seen) != 40 {
		t.Errorf("got %d different alerts of 40", len(seen))
	}
}
