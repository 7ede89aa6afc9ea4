package story_test

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

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
	var made, written time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		out.Reset()
		start := time.Now()
		if err := story.Page(story.New(in)).Render(context.Background(), &out); err != nil {
			b.Fatal(err)
		}
		made += time.Since(start)
		out.Reset()
		start = time.Now()
		if _, err := out.Write(ready); err != nil {
			b.Fatal(err)
		}
		written += time.Since(start)
	}
	b.ReportMetric(float64(made.Microseconds())/float64(rounds)/1e3, "ms/page")
	b.ReportMetric(float64(len(ready)), "bytes/page")
	b.ReportMetric(float64(made)/float64(max(written, 1)), "×ready-made")
}

// BenchmarkTree compares the whole tree of 5,000 nodes with one of 100.
func BenchmarkTree(b *testing.B) {
	small, large := big(link.Alerts, 1, 0, 100), big(link.Alerts, 1, 0, 5_000)
	cost := func(in story.Input, times int) time.Duration {
		start := time.Now()
		for range times {
			if err := story.Partial(story.New(in), link.AlertAnchor(in.Story.Alerts[0].ID)).Render(context.Background(), io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(start) / time.Duration(times)
	}
	var of100, of5000 time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		of100 += cost(small, 10)
		of5000 += cost(large, 1)
	}
	b.ReportMetric(float64(of5000.Microseconds())/float64(rounds)/1e3, "ms/5000")
	b.ReportMetric(float64(of5000)/float64(max(of100, 1)), "×100-nodes")
}
