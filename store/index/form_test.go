package index_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"workbench"
	"workbench/store"
	"workbench/store/index"
)

// formWorld is what so many changes make of odd stories, the same each time. Most come at once, some while others are there.
func formWorld(changes int, change func(i int, e *store.Entry)) *index.Index {
	w := newWorld(4)
	w.odd = 1
	x := index.Predictable(index.Config{Rows: w})
	var batch []store.Entry
	for i := range changes {
		e := w.change(changes * 3 / 4)
		if !e.Gone {
			e.Head.ResolvedAt, e.Head.Placeholder = w.time(3), w.chance(10)
			e.Head.Names = append(e.Head.Names, workbench.Text(fmt.Sprintf("Host-%d.example", i*7919))) // enough for segments that become one
		}
		change(i, &e)
		batch = append(batch, e)
		if i == changes*5/6 || i > changes*5/6 && i%100 == 99 || i == changes-1 {
			x.Apply(batch)
			batch = nil
		}
	}
	return x
}

// TestForm holds that snapshots are only used by programs that make the same of stories: whoever changes what that is changes Form.
func TestForm(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("numbers are kept as the processor has them")
	}
	if got := index.FormOf(formWorld(20_000, func(int, *store.Entry) {})); got != index.Form {
		t.Errorf("what the index makes of stories, or how it keeps it, is not what it was: snapshots that older programs kept must not be used. Form must be %q, and is %q", got, index.Form)
	}
}

// TestFormIsTheSameHoweverFilled holds that a feed, whose texts get codes while what came before is applied, makes the same as one batch.
func TestFormIsTheSameHoweverFilled(t *testing.T) {
	w := newWorld(5)
	for range 9_000 {
		w.change(5_000)
	}
	entries, err := w.Changes(ctx, 0, 9_000)
	if err != nil {
		t.Fatal(err)
	}
	x, y := index.Predictable(index.Config{Rows: w}), index.Predictable(index.Config{Rows: w})
	if err := x.CatchUp(ctx, w); err != nil {
		t.Fatal(err)
	}
	y.Apply(entries)
	if index.FormOf(x) != index.FormOf(y) {
		t.Error("a feed and a batch of the same stories make different indexes")
	}
}

// TestFormSeesWhatStoriesSay holds that nothing which lists know of a story is without effect on the form.
func TestFormSeesWhatStoriesSay(t *testing.T) {
	form := index.FormOf(formWorld(600, func(int, *store.Entry) {}))
	for name, change := range map[string]func(e *store.Entry){
		"criticality":      func(e *store.Entry) { e.Head.Criticality++ },
		"producer":         func(e *store.Entry) { e.Head.Producer = workbench.Text("x") },
		"product":          func(e *store.Entry) { e.Head.Product += "x" },
		"severity":         func(e *store.Entry) { e.Head.Severity = workbench.Text("x") },
		"source":           func(e *store.Entry) { e.Head.Source = workbench.Text("x") },
		"source address":   func(e *store.Entry) { e.Head.SourceIP = workbench.Text("x") },
		"indication":       func(e *store.Entry) { e.Head.Indication = workbench.Text("x") },
		"incident":         func(e *store.Entry) { e.Head.IncidentID = workbench.Text("77") },
		"updated":          func(e *store.Entry) { e.Head.UpdatedAt = workbench.At(begin.AddDate(1, 0, 0)) },
		"first signal":     func(e *store.Entry) { e.Head.FirstSignalAt = workbench.At(begin.AddDate(1, 0, 0)) },
		"resolved":         func(e *store.Entry) { e.Head.AllResolved = !e.Head.AllResolved },
		"newest alert":     func(e *store.Entry) { e.Head.NewestAlertAt = workbench.At(begin.AddDate(1, 0, 0)) },
		"names":            func(e *store.Entry) { e.Head.Names = []workbench.Untrusted{workbench.Text("y")} },
		"techniques":       func(e *store.Entry) { e.Head.MitreTechniques = nil },
		"moved":            func(e *store.Entry) { e.Head.MovedTo = []workbench.StoryID{"elsewhere"} },
		"number of alerts": func(e *store.Entry) { e.Head.AlertCount++ },
		"vendor's status":  func(e *store.Entry) { e.Head.VendorStatus = workbench.Text("x") },
		"status":           func(e *store.Entry) { e.State.Status = workbench.StatusMonitoring },
		"when of status":   func(e *store.Entry) { e.State.StatusAt = workbench.At(begin.AddDate(1, 0, 0)) },
		"owner":            func(e *store.Entry) { e.State.Owner = workbench.Text("x") },
		"labels":           func(e *store.Entry) { e.State.Labels = []workbench.Untrusted{workbench.Text("x")} },
		"verdict":          func(e *store.Entry) { e.State.Verdict = workbench.VerdictBenign },
		"when acted":       func(e *store.Entry) { e.State.ActedAt = workbench.At(begin.AddDate(1, 0, 0)) },
		"place":            func(e *store.Entry) { e.Ref.Place++ },
	} {
		changed := formWorld(600, func(i int, e *store.Entry) {
			if i < 200 && !e.Gone {
				change(e)
			}
		})
		if index.FormOf(changed) == form {
			t.Errorf("%s: another value leaves the form as it was", name)
		}
	}
}
