package boltstore_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"workbench"
	"workbench/store"
	"workbench/store/storetest"
)

// realIncidents are incidents with alerts that the dictionary was not made from. They are not part of the project.
const realIncidents = "../../../shared/data/defender/derived_secrl_as_graph_incidents.json"

func mustRead(t testing.TB) [][]workbench.Document {
	t.Helper()
	raw, err := os.ReadFile(realIncidents)
	if err != nil {
		t.Skipf("sample incidents are not here: %v", err)
	}
	var page struct{ Value []map[string]json.RawMessage }
	if err := json.Unmarshal(raw, &page); err != nil {
		t.Fatal(err)
	}
	compact := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var incidents [][]workbench.Document
	for n, incident := range page.Value {
		var alerts []json.RawMessage
		if err := json.Unmarshal(incident["alerts"], &alerts); err != nil {
			t.Fatal(err)
		}
		delete(incident, "alerts")
		d := storetest.Incident(storetest.TenantA, fmt.Sprint(n), 1, "")
		d.JSON = compact(incident)
		documents := []workbench.Document{d}
		for i, a := range alerts {
			d := storetest.Alert(storetest.TenantA, "mail", fmt.Sprint(n, "-", i), fmt.Sprint(n), 1, "")
			d.JSON = compact(a)
			documents = append(documents, d)
		}
		incidents = append(incidents, documents)
	}
	return incidents
}

// ratio is how many times smaller documents are stored than they came.
func ratio(t testing.TB, s reopened) float64 {
	t.Helper()
	sizes, err := s.Sizes(ctx, everyone)
	if err != nil {
		t.Fatal(err)
	}
	return float64(sizes.JSON) / float64(sizes.Packed)
}

// TestSizeOfDocuments holds that raw documents take at most a fifth of their JSON, when an incident comes as a whole; and a third when each
// document comes alone, as changes do.
func TestSizeOfDocuments(t *testing.T) {
	incidents := mustRead(t)
	for name, test := range map[string]struct {
		batch func(incident []workbench.Document) [][]workbench.Document
		least float64
	}{
		"incidents": {func(all []workbench.Document) [][]workbench.Document { return [][]workbench.Document{all} }, 5},
		"one document at a time": {func(all []workbench.Document) (out [][]workbench.Document) {
			for i := range all {
				out = append(out, all[i:i+1])
			}
			return out
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"), deriver)
			for _, incident := range incidents {
				for _, batch := range test.batch(incident) {
					if _, err := s.Append(ctx, everyone, storetest.BatchOf(batch...)); err != nil {
						t.Fatal(err)
					}
				}
			}
			got := ratio(t, s)
			mustClose(t, s)
			t.Logf("ratio %.1f", got)
			if got < test.least {
				t.Errorf("got ratio %.2f, want at least %.1f", got, test.least)
			}
		})
	}
}

// BenchmarkAppend adds batches of 100 incidents with five alerts of 4 KB each.
func BenchmarkAppend(b *testing.B) {
	s := mustOpen(b, filepath.Join(b.TempDir(), "store.db"), deriver)
	defer s.Close()
	text := string(bytes.Repeat([]byte(`powershell.exe -NoProfile C:\\Windows\\System32 `), 80))
	const incidents = 100
	next, size := 0, 0
	for b.Loop() {
		b.StopTimer()
		var batch store.Batch
		for range incidents {
			id := fmt.Sprint(next)
			for a := range 5 {
				d := storetest.Alert(storetest.TenantA, "mail", fmt.Sprint(id, "-", a), id, a, fmt.Sprint(next, text))
				batch.Documents = append(batch.Documents, d)
				size += len(d.JSON)
			}
			next++
		}
		b.StartTimer()
		if _, err := s.Append(ctx, everyone, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "incidents/s")
	b.ReportMetric(float64(size)/1e6/b.Elapsed().Seconds(), "MB/s")
}

// BenchmarkRatio reports the ratio of JSON to what is stored, for the sample incidents.
func BenchmarkRatio(b *testing.B) {
	incidents := mustRead(b)
	for b.Loop() {
		s := mustOpen(b, filepath.Join(b.TempDir(), "store.db"), deriver)
		for _, incident := range incidents {
			if _, err := s.Append(ctx, everyone, storetest.BatchOf(incident...)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(ratio(b, s), "ratio")
		mustClose(b, s)
	}
}

// TestDictionaryStays holds that the dictionary is the one that stored frames were made with. A better one gets a number and a file of its
// own.
func TestDictionaryStays(t *testing.T) {
	b, err := os.ReadFile("dictionary-1.json")
	if err != nil {
		t.Fatal(err)
	}
	const want = "18b421b1cfc43795d5944ca82c5b97c845e9a38ec74b1e26b2bba7db841340c8"
	if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != want || !json.Valid(b) {
		t.Errorf("dictionary-1.json has the hash %s, want %s: frames of existing stores could not be read", got, want)
	}
}
