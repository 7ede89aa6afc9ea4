package handlers_test

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
	"workbench/views/stories"
)

// breaking are lists that fail after some rows of an export.
type breaking struct {
	store.Queries
	after int
}

func (q breaking) Each(ctx context.Context, scope workbench.Scope, query store.Query, yield func(workbench.Row) error) error {
	n := 0
	return q.Queries.Each(ctx, scope, query, func(r workbench.Row) error {
		if n++; n > q.after {
			return errors.New("the disk is gone")
		}
		return yield(r)
	})
}

func TestBrokenExportIsNeverTakenForAWholeOne(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, path := range []string{"/stories.csv", "/stories.ndjson"} {
		for _, encoding := range []string{"identity", "gzip", "zstd"} {
			for _, after := range []int{0, 1, 30} {
				s.over(s.store, breaking{s.index, after})
				web := httptest.NewServer(s.server)
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.AddCookie(s.cookie)
				r.Header.Set("Accept-Encoding", encoding)
				answer, err := web.Client().Do(r)
				if err == nil { // otherwise nothing was sent at all
					_, err = io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
					if err == nil {
						t.Errorf("%s with %s, broken after %d rows, ends as if it were whole", path, encoding, after)
					}
				}
				web.Close()
			}
		}
	}
}

func TestExportIsWhatIsSeen(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	const query = "?status=!closed&sort=-severity,indication&columns=owner,indication,criticality"
	want := s.list(query + "&limit=1000")
	records, err := csv.NewReader(strings.NewReader(s.mustGet("/stories.csv" + query))).ReadAll()
	if err != nil || len(records) != want.Total+1 || len(want.Stories) != want.Total {
		t.Fatalf("got %d lines, want %d; %v", len(records), want.Total+1, err)
	}
	if heads := []string{"owner", "indication", "criticality"}; !slices.Equal(records[0], heads) {
		t.Errorf("got the heads %q, want the columns as seen %q", records[0], heads)
	}
	for i, r := range want.Stories {
		if got := records[i+1][1]; got != workbench.CSVCell(r.Indication.Raw()) {
			t.Errorf("line %d: got %q, want %q", i+1, got, r.Indication.Raw())
		}
	}
	for _, path := range []string{"/stories.csv", "/stories.ndjson", "/stories.json", "/stories"} {
		if h := s.get(path).Header(); h.Get("Last-Modified") != "" || h.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: got the headers %v", path, h)
		}
	}
	s.do(http.MethodPost, "/settings/columns", map[string][]string{stories.FormColumn: {"indication", "updated"}})
	if head, _, _ := strings.Cut(s.mustGet("/stories.csv"), "\r\n"); head != "indication,updatedAt" {
		t.Errorf("got the heads %q, want the columns that the account chose", head)
	}
}

// endless are lists of very many rows.
type endless struct {
	store.Queries
	row workbench.Row
}

func (q *endless) Each(_ context.Context, _ workbench.Scope, _ store.Query, yield func(workbench.Row) error) error {
	for range 20_000 {
		if err := yield(q.row); err != nil {
			return err
		}
	}
	return nil
}

// piecewise takes an answer and remembers its largest piece.
type piecewise struct {
	nowhere
	most, all int
}

func (n *piecewise) Write(p []byte) (int, error) {
	n.most, n.all = max(n.most, len(p)), n.all+len(p)
	return len(p), nil
}

func TestExportIsSentAsItIsRead(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	s.over(s.store, &endless{Queries: s.index, row: s.rows()[0]})
	for _, path := range []string{"/stories.csv", "/stories.ndjson"} {
		for _, encoding := range []string{"", "gzip", "zstd"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = "localhost:8080"
			r.AddCookie(s.cookie)
			r.Header.Set("Accept-Encoding", encoding)
			w := &piecewise{nowhere: nowhere{}}
			s.server.ServeHTTP(w, r)
			if w.most > 256<<10 || w.all < 10*w.most && encoding == "" {
				t.Errorf("%s as %q: %d bytes are sent in pieces of up to %d", path, encoding, w.all, w.most)
			}
		}
	}
}
