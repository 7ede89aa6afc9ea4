package sample_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"workbench/ingest/sample"
)

func spread(n int) sample.Spread {
	to := now.UTC()
	return sample.Spread{Tenant: "0f0e0d0c-0b0a-4908-8706-050403020100", Domain: "harbour.example", Seed: 5, Incidents: n, FirstID: 40000,
		From: to.Add(-30 * 24 * time.Hour), To: to}
}

func TestSeriesIsWhatItsOutlineSays(t *testing.T) {
	x, again := sample.NewSeries(spread(300)), sample.NewSeries(spread(300))
	last, late := time.Time{}, 0
	for i := range x.Incidents {
		body := x.Append(nil, i)
		if !bytes.Equal(body, again.Append(nil, i)) {
			t.Fatalf("incident %d differs from itself", i)
		}
		alone := append(bytes.TrimSuffix(x.AppendAlone(nil, i), []byte("}")), `,"alerts":[`...)
		alone = append(append(alone, bytes.Join(x.Alerts(i), []byte(","))...), "]}"...)
		if !bytes.Equal(alone, body) {
			t.Fatalf("incident %d is not the sum of its parts", i)
		}
		var in row
		if err := json.Unmarshal(body, &in); err != nil {
			t.Fatal(err)
		}
		o := x.Outline(i)
		if h := x.Head(i); h.ID != o.ID || h.Status != o.Status || h.Severity != o.Severity || !h.Created.Equal(o.Created) || !h.Updated.Equal(o.Updated) || h.Alerts != nil {
			t.Errorf("incident %d: head %+v, outline %+v", i, h, o)
		}
		if !o.Updated.Equal(x.Updated(i)) || o.Updated.Before(last) {
			t.Errorf("incident %d: updated %s after %s", i, o.Updated, last)
		}
		last = o.Updated
		same(t, in, o.ID, o.Status, o.Severity, o.Created, o.Updated)
		alerts := children(in, "alerts")
		if len(alerts) != len(o.Alerts) {
			t.Fatalf("incident %d: got %d alerts, outline has %d", i, len(alerts), len(o.Alerts))
		}
		for k, a := range alerts {
			same(t, a, o.Alerts[k].ID, o.Alerts[k].Status, o.Alerts[k].Severity, o.Alerts[k].Created, o.Alerts[k].Updated)
			if a["serviceSource"] != o.Alerts[k].Source {
				t.Errorf("alert %s: got source %v, outline has %s", o.Alerts[k].ID, a["serviceSource"], o.Alerts[k].Source)
			}
			if found, ok := x.Find(o.Alerts[k].ID); !ok || found != i {
				t.Errorf("alert %s is found in %d, %t", o.Alerts[k].ID, found, ok)
			}
			behind := o.Alerts[k].Updated.Sub(o.Updated)
			if behind > sample.Trail || behind < -sample.Lead {
				t.Errorf("alert %s is updated %s after its incident", o.Alerts[k].ID, behind)
			}
			if behind > 0 {
				late++
			}
		}
		walk(in, "", func(name string, leaf any) {
			s, ok := leaf.(string)
			if when, err := time.Parse(time.RFC3339Nano, s); ok && err == nil && when.After(x.To) {
				t.Errorf("incident %d: %s %s lies after the end of the series", i, name, s)
			}
		})
	}
	if late == 0 {
		t.Error("no alert is updated later than its incident")
	}
	for _, id := range []string{"", "da", "da0f", "000000000000", "zz", "da00000000-0000-0000-0000-000000000000_1"} {
		if _, ok := x.Find(id); ok {
			t.Errorf("found alert %q, which is not there", id)
		}
	}
}

// same compares what an outline says with the JSON.
func same(t *testing.T, r row, id, status, severity string, created, updated time.Time) {
	t.Helper()
	if r["id"] != id || r["status"] != status || r["severity"] != severity {
		t.Errorf("got %v %v %v, outline has %s %s %s", r["id"], r["status"], r["severity"], id, status, severity)
	}
	for name, want := range map[string]time.Time{"createdDateTime": created, "lastUpdateDateTime": updated} {
		if got, _ := time.Parse(time.RFC3339Nano, r[name].(string)); !got.Equal(want) {
			t.Errorf("%s: got %s %s, outline has %s", id, name, got, want)
		}
	}
}

func TestSeriesOfOneMoment(t *testing.T) {
	s := spread(50)
	s.From = s.To
	x := sample.NewSeries(s)
	for i := range x.Incidents {
		if got := x.Updated(i); !got.Equal(x.To) {
			t.Fatalf("incident %d: got %s, want %s", i, got, x.To)
		}
	}
}

func BenchmarkSeriesOutline(b *testing.B) {
	x := sample.NewSeries(spread(10_000))
	for i := 0; b.Loop(); i++ {
		x.Outline(i % x.Incidents)
	}
}

func BenchmarkSeriesAppend(b *testing.B) {
	x := sample.NewSeries(spread(10_000))
	var buf []byte
	for i := 0; b.Loop(); i++ {
		buf = x.Append(buf[:0], i%x.Incidents)
		b.SetBytes(int64(len(buf)))
	}
}
