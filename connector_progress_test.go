package workbench_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
)

// day is how many minutes the naive sets below have.
const day = 100

// minutes is a set of minutes, the naive form of spans.
type minutes [day]bool

func minutesOf(spans []workbench.Span) minutes {
	var m minutes
	for i := range m {
		for _, s := range spans {
			m[i] = m[i] || !minute(i).Before(s.From) && minute(i).Before(s.To)
		}
	}
	return m
}

func drawSpan(t *rapid.T, label string) workbench.Span {
	edge := rapid.IntRange(0, day-1)
	s := workbench.Span{From: minute(edge.Draw(t, label+" from")), To: minute(edge.Draw(t, label+" to"))}
	if rapid.IntRange(0, 19).Draw(t, label+" from the beginning") == 0 {
		s.From = workbench.Time{}
	}
	return s
}

func drawCovered(t *rapid.T) ([]workbench.Span, minutes) {
	var spans []workbench.Span
	var naive minutes
	for range rapid.IntRange(0, 8).Draw(t, "spans") {
		s := drawSpan(t, "span")
		spans = workbench.Cover(spans, s)
		for i, on := range minutesOf([]workbench.Span{s}) {
			naive[i] = naive[i] || on
		}
	}
	return spans, naive
}

// orderly fails where spans are not ascending, disjoint and apart from each other.
func orderly(t *rapid.T, spans []workbench.Span) {
	for i, s := range spans {
		if !s.From.Before(s.To) {
			t.Fatalf("%v: span %d is empty", spans, i)
		}
		if i > 0 && !spans[i-1].To.Before(s.From) {
			t.Fatalf("%v: spans %d and %d touch", spans, i-1, i)
		}
	}
}

func TestCoverIsTheUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans, naive := drawCovered(t)
		orderly(t, spans)
		if got := minutesOf(spans); got != naive {
			t.Fatalf("got %v for minutes %v", spans, naive)
		}
		before := append([]workbench.Span(nil), spans...)
		workbench.Cover(spans, drawSpan(t, "another"))
		if diff := cmp.Diff(before, append([]workbench.Span(nil), spans...)); diff != "" {
			t.Fatalf("Cover changed what it was given: %s", diff)
		}
		for _, s := range spans {
			if diff := cmp.Diff(spans, workbench.Cover(spans, s)); diff != "" {
				t.Fatalf("covering %v again changes something: %s", s, diff)
			}
		}
	})
}

func TestCoverDoesNotMindTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var drawn []workbench.Span
		for range rapid.IntRange(0, 6).Draw(t, "spans") {
			drawn = append(drawn, drawSpan(t, "span"))
		}
		var one, other []workbench.Span
		for i := range drawn {
			one = workbench.Cover(one, drawn[i])
			other = workbench.Cover(other, drawn[len(drawn)-1-i])
		}
		if diff := cmp.Diff(one, other); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestMissingIsTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		covered, naive := drawCovered(t)
		wanted := drawSpan(t, "wanted")
		missing := workbench.Missing(covered, wanted)
		orderly(t, missing)
		want := minutesOf([]workbench.Span{wanted})
		for i := range want {
			want[i] = want[i] && !naive[i]
		}
		if got := minutesOf(missing); got != want {
			t.Fatalf("covered %v, wanted %v: got %v", covered, wanted, missing)
		}
		for _, m := range missing {
			covered = workbench.Cover(covered, m)
		}
		if left := workbench.Missing(covered, wanted); len(left) > 0 {
			t.Fatalf("once what was missing is covered, %v is missing", left)
		}
	})
}

func TestGapsAndShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		covered, naive := drawCovered(t)
		from := rapid.IntRange(0, day-1).Draw(t, "from")
		now := rapid.IntRange(0, day-1).Draw(t, "now")
		slack := rapid.IntRange(0, 10).Draw(t, "slack")
		p := workbench.Progress{From: minute(from), Covered: covered}

		var gaps minutes
		on := 0
		for i := from; i < now; i++ {
			gaps[i] = !naive[i] && i < now-slack
			if naive[i] {
				on++
			}
		}
		if got := minutesOf(p.Gaps(minute(now), time.Duration(slack)*time.Minute)); got != gaps {
			t.Fatalf("covered %v: got gaps %v, want %v", covered, got, gaps)
		}
		want := 1.0
		if from < now {
			want = float64(on) / float64(now-from)
		}
		if got := p.Share(minute(now)); math.Abs(got-want) > 1e-9 || got < 0 || got > 1 {
			t.Fatalf("covered %v from %d to %d: got share %v, want %v", covered, from, now, got, want)
		}
	})
}

func TestProgressBeforeItBegins(t *testing.T) {
	p := workbench.Progress{Covered: []workbench.Span{{From: minute(1), To: minute(2)}}}
	if got := p.Gaps(minute(5), 0); len(got) > 0 {
		t.Errorf("got gaps %v of what nobody wants yet", got)
	}
	if got := p.Share(minute(5)); got != 0 {
		t.Errorf("got share %v, want 0", got)
	}
}

func TestProgressCloneSharesNothing(t *testing.T) {
	p := workbench.Progress{Covered: []workbench.Span{{From: minute(1), To: minute(2)}}}
	c := p.Clone()
	c.Covered[0].To = minute(9)
	if p.Covered[0].To != minute(2) {
		t.Error("changing the clone changed what it was made from")
	}
}
