package boltstore_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"workbench"
	"workbench/store"
	"workbench/store/storetest"
)

// benchStories is how many stories benchmarks read and change, of benchTenants tenants.
const (
	benchStories = 20_000
	benchTenants = 200
)

// wordy derives stories whose heads are as large as those of real incidents.
type wordy struct{ storetest.Deriver }

func (d wordy) Derive(g workbench.Group) []workbench.Content {
	list := d.Deriver.Derive(g)
	for i := range list {
		h := &list[i].Head
		h.ProducerType, h.IncidentURL = workbench.GenericIncident, "https://security.microsoft.com/incident2/"+g.Incident+"/overview?tid="+string(g.Tenant)
		h.Indication = workbench.Text("Multi-stage incident involving initial access and command and control on one endpoint")
		h.Summary = workbench.Text("Two alerts on one device, the highest is high. Suspicious PowerShell command line was followed by a connection to a rare address.")
		h.Severity, h.Source, h.SourceIP, h.VendorStatus = workbench.Text("high"), workbench.Text("laptop-0815.contoso.example"), workbench.Text("203.0.113.17"), workbench.Text("active")
		h.FirstSignalAt, h.LastSignalAt, h.DeviceCount, h.UserCount = h.CreatedAt, h.UpdatedAt, 1, 2
		h.MitreTechniques = []workbench.Untrusted{workbench.Text("T1059.001"), workbench.Text("T1071"), workbench.Text("T1566")}
		for n := range 4 {
			h.Names = append(h.Names, workbench.Text(fmt.Sprint("name of entity ", n)))
		}
	}
	return list
}

// seeded opens a store with benchStories stories, and returns their entries.
func seeded(tb testing.TB, stories int) (reopened, []store.Entry) {
	tb.Helper()
	s := mustOpen(tb, filepath.Join(tb.TempDir(), "store.db"), wordy{})
	tb.Cleanup(func() { mustClose(tb, s) })
	const each = 5_000
	for first := 0; first < stories; first += each {
		var batch store.Batch
		for n := first; n < min(first+each, stories); n++ {
			tenant := workbench.TenantID(fmt.Sprintf("0a000000-0000-4000-8000-%012d", n*7919%benchTenants))
			batch.Documents = append(batch.Documents, storetest.Alert(tenant, "endpoint", fmt.Sprint("alert", n), fmt.Sprint(n), n%500, "Suspicious PowerShell command line"))
		}
		if _, err := s.Append(ctx, everyone, batch); err != nil {
			tb.Fatal(err)
		}
	}
	entries, err := s.Changes(ctx, 0, stories)
	if err != nil || len(entries) != stories {
		tb.Fatalf("got %d stories, %v", len(entries), err)
	}
	return s, entries
}

// BenchmarkEntries reads the 50 rows of a page, at random places.
func BenchmarkEntries(b *testing.B) {
	s, entries := seeded(b, benchStories)
	r := rand.New(rand.NewPCG(1, 2))
	refs := make([]store.Ref, 50)
	b.ReportAllocs()
	for b.Loop() {
		for i := range refs {
			refs[i] = entries[r.IntN(len(entries))].Ref
		}
		if _, err := s.Entries(ctx, refs); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkChanges reads every story, as an index does that begins anew, with one reader and with two.
func BenchmarkChanges(b *testing.B) {
	s, _ := seeded(b, benchStories)
	for _, readers := range []int{1, 2} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var group sync.WaitGroup
				for part := range readers {
					group.Go(func() {
						readRange(b, s, store.Change(part*benchStories/readers), store.Change((part+1)*benchStories/readers))
					})
				}
				group.Wait()
			}
			b.ReportMetric(float64(b.N)*benchStories/b.Elapsed().Seconds(), "stories/s")
		})
	}
}

func readRange(tb testing.TB, s store.Feed, after, last store.Change) {
	for after < last {
		page, err := s.Changes(ctx, after, min(2_000, int(last-after)))
		if err != nil || len(page) == 0 {
			tb.Errorf("after %d: %d entries, %v", after, len(page), err)
			return
		}
		after = page[len(page)-1].Number
	}
}

// BenchmarkClicks saves actions on random stories, from 1, 8 and 32 clients at once, each waiting for its last to be durable.
func BenchmarkClicks(b *testing.B) {
	for _, clients := range []int{1, 8, 32} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			s, entries := seeded(b, benchStories)
			var next atomic.Int64
			b.ResetTimer()
			var group sync.WaitGroup
			for client := range clients {
				group.Go(func() {
					r := rand.New(rand.NewPCG(1, uint64(client)))
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						a := storetest.ActionOn(entries[r.IntN(len(entries))].ID, fmt.Sprint("action", n), 600, "", "status", "monitoring", "owner", fmt.Sprint("kim", n))
						if _, _, err := s.Act(ctx, everyone, a); err != nil {
							b.Error(err)
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "clicks/s")
		})
	}
}
