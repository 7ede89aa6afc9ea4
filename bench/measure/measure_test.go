package measure_test

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"workbench/bench/measure"
)

func TestFigure(t *testing.T) {
	var times []time.Duration
	for i := range 100 {
		times = append(times, time.Duration(100-i)*time.Microsecond)
	}
	want := measure.Figure{N: 100, P50: 50, P90: 90, P99: 99, Mean: 50.5}
	if got := measure.NewFigure(times); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := measure.NewFigure(times[:1]); got.P50 != 100 || got.P99 != 100 {
		t.Errorf("of one time: got %+v", got)
	}
	if got := measure.NewFigure(nil); got != (measure.Figure{}) {
		t.Errorf("of no time: got %+v", got)
	}
}

func TestRatio(t *testing.T) {
	var steady, wild [][]measure.Pair
	for round := range 5 {
		var a, b []measure.Pair
		for i := range 40 {
			a = append(a, measure.Pair{Own: time.Millisecond, Other: 10 * time.Millisecond})
			b = append(b, measure.Pair{Own: time.Millisecond, Other: time.Duration(1+(i*7+round*13)%40) * time.Millisecond})
		}
		steady, wild = append(steady, a), append(wild, b)
	}
	if got, want := measure.NewRatio(steady), (measure.Ratio{Median: 10, Low: 10, High: 10, Sums: 10}); got != want {
		t.Errorf("steady: got %+v, want %+v", got, want)
	}
	got := measure.NewRatio(wild)
	if got.Median != 20 || got.Low >= 20 || got.High <= 20 || got.Low < 5 || got.High > 35 || math.Abs(got.Sums-20.5) > 1e-9 {
		t.Errorf("wild: got %+v, want 20 within a range around it", got)
	}
	if again := measure.NewRatio(wild); again != got {
		t.Errorf("the same pairs give %+v, then %+v", got, again)
	}
	if got := measure.NewRatio([][]measure.Pair{nil, {}}); got != (measure.Ratio{}) {
		t.Errorf("without pairs: got %+v", got)
	}
}

func TestMoved(t *testing.T) {
	rounds := []measure.Control{{Copy: 10, Hello: 50, Fsync: 100}, {Copy: 12.9, Hello: 66, Fsync: 101}}
	if got := measure.Moved(rounds); len(got) != 1 || !strings.Contains(got[0], "hello") {
		t.Errorf("got %q, want hello alone", got)
	}
	if got := measure.Moved(nil); len(got) != 0 {
		t.Errorf("of no rounds: got %q", got)
	}
}

func TestControls(t *testing.T) {
	c, err := measure.NewControls(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Measure()
	if err != nil || got.Copy <= 0 || got.Hello <= 0 || got.Fsync <= 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestFamily(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		t.Skip("this system does not tell what a process takes")
	}
	cpu, memory, err := measure.Family(os.Getpid())
	if err != nil || cpu < 0 || memory <= 0 {
		t.Errorf("this process: got %v, %d bytes, %v", cpu, memory, err)
	}
	if _, _, err := measure.Family(1 << 30); err == nil {
		t.Error("a process that is not there: got no error")
	}
}
