package handlers_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/defender"
	"workbench/ingest/sample"
	"workbench/store"
)

// pageWaits is how long a page waits at most between an event and asking for the news (static/js/live.js), so that not all ask at once.
const pageWaits = 800 * time.Millisecond

// BenchmarkNewIncidentShows tells how long it takes from handing a new incident of 50 KB to the store, as a poll does, until a browser's
// event stream says so, and until the line above the list is answered: store, index, announcements and pages over real connections, with
// the stories of 2,000 incidents in the store. "alone" is an incident while nothing else happens; "crowded" comes right after another was
// announced, so that its announcement has to wait.
func BenchmarkNewIncidentShows(b *testing.B) {
	const incidents = 40
	s := newStack(b).signedIn()
	var before bytes.Buffer
	if err := sample.Stream(&before, 2_000, 5); err != nil {
		b.Fatal(err)
	}
	s.load("before", before.Bytes())
	web := httptest.NewServer(s.server)
	defer web.Close()
	ctx, stop := context.WithCancel(b.Context())
	announced := make(chan error, 1)
	asOf := s.index.Applied()
	go func() { announced <- s.server.Announce(ctx, asOf, nil) }()
	defer func() { stop(); <-announced }()
	get := func(path string) *http.Response {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, web.URL+path, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.AddCookie(s.cookie)
		answer, err := web.Client().Do(r)
		if err != nil || answer.StatusCode != http.StatusOK {
			b.Fatalf("%s answers %v, %v", path, answer, err)
		}
		return answer
	}
	stream := get("/events")
	defer stream.Body.Close()
	numbers := make(chan store.Change, 1_000)
	go func() {
		for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				n, _ := strconv.ParseUint(text, 10, 64)
				numbers <- store.Change(n)
			}
		}
	}()
	<-numbers // of the hello
	series := sample.NewSeries(sample.Spread{Tenant: tenantOne, Domain: "one.example", Seed: 3, Incidents: 1_000_000, FirstID: 5_000_000, From: s.now.Add(-time.Hour), To: s.now})
	made := 0
	for _, c := range []struct {
		name  string
		pause time.Duration
	}{{"alone", 300 * time.Millisecond}, {"crowded", 0}} {
		b.Run(c.name, func(b *testing.B) {
			var told, shown []time.Duration
			for b.Loop() {
				for range incidents {
					<-time.After(c.pause)
					batch := store.Batch{Source: "poll", At: workbench.At(s.now)}
					_, err := defender.Read(bytes.NewReader(series.Append(nil, made)), defender.Options{Tenant: tenantOne}, func(r defender.Record) error {
						batch.Documents = append(batch.Documents, r.Documents...)
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
					made++
					began := time.Now()
					done, err := s.store.Append(ctx, workbench.EveryTenant(), batch)
					if err != nil {
						b.Fatal(err)
					}
					for n := store.Change(0); n < done.Change; {
						n = <-numbers
					}
					told = append(told, time.Since(began))
					answer := get("/stories/news?since=" + strconv.FormatUint(uint64(asOf), 10))
					line, err := io.ReadAll(answer.Body)
					answer.Body.Close()
					shown = append(shown, time.Since(began))
					if err != nil || !strings.Contains(string(line), "new") {
						b.Fatalf("the line says %q, %v", line, err)
					}
				}
			}
			for name, list := range map[string][]time.Duration{"event": told, "line": shown} {
				slices.Sort(list)
				b.ReportMetric(float64(list[len(list)/2].Microseconds())/1e3, "ms-to-"+name+"-p50")
				b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1e3, "ms-to-"+name+"-p99")
			}
			b.ReportMetric(float64((shown[len(shown)*99/100]+pageWaits).Microseconds())/1e3, "ms-to-line-p99-with-the-page's-wait")
		})
	}
}
