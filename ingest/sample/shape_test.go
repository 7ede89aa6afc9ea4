package sample_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"workbench/ingest/sample"
)

func TestLarge(t *testing.T) {
	rows := mustRows(t, sample.Large(100, 10))
	if len(rows) != 1 {
		t.Fatalf("got %d incidents", len(rows))
	}
	alerts := children(rows[0], "alerts")
	if len(alerts) != 100 {
		t.Errorf("got %d alerts", len(alerts))
	}
	for _, a := range alerts {
		if got := len(children(a, "evidence")); got != 10 {
			t.Errorf("alert %s: got %d evidence items", a["id"], got)
		}
	}
}

func TestTree(t *testing.T) {
	for _, shape := range []sample.Shape{sample.Chain, sample.Star, sample.Random} {
		for _, n := range []int{0, 1, 2, 500} {
			evidence := children(children(mustRows(t, sample.Tree(n, shape))[0], "alerts")[0], "evidence")
			if len(evidence) != n+1 {
				t.Errorf("%s of %d: got %d items", shape, n, len(evidence))
			}
			roots, byParent := 0, map[any]int{}
			for _, e := range evidence[1:] {
				if e["parentProcessId"] == nil {
					roots++
				} else {
					byParent[e["parentProcessId"]]++
				}
			}
			want := map[sample.Shape]int{sample.Chain: max(n-1, 0), sample.Star: min(max(n-1, 0), 1), sample.Random: len(byParent)}[shape]
			if roots != min(n, 1) || len(byParent) != want {
				t.Errorf("%s of %d: got %d roots and %d parents, want %d parents", shape, n, roots, len(byParent), want)
			}
		}
	}
}

func TestStream(t *testing.T) {
	var short, long, other, page bytes.Buffer
	for _, c := range []struct {
		w         io.Writer
		incidents int
		seed      uint64
		write     func(io.Writer, int, uint64) error
	}{{&short, 20, 1, sample.Stream}, {&long, 60, 1, sample.Stream}, {&other, 60, 2, sample.Stream}, {&page, 60, 1, sample.StreamPage}} {
		if err := c.write(c.w, c.incidents, c.seed); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(long.Bytes(), short.Bytes()) {
		t.Error("a longer stream does not begin like a shorter one")
	}
	if bytes.Equal(long.Bytes(), other.Bytes()) {
		t.Error("the seed changes nothing")
	}
	if got := long.Len() / 60; got < 30_000 || got > 90_000 {
		t.Errorf("got %d bytes an incident", got)
	}
	rows := mustRows(t, page.Bytes())
	lines := bytes.Split(bytes.TrimSpace(long.Bytes()), []byte{'\n'})
	if len(rows) != 60 || len(lines) != 60 {
		t.Errorf("got %d rows and %d lines", len(rows), len(lines))
	}
	alerts := map[any]bool{}
	for _, line := range lines {
		var in row
		if err := json.Unmarshal(line, &in); err != nil {
			t.Fatal(err)
		}
		for _, a := range children(in, "alerts") {
			if alerts[a["id"]] {
				t.Errorf("alert %s occurs twice", a["id"])
			}
			alerts[a["id"]] = true
		}
	}
}

func TestStreamOfNothing(t *testing.T) {
	var lines, page bytes.Buffer
	if err := errors.Join(sample.Stream(&lines, 0, 1), sample.StreamPage(&page, 0, 1)); err != nil || lines.Len() != 0 || len(mustRows(t, page.Bytes())) != 0 {
		t.Errorf("got %q and %q, %v", lines.String(), page.String(), err)
	}
}

// fullDisk refuses every write.
type fullDisk struct{}

var errFull = errors.New("no space")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestStreamReportsTheWriter(t *testing.T) {
	if err := sample.Stream(fullDisk{}, 20, 1); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkStream(b *testing.B) {
	var size bytes.Buffer
	if err := sample.Stream(&size, 100, 1); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size.Len()))
	for b.Loop() {
		if err := sample.Stream(io.Discard, 100, 1); err != nil {
			b.Fatal(err)
		}
	}
}
