package ingest_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
	"workbench/ingest/simulator"
)

// TestTroubleOfOneTenantDelaysNoOther runs everything that polls, with two tenants in trouble among six, and compares when the others were
// polled with a run without trouble: to the nanosecond, for in simulated time nothing else takes any.
func TestTroubleOfOneTenantDelaysNoOther(t *testing.T) {
	calm := pollsOfOthers(t, nil)
	if len(calm) != 4 || len(calm[0]) < 14 {
		t.Fatalf("without trouble: got %v", calm)
	}
	for name, fault := range map[string]simulator.Fault{
		"throttled":                {Do: simulator.Throttle, Text: "1800"},
		"throttled without a word": {Do: simulator.Throttle},
		"silent":                   {Do: simulator.Slow},
		"failing":                  {Do: simulator.GatewayTimeout},
		"without tokens":           {Match: "token", Do: simulator.Slow},
		"refused":                  {Match: "token", Do: simulator.EmptyCode, N: 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := pollsOfOthers(t, &fault)
			for i := range calm {
				if !slices.Equal(got[i], calm[i]) {
					t.Errorf("tenant %d was polled after %v, without trouble after %v", i, got[i], calm[i])
				}
			}
		})
	}
}

// pollsOfOthers polls six tenants for a quarter of an hour, the first two under a fault, and returns when the others were polled.
func pollsOfOthers(t *testing.T, fault *simulator.Fault) (after [][]time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		const troubled = 2
		sim := simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "microsoft.example"}})
		var apps []simulatedApp
		for i := range troubled + 4 {
			x := sim.AddTenant(simulator.TenantOptions{Name: fmt.Sprint("Tenant ", i), Licensed: true})
			x.World().Generate(6, uint64(i), 40*time.Hour)
			a := x.AddApp(simulator.AppOptions{Name: "Stories Workbench"})
			a.SetSecret(appSecret, time.Time{})
			a.Consent()
			apps = append(apps, simulatedApp{x.ID(), a.ClientID(), a.ObjectID()})
			if fault != nil && i < troubled {
				if _, err := x.World().AddFault(*fault); err != nil {
					t.Fatal(err)
				}
			}
		}
		f := newFarm(t, plot{base: sim.Base().String(), transport: sim.Transport(), apps: apps, kinds: []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOther},
			limits: msgraph.Limits{}, interval: time.Minute, random: func() float64 { return 0.5 }})
		began := time.Now()
		f.run()
		<-time.After(15 * time.Minute)
		f.stop()
		close(f.polls)
		after = make([][]time.Duration, 4)
		good := map[workbench.ConnectorID]bool{}
		for p := range f.polls {
			i := slices.Index(f.parents, p.parent)
			if i >= troubled {
				after[i-troubled] = append(after[i-troubled], p.at.Sub(began))
			} else if p.fault == nil {
				good[p.parent] = true
			}
			if i >= troubled && p.fault != nil {
				t.Errorf("a tenant without trouble: %v", p.fault)
			}
		}
		if want := troubled; fault != nil && len(good) > 0 || fault == nil && len(good) != want {
			t.Errorf("%d tenants in trouble were polled well", len(good))
		}
	})
	return after
}
