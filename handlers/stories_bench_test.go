package handlers_test

import (
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"workbench"
	"workbench/handlers"
	"workbench/ingest/sample"
	"workbench/store"
)

// decoded is a store that holds one story as it is when it has been read.
type decoded struct {
	store.Store
	story workbench.Story
}

func (d decoded) Story(context.Context, workbench.Scope, workbench.StoryID) (workbench.Story, error) {
	return d.story, nil
}

// BenchmarkStoryPage compares answering the page of a story of 100 alerts and 1,000 evidence items with sending the same bytes kept ready,
// through the same compression: once from a decoded story, once with reading it from the store. Everything is taken turn by turn in one run.
func BenchmarkStoryPage(b *testing.B) {
	s := newStack(b)
	s.load("large", sample.Large(100, 10))
	s.signedIn()
	id := s.rows()[0].ID
	path := "/stories/" + string(id)
	body := []byte(s.mustGet(path))
	whole, err := s.store.Story(b.Context(), workbench.EveryTenant(), id)
	if err != nil {
		b.Fatal(err)
	}
	fromStore := s.server
	s.server, err = handlers.New(b.Context(), handlers.Config{Store: decoded{s.store, whole}, Queries: s.index, BaseURL: fromStore.BaseURL, Now: fromStore.Now, Log: fromStore.Log})
	if err != nil {
		b.Fatal(err)
	}
	fromDecoded := s.server
	ready := echo.New()
	ready.Use(middleware.GzipWithConfig(middleware.GzipConfig{Level: gzip.BestSpeed}))
	ready.GET("/", func(c echo.Context) error { return c.Blob(http.StatusOK, echo.MIMETextHTMLCharsetUTF8, body) })

	for _, encoding := range []string{"gzip", "identity"} {
		b.Run(encoding, func(b *testing.B) {
			var read, rendered, sent time.Duration
			get := func(server *handlers.Server) time.Duration {
				s.server = server
				start := time.Now()
				if w := s.get(path, "Accept-Encoding", encoding); w.Code != http.StatusOK {
					b.Fatalf("the page answers %d", w.Code)
				}
				return time.Since(start)
			}
			for b.Loop() {
				read += get(fromStore)
				rendered += get(fromDecoded)
				start := time.Now()
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header.Set("Accept-Encoding", encoding)
				ready.ServeHTTP(httptest.NewRecorder(), r)
				sent += time.Since(start)
			}
			b.ReportMetric(float64(rendered)/float64(sent), "decoded/ready")
			b.ReportMetric(float64(read)/float64(sent), "stored/ready")
			b.ReportMetric(float64(len(body)), "bytes/page")
		})
	}
}
