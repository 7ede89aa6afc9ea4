package handlers_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// unpacked is the body of an answer as a browser reads it.
func unpacked(t *testing.T, encoding string, body io.Reader) ([]byte, error) {
	t.Helper()
	switch encoding {
	case "gzip":
		r, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case "zstd":
		r, err := zstd.NewReader(body, zstd.WithDecoderMaxWindow(8<<20)) // what browsers take
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	return io.ReadAll(body)
}

func TestAnswersAreCompressedForThoseWhoTakeIt(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	s.get("/stories") // so that all following are the same
	for _, path := range []string{"/stories", "/stories.json", "/stories.csv", "/stories.ndjson", "/stories/" + string(s.rows()[0].ID)} {
		plain := s.mustGet(path)
		for _, c := range []struct{ accepts, want string }{{"gzip, deflate, br, zstd", "zstd"}, {"gzip", "gzip"}, {"zstd;q=0.1, gzip;q=0.5", "gzip"}, {"br", ""}, {"gzip;q=0", ""}, {"", ""}} {
			w := s.get(path, "Accept-Encoding", c.accepts)
			got := w.Header().Get("Content-Encoding")
			size := strconv.Itoa(w.Body.Len())
			body, err := unpacked(t, got, w.Body)
			if got != c.want || err != nil || string(body) != plain {
				t.Errorf("%s for %q: got %q with %d bytes, want %q with %d; %v", path, c.accepts, got, len(body), c.want, len(plain), err)
			}
			if !strings.Contains(strings.Join(w.Header().Values("Vary"), ", "), "Accept-Encoding") {
				t.Errorf("%s for %q: does not vary by Accept-Encoding", path, c.accepts)
			}
			if length := w.Header().Get("Content-Length"); got != "" && length != "" && length != size {
				t.Errorf("%s for %q: has the length of the plain answer", path, c.accepts)
			}
		}
	}
}

func TestSomeAnswersGoAsTheyAre(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	tag := s.get("/stories").Header().Get("ETag")
	for _, c := range []struct {
		method, path string
		headers      []string
		want         int
	}{
		{http.MethodGet, "/healthz", nil, http.StatusOK},                                     // small
		{http.MethodGet, "/stories/news.json?since=0", nil, http.StatusOK},                   // small
		{http.MethodGet, "/sign-in?token=x", nil, 0},                                         // holds a secret
		{http.MethodGet, "/password?token=x", nil, 0},                                        // holds a secret
		{http.MethodHead, "/stories", nil, http.StatusOK},                                    // has no body
		{http.MethodGet, "/stories", []string{"If-None-Match", tag}, http.StatusNotModified}, // has no body
		{http.MethodGet, "/", nil, http.StatusSeeOther},
	} {
		w := s.do(c.method, c.path, nil, append(c.headers, "Accept-Encoding", "gzip, zstd")...)
		if w.Header().Get("Content-Encoding") != "" || c.want != 0 && w.Code != c.want {
			t.Errorf("%s %s answers %d with encoding %q", c.method, c.path, w.Code, w.Header().Get("Content-Encoding"))
		}
	}
	if w := s.get("/nowhere", "Accept-Encoding", "gzip"); w.Code != http.StatusNotFound || bytes.Contains(w.Body.Bytes(), []byte("\x1f\x8b")) && w.Header().Get("Content-Encoding") == "" {
		t.Errorf("an error page answers %d with encoding %q", w.Code, w.Header().Get("Content-Encoding"))
	}
}
