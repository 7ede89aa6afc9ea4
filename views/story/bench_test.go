package story_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/story"
)

const maxPage = 1_000_000

func big(tab string, alerts, evidence, nodes int) story.Input {
	s := story.BigStory(alerts, evidence, nodes)
	in := story.Input{Layout: layout.Props{Account: "m.rossi", Display: display()}, Story: s, Tab: tab, CanAct: true}
	if nodes > 0 {
		in.OpenAlerts, in.All = []string{s.Alerts[0].ID}, true
	}
	return in
}

func TestBigPagesStayUnderOneMegabyte(t *testing.T) {
	for _, tab := range []string{link.Overview, link.Alerts, link.Evidence, link.Entities, link.Timeline} {
		if got := len(render(t, story.Page(story.New(big(tab, 100, 1_000, 0))))); got > maxPage {
			t.Errorf("tab %q of 100 alerts and 1,000 pieces of evidence: got %d bytes, want at most %d", tab, got, maxPage)
		}
	}
}

// BenchmarkPage compares making the page of a big story with writing the same bytes ready-made.
func BenchmarkPage(b *testing.B) {
	in := big(link.Overview, 100, 1_000, 0)
	ready := []byte(render(b, story.Page(story.New(in))))
	var out bytes.Buffer
	made := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			out.Reset()
			if err := story.Page(story.New(in)).Render(context.Background(), &out); err != nil {
				b.Fatal(err)
			}
		}
	})
	written := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			out.Reset()
			if _, err := io.Copy(&out, bytes.NewReader(ready)); err != nil {
				b.Fatal(err)
			}
		}
	})
	for b.Loop() {
	}
	b.ReportMetric(float64(made.NsPerOp())/1e6, "ms/page")
	b.ReportMetric(float64(len(ready)), "bytes/page")
	b.ReportMetric(float64(made.NsPerOp())/float64(max(written.NsPerOp(), 1)), "×ready-made")
}

// BenchmarkTree compares the whole tree of 5,000 nodes with one of 100.
func BenchmarkTree(b *testing.B) {
	cost := func(nodes int) float64 {
		in := big(link.Alerts, 1, 0, nodes)
		anchor := link.AlertAnchor(in.Story.Alerts[0].ID)
		return float64(testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				if err := story.Partial(story.New(in), anchor).Render(context.Background(), io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		}).NsPerOp())
	}
	small, large := cost(100), cost(5_000)
	for b.Loop() {
	}
	b.ReportMetric(large/1e6, "ms/5000")
	b.ReportMetric(large/small, "×100-nodes")
}
