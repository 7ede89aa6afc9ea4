package workbench_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"workbench"
)

func change(f workbench.ActionField, after string) workbench.FieldChange {
	return workbench.FieldChange{Field: f, After: workbench.Text(after)}
}

func act(changes ...workbench.FieldChange) workbench.Action {
	return workbench.Action{Changes: changes, Expect: -1}
}

// take prepares actions one after the other and returns the state that they leave.
func take(t *testing.T, actions ...workbench.Action) workbench.State {
	t.Helper()
	var done []workbench.Action
	for i, a := range actions {
		a.ID, a.At = "a"+strconv.Itoa(i), workbench.At(time.Unix(int64(i), 0))
		prepared, err := workbench.StateOf(done).Prepare(a)
		if err != nil {
			t.Fatalf("action %d: %v", i, err)
		}
		done = append(done, prepared)
	}
	return workbench.StateOf(done)
}

func TestPrepareRefuses(t *testing.T) {
	long := strings.Repeat("x", workbench.MaxActionText+1)
	for _, c := range []struct {
		name   string
		action workbench.Action
		field  string
	}{
		{"a status that is none", act(change("status", "done")), "status"},
		{"an empty status", act(change("status", "")), "status"},
		{"a verdict that is none", act(change("verdict", "evil")), "verdict"},
		{"a severity that is none", act(change("verdict", "malicious"), change("analystSeverity", "huge")), "analystSeverity"},
		{"a severity without the verdict malicious", act(change("analystSeverity", "high")), "analystSeverity"},
		{"a severity with another verdict", act(change("verdict", "benign"), change("analystSeverity", "high")), "analystSeverity"},
		{"a field that is none", act(change("criticality", "1")), "criticality"},
		{"a long comment", workbench.Action{Comment: workbench.Text(long), Expect: -1}, "comment"},
		{"long additional information", act(change("additionalInfo", long)), "additionalInfo"},
		{"a long owner", act(change("owner", long)), "owner"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var invalid *workbench.Invalid
			_, err := workbench.State{}.Prepare(c.action)
			if !errors.As(err, &invalid) || invalid.Fields[c.field] == "" {
				t.Errorf("got %v, want a sentence about %s", err, c.field)
			}
		})
	}
}

func TestPrepare(t *testing.T) {
	t.Run("refuses what somebody else changed first", func(t *testing.T) {
		s := take(t, act(change("status", "closed")))
		if _, err := s.Prepare(workbench.Action{Expect: 0}); !errors.Is(err, workbench.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
		if _, err := s.Prepare(workbench.Action{Expect: 1}); err != nil {
			t.Errorf("got %v for an analyst who saw it", err)
		}
	})
	t.Run("clears the severity with the verdict", func(t *testing.T) {
		s := take(t, act(change("verdict", "malicious"), change("analystSeverity", "high")), act(change("verdict", "benign")))
		if s.AnalystSeverity != "" || s.Verdict != workbench.VerdictBenign {
			t.Errorf("got verdict %q, severity %q", s.Verdict, s.AnalystSeverity)
		}
	})
	t.Run("drops what changes nothing", func(t *testing.T) {
		s := take(t, act(change("owner", "kim")))
		a, err := s.Prepare(act(change("owner", " kim ")))
		if err != nil || len(a.Changes) != 0 {
			t.Errorf("got %v, %v", a.Changes, err)
		}
	})
	t.Run("records before and after", func(t *testing.T) {
		s := take(t, act(change("owner", "kim")), act(change("owner", "lee")))
		want := []workbench.FieldChange{{Field: "owner", Before: workbench.Text("kim"), After: workbench.Text("lee")}}
		if diff := cmp.Diff(want, s.Actions[1].Changes, cmp.AllowUnexported(workbench.Untrusted{})); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("sorts labels", func(t *testing.T) {
		if got := take(t, act(change("labels", "b, a,, b"))).Get(workbench.FieldLabels).Raw(); got != "a, b" {
			t.Errorf("got %q", got)
		}
	})
}

func TestStatusOf(t *testing.T) {
	at := func(h int) workbench.Time { return workbench.At(time.Unix(int64(h)*3600, 0)) }
	closed := workbench.StateOf([]workbench.Action{{At: at(100), Changes: []workbench.FieldChange{change("status", "closed")}}})
	for _, c := range []struct {
		name  string
		head  workbench.Head
		state workbench.State
		want  workbench.Status
		waits workbench.Time
	}{
		{"untouched", workbench.Head{CreatedAt: at(1)}, workbench.State{}, workbench.StatusOpen, at(1)},
		{"resolved by Microsoft", workbench.Head{AllResolved: true}, workbench.State{}, workbench.StatusClosed, workbench.Time{}},
		{"closed by an analyst", workbench.Head{NewestAlertAt: at(99)}, closed, workbench.StatusClosed, workbench.Time{}},
		{"a new alert soon after", workbench.Head{NewestAlertAt: at(111)}, closed, workbench.StatusClosed, workbench.Time{}},
		{"a new alert much later", workbench.Head{NewestAlertAt: at(113)}, closed, workbench.StatusReopened, at(113)},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := workbench.NewRow(c.head, c.state, workbench.Untrusted{})
			if row.Status != c.want || row.WaitingSince != c.waits {
				t.Errorf("got %s since %v, want %s since %v", row.Status, row.WaitingSince, c.want, c.waits)
			}
		})
	}
}

func TestInverseTakesAnythingBack(t *testing.T) {
	values := map[workbench.ActionField][]string{
		"status": {"open", "closed", "monitoring", "pendingAnalysis"}, "verdict": {"", "malicious", "benign"}, "analystSeverity": {"", "high", "low"},
		"threatType": {"", "Phishing", "Malware"}, "owner": {"", "kim", "lee"}, "labels": {"", "a", "b, a"}, "additionalInfo": {"", "seen before"},
	}
	rapid.Check(t, func(t *rapid.T) {
		var done []workbench.Action
		for i := range rapid.IntRange(1, 12).Draw(t, "actions") {
			a := workbench.Action{ID: strconv.Itoa(i), At: workbench.At(time.Unix(int64(i), 0)), Expect: -1}
			for _, f := range workbench.ActionFields {
				if options := values[f]; options != nil && rapid.Bool().Draw(t, string(f)) {
					a.Changes = append(a.Changes, change(f, rapid.SampledFrom(options).Draw(t, "value")))
				}
			}
			a.Comment = workbench.Text(rapid.SampledFrom([]string{"", "looked", "again"}).Draw(t, "comment"))
			before := workbench.StateOf(done)
			prepared, err := before.Prepare(a)
			if err != nil {
				continue
			}
			done = append(done, prepared)
			undo := prepared.Inverse()
			undo.ID, undo.At = "undo", workbench.At(time.Unix(int64(i)+1, 0))
			inverse, err := workbench.StateOf(done).Prepare(undo)
			if err != nil {
				t.Fatalf("taking back %+v: %v", prepared, err)
			}
			after := workbench.StateOf(append(done[:len(done):len(done)], inverse))
			for _, f := range workbench.ActionFields {
				if after.Get(f) != before.Get(f) {
					t.Fatalf("%s is %q after taking back %+v, was %q", f, after.Get(f), prepared, before.Get(f))
				}
			}
			if diff := cmp.Diff(before.Comments, after.Comments, cmp.AllowUnexported(workbench.Untrusted{}), cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
