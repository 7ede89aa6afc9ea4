package ingest_test

import (
	"runtime"
	"testing"
	"time"

	"workbench"
)

// mostOfTenant is what a tenant that is polled may hold in memory: a sixth of what 500 tenants in 300 MB have each.
const mostOfTenant = 100_000

// TestATenantHoldsLittleMemory polls some tenants and many, as the workbench does, from a simulator in a process of its own, and looks at
// what each further tenant holds between two polls.
func TestATenantHoldsLittleMemory(t *testing.T) {
	held := func(tenants int) int64 {
		away := microsoft{Tenants: tenants, Incidents: 24, Days: 1}.start(t)
		defer away.stop()
		before := inUse()
		f := newFarm(t, plot{base: away.Base, transport: away.transport(t), apps: away.Apps, covered: true, interval: time.Hour,
			kinds: []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOffice365}})
		f.run()
		f.round()
		for i, p := range f.parents {
			away.touch(t, i)
			f.poller.Wake(p)
		}
		f.round()
		after := inUse()
		f.stop()
		return after - before
	}
	held(1) // what is made once
	few, many := held(10), held(70)
	if each := (many - few) / 60; each > mostOfTenant {
		t.Errorf("a tenant holds %d bytes, want at most %d", each, mostOfTenant)
	} else {
		t.Logf("a tenant holds %d bytes: 10 hold %d, 70 hold %d", each, few, many)
	}
}

// inUse is how many bytes of heap and stacks are in use.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
