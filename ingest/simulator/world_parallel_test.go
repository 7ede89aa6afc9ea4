package simulator_test

import (
	"io"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"workbench/ingest/simulator"
)

func TestReadersAndChangesTogether(t *testing.T) {
	g := newGraph(t)
	g.world.Generate(60, 2, time.Hour)
	_, err := g.world.Start("merge", 100)
	try(t, err)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 15 {
				switch worker {
				case 0:
					_ = g.world.Touch(strconv.Itoa(1000000 + i)) // each is there
					g.clock.move(time.Second)
				case 1:
					id, err := g.world.AddFault(simulator.Fault{Do: simulator.Slow, Match: "token"})
					if err != nil {
						t.Error(err)
					}
					g.world.RemoveFault(id)
					g.world.Attacks()
				default:
					for _, path := range []string{"incidents?$expand=alerts&$top=5", "alerts_v2?$top=10", "incidents/1000003"} {
						res, err := g.client.Do(g.request(t, path))
						if err != nil {
							t.Error(err)
							continue
						}
						if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
							t.Errorf("GET %s: %d %v", path, res.StatusCode, err)
						}
						res.Body.Close()
					}
				}
			}
		})
	}
	all.Wait()
	if got := len(g.world.Incidents()); got < 61 {
		t.Errorf("got %d incidents", got)
	}
}

// A large generated world costs what its requests cost, not what its incidents would.
func TestGeneratedWorldsAreSmall(t *testing.T) {
	g := newGraph(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 100 {
		w := g.s.AddTenant(simulatorTenant()).World()
		w.Generate(10_000, 7, 30*24*time.Hour)
	}
	g.world.Generate(10_000, 7, 30*24*time.Hour)
	g.mustList(t, "incidents?$expand=alerts&$top=50")
	g.mustList(t, "alerts_v2?$top=1000&$filter=lastUpdateDateTime ge 2026-03-11T00:00:00Z")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20; grown > 64 {
		t.Errorf("101 tenants of 10,000 incidents take %d MB", grown)
	}
}
