package msgraph_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
)

// graph answers requests without a network, so that waiting can be tested in simulated time.
type graph func(*http.Request) (*http.Response, error)

func (g graph) RoundTrip(r *http.Request) (*http.Response, error) { return g(r) }

// tokens gives tokens that are counted; a refused one is followed by the next. Other tokens than the newest are refused without effect.
type tokens struct {
	mu      sync.Mutex
	made    int
	refused int
}

func (k *tokens) Token(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return fmt.Sprintf("secret-token-%d", k.made), ctx.Err()
}

func (k *tokens) Refuse(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refused++
	if token == fmt.Sprintf("secret-token-%d", k.made) {
		k.made++
	}
}

// unlimited are limits that no test reaches.
var unlimited = msgraph.Limits{PerMinute: 1_000_000, Burst: 1_000_000}

func mustURL(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// client makes a client whose Graph is at graph.test.
func client(t testing.TB, g graph, l msgraph.Limits) *msgraph.Client {
	return msgraph.New(mustURL(t, "https://graph.test"), g, &tokens{}, l)
}

// reply makes an answer; header has names and values in turn.
func reply(status int, body string, header ...string) *http.Response {
	r := &http.Response{StatusCode: status, Header: http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}, "Request-Id": {"request-1"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
	for i := 0; i < len(header); i += 2 {
		r.Header[header[i]] = append(r.Header[header[i]], header[i+1])
	}
	return r
}

// refusal is the body of an error as Graph writes it.
func refusal(code, message string) string {
	return fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"date":"2026-03-11T08:19:44","request-id":"inner-1","client-request-id":"x"}}}`, code, message)
}

const emptyPage = `{"@odata.context":"https://graph.test/v1.0/$metadata#security/incidents","value":[]}`

// all collects the pages of a list.
type all struct{ pages []msgraph.Page }

func (a *all) yield(p msgraph.Page) error {
	a.pages = append(a.pages, p)
	return nil
}

// reasonOf fails where an error shows a token, and returns the reason of its fault.
func reasonOf(t testing.TB, err error) workbench.Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, workbench.FaultOf(err)), "secret-token") {
		t.Errorf("an error shows a token: %v", err)
	}
	return workbench.FaultOf(err).Reason
}

func at(text string) workbench.Time {
	t, ok := workbench.ParseTime(text)
	if !ok {
		panic("no time: " + text)
	}
	return t
}
