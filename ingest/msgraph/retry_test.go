package msgraph_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/msgraph"
)

func TestAnswersAndWhatIsMadeOfThem(t *testing.T) {
	const roles = "Missing application roles. API required roles: SecurityIncident.Read.All,SecurityIncident.ReadWrite.All, application roles: ."
	for name, c := range map[string]struct {
		status int
		body   string
		tries  int
		reason workbench.Reason
		detail string
	}{
		"top too large":        {400, refusal("", "The limit of '50' for Top query has been exceeded."), 1, workbench.ReasonRequestRefused, "The limit of '50' for Top query has been exceeded."},
		"unknown error 400":    {400, refusal("UnknownError", ""), 1, workbench.ReasonRequestRefused, "UnknownError"},
		"token":                {401, refusal("InvalidAuthenticationToken", "Access token has expired or is not yet valid."), 2, workbench.ReasonTokenRefused, "Access token has expired or is not yet valid."},
		"token, nothing said":  {401, "", 2, workbench.ReasonTokenRefused, ""},
		"roles":                {403, refusal("Forbidden", roles), 1, workbench.ReasonRolesMissing, roles},
		"directory":            {403, refusal("Authorization_RequestDenied", "Insufficient privileges to complete the operation."), 1, workbench.ReasonRolesMissing, "Insufficient privileges to complete the operation."},
		"no licence":           {403, refusal("Forbidden", "The tenant is not onboarded."), 1, workbench.ReasonNotProvisioned, "The tenant is not onboarded."},
		"unknown error 403":    {403, refusal("UnknownError", ""), 1, workbench.ReasonNotProvisioned, "UnknownError"},
		"403 of nobody":        {403, "", 1, workbench.ReasonNotProvisioned, ""},
		"403 of a proxy":       {403, "<html>Blocked by policy</html>", 1, workbench.ReasonUnreadable, ""},
		"404 of a proxy":       {404, "<html>Not here</html>", 1, workbench.ReasonUnreadable, ""},
		"list that is not":     {404, refusal("NotFound", "no"), 1, workbench.ReasonRequestRefused, "no"},
		"method":               {405, refusal("x", "y"), 1, workbench.ReasonRequestRefused, "y"},
		"proxy wants to know":  {407, "<html>", 1, workbench.ReasonUnreachable, ""},
		"request timeout":      {408, "", 5, workbench.ReasonUnavailable, ""},
		"unknown error 409":    {409, refusal("UnknownError", ""), 5, workbench.ReasonUnavailable, "UnknownError"},
		"unknown error, said":  {409, refusal("UnknownError", "x"), 1, workbench.ReasonRequestRefused, "x"},
		"throttled":            {429, refusal("TooManyRequests", "Too many requests."), 5, workbench.ReasonThrottled, "Too many requests."},
		"bad gateway":          {502, "<html>", 5, workbench.ReasonUnavailable, ""},
		"unavailable":          {503, refusal("ServiceUnavailable", ""), 5, workbench.ReasonUnavailable, "ServiceUnavailable"},
		"HTML":                 {200, "<html>", 5, workbench.ReasonUnreadable, ""},
		"part":                 {206, emptyPage, 5, workbench.ReasonUnreadable, ""},
		"redirect":             {302, "", 1, workbench.ReasonUnreadable, ""},
		"long words":           {400, refusal("x", strings.Repeat("é", 600)), 1, workbench.ReasonRequestRefused, strings.Repeat("é", 499) + "…"},
		"error is a text":      {502, `{"error":"oops"}`, 5, workbench.ReasonUnavailable, ""},
		"message is an object": {502, `{"error":{"code":"x","message":{"y":1}}}`, 5, workbench.ReasonUnavailable, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				k := &tokens{}
				m := msgraph.New(mustURL(t, "https://graph.test"), graph(func(*http.Request) (*http.Response, error) {
					asked++
					return reply(c.status, c.body), nil
				}), k, unlimited)
				_, err := m.Probe(t.Context())
				f := workbench.FaultOf(err)
				if reasonOf(t, err) != c.reason || asked != c.tries || f.Trace.Raw() != "request-1" {
					t.Errorf("got %v (trace %v) after %d tries, want %s after %d", err, f.Trace, asked, c.reason, c.tries)
				}
				if diff := cmp.Diff(c.detail, f.Detail.Raw()); diff != "" {
					t.Error(diff)
				}
				if want := c.status == 401; want != (k.refused == 1) {
					t.Errorf("%d tokens refused", k.refused)
				}
			})
		})
	}
}

func TestTraceIsFoundAnywhere(t *testing.T) {
	for want, header := range map[string]http.Header{"request-1": {"Request-Id": {"request-1"}}, "inner-1": {}} {
		m := client(t, func(*http.Request) (*http.Response, error) {
			r := reply(400, refusal("x", "y"))
			r.Header = header
			return r, nil
		}, unlimited)
		_, err := m.Probe(t.Context())
		if got := workbench.FaultOf(err).Trace.Raw(); got != want {
			t.Errorf("got trace %q, want %q", got, want)
		}
	}
	var sent string
	m := client(t, func(r *http.Request) (*http.Response, error) {
		sent = r.Header.Get("Client-Request-Id")
		return nil, &tls.CertificateVerificationError{Err: errors.New("unknown authority")}
	}, unlimited)
	_, err := m.Probe(t.Context())
	if got := workbench.FaultOf(err).Trace.Raw(); got != sent || reasonOf(t, err) != workbench.ReasonUnreachable {
		t.Errorf("got %v with trace %q, want ours, %q", err, got, sent)
	}
}

func TestTriesBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 50 {
			var times []time.Time
			m := client(t, func(*http.Request) (*http.Response, error) {
				times = append(times, time.Now())
				return nil, io.ErrUnexpectedEOF
			}, msgraph.Limits{PerMinute: 1_000_000, Burst: 1_000_000, Attempts: 9})
			if _, err := m.Probe(t.Context()); reasonOf(t, err) != workbench.ReasonUnreachable || len(times) != 9 {
				t.Fatalf("got %v after %d tries", err, len(times))
			}
			for i, most := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
				if d := times[i+1].Sub(times[i]); d > most*time.Second {
					t.Errorf("try %d came %v after the one before, want at most %d s", i+2, d, most)
				}
			}
			if waited := m.Usage().Waited; waited != times[8].Sub(times[0]) {
				t.Errorf("usage says %v waited, want %v", waited, times[8].Sub(times[0]))
			}
		}
	})
}

func TestTriesThatComeGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []func() (*http.Response, error){
			func() (*http.Response, error) { return nil, io.EOF },
			func() (*http.Response, error) { return reply(200, `{"value":[{}`), nil },
			func() (*http.Response, error) { return reply(502, ""), nil },
			func() (*http.Response, error) { return reply(401, ""), nil },
			func() (*http.Response, error) { return reply(429, "", "Retry-After", "7"), nil },
			func() (*http.Response, error) { return reply(200, `{"value":[{}]}`), nil },
		}
		asked := 0
		m := client(t, func(*http.Request) (*http.Response, error) {
			asked++
			return answers[asked-1]()
		}, unlimited)
		var got all
		if done, err := m.Incidents(t.Context(), msgraph.Window{}, got.yield); err != nil || done.Pages != 1 || len(got.pages) != 1 {
			t.Errorf("got %+v, %v", done, err)
		}
		if u := m.Usage(); u.Requests != 6 || u.Throttled != 1 || u.Waited < 7*time.Second || u.Bytes == 0 || !u.Until.IsZero() {
			t.Errorf("got usage %+v", u)
		}
	})
}

func TestPagesAreHalved(t *testing.T) {
	for name, c := range map[string]struct {
		fails  func(top int) int // status; 0 = none
		alerts bool
		want   []int
		reason workbench.Reason
	}{
		"once":            {func(top int) int { return map[bool]int{true: 500}[top > 25] }, false, []int{50, 50, 25}, ""},
		"down to one":     {func(top int) int { return map[bool]int{true: 504}[top > 1] }, false, []int{50, 50, 25, 12, 6, 3, 1}, ""},
		"alerts":          {func(top int) int { return map[bool]int{true: 500}[top > 1] }, true, []int{500, 500, 250, 125, 62, 31, 15, 7, 3, 1}, ""},
		"always":          {func(int) int { return 500 }, false, []int{50, 50, 25, 12, 6, 3, 1}, workbench.ReasonUnavailable},
		"not for another": {func(int) int { return 502 }, false, []int{50, 50, 50, 50, 50}, workbench.ReasonUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []int
				m := client(t, func(r *http.Request) (*http.Response, error) {
					top, _ := strconv.Atoi(r.URL.Query().Get("$top"))
					got = append(got, top)
					if status := c.fails(top); status != 0 {
						return reply(status, ""), nil
					}
					return reply(200, emptyPage), nil
				}, unlimited)
				list := m.Incidents
				if c.alerts {
					list = m.Alerts
				}
				_, err := list(t.Context(), msgraph.Window{}, new(all).yield)
				if reasonOf(t, err) != c.reason {
					t.Errorf("got %v", err)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestLinkThatFailsIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := client(t, func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/next") {
				return reply(500, refusal("InternalServerError", "oops")), nil
			}
			return reply(200, `{"value":[{}],"@odata.nextLink":"https://graph.test/v1.0/next"}`), nil
		}, unlimited)
		var got all
		done, err := m.Incidents(t.Context(), msgraph.Window{}, got.yield)
		if reasonOf(t, err) != workbench.ReasonUnavailable || len(got.pages) != 1 || done.Items != 1 || m.Usage().Requests != 6 {
			t.Fatalf("got %+v, %v after %d requests", done, err, m.Usage().Requests)
		}
		if !strings.Contains(err.Error(), "page 2") || !strings.Contains(err.Error(), "following Microsoft's link") {
			t.Errorf("the error does not tell which page failed: %v", err)
		}
	})
}

func TestIncidentThatIsTooLarge(t *testing.T) {
	silent := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	for name, c := range map[string]struct {
		answer graph
		reason workbench.Reason
	}{
		"500":    {func(*http.Request) (*http.Response, error) { return reply(500, ""), nil }, workbench.ReasonUnavailable},
		"504":    {func(*http.Request) (*http.Response, error) { return reply(504, ""), nil }, workbench.ReasonUnavailable},
		"silent": {silent, workbench.ReasonUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := client(t, c.answer, unlimited)
				_, err := m.Incident(t.Context(), "1")
				if reasonOf(t, err) != c.reason || !errors.Is(err, msgraph.ErrTooLarge) || m.Usage().Requests != 5 {
					t.Errorf("got %v after %d requests", err, m.Usage().Requests)
				}
				if _, err := m.IncidentAlone(t.Context(), "1"); errors.Is(err, msgraph.ErrTooLarge) {
					t.Errorf("an incident alone is called too large: %v", err)
				}
			})
		})
	}
}

// drip is a body that gives a byte each time that something has passed, and ends with its request.
type drip struct {
	ctx   context.Context
	every time.Duration
}

func (d drip) Read(b []byte) (int, error) {
	select {
	case <-time.After(d.every):
		b[0] = ' '
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (d drip) Close() error { return nil }

func TestAnswerThatDoesNotGoOn(t *testing.T) {
	body := func(status int, every time.Duration) graph {
		return func(r *http.Request) (*http.Response, error) {
			a := reply(status, "")
			a.Body, a.ContentLength = drip{r.Context(), every}, -1
			return a, nil
		}
	}
	for name, c := range map[string]struct {
		answer graph
		after  time.Duration
		reason workbench.Reason
	}{
		"no headers": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, time.Minute, workbench.ReasonUnreachable},
		"body stands still":           {body(200, 24*time.Hour), time.Minute, workbench.ReasonUnreadable},
		"body drips":                  {body(200, 59*time.Second), 10 * time.Minute, workbench.ReasonUnreadable},
		"words of an error not there": {body(403, 24*time.Hour), 10 * time.Second, workbench.ReasonNotProvisioned},
		"throttled after first byte":  {body(429, 24*time.Hour), 10 * time.Second, workbench.ReasonThrottled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				m := client(t, c.answer, msgraph.Limits{Attempts: 1})
				_, err := m.Probe(t.Context())
				if took := time.Since(began); took != c.after || reasonOf(t, err) != c.reason {
					t.Errorf("got %v after %v, want %s after %v", err, took, c.reason, c.after)
				}
				if u := m.Usage(); u.Answering != c.after || u.Waited != 0 {
					t.Errorf("got usage %+v", u)
				}
			})
		})
	}
}

func TestBodyThatIsSlowIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := client(t, func(r *http.Request) (*http.Response, error) {
			a := reply(200, "")
			a.Body, a.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(emptyPage), io.LimitReader(drip{r.Context(), 50 * time.Second}, 8))), -1
			return a, nil
		}, msgraph.Limits{Attempts: 1})
		if _, err := m.Probe(t.Context()); err != nil {
			t.Errorf("got %v", err)
		}
	})
}

func TestContextEndsEverything(t *testing.T) {
	silent := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	for name, c := range map[string]struct {
		answer graph
		reason workbench.Reason // where the time runs out
	}{
		"waiting for an answer": {silent, workbench.ReasonUnreachable},
		"waiting for a body": {func(r *http.Request) (*http.Response, error) {
			a := reply(200, "")
			a.Body, a.ContentLength = drip{r.Context(), time.Hour}, -1
			return a, nil
		}, workbench.ReasonUnreadable},
		"backing off":         {func(*http.Request) (*http.Response, error) { return reply(502, ""), nil }, workbench.ReasonUnavailable},
		"waiting as asked to": {func(*http.Request) (*http.Response, error) { return reply(429, "", "Retry-After", "800"), nil }, workbench.ReasonThrottled},
	} {
		limits := msgraph.Limits{PerMinute: 1_000_000, Burst: 1_000_000, Attempts: 1_000_000}
		t.Run(name+", cancelled", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				began := time.Now()
				time.AfterFunc(30*time.Second, cancel)
				_, err := client(t, c.answer, limits).Probe(ctx)
				var f *workbench.Fault
				if !errors.Is(err, context.Canceled) || errors.As(err, &f) || time.Since(began) != 30*time.Second {
					t.Errorf("got %v after %v", err, time.Since(began))
				}
			})
		})
		t.Run(name+", out of time", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				began := time.Now()
				_, err := client(t, c.answer, limits).Probe(ctx)
				if reasonOf(t, err) != c.reason || time.Since(began) > 30*time.Second {
					t.Errorf("got %v after %v, want %s", err, time.Since(began), c.reason)
				}
				if c.reason != workbench.ReasonThrottled && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v does not say that time ran out", err)
				}
			})
		})
	}
}

// noTokens is a token source that Microsoft Entra refuses.
type noTokens struct{ err error }

func (n noTokens) Token(context.Context) (string, error) { return "", n.err }
func (n noTokens) Refuse(string)                         {}

func TestNoTokenNoRequest(t *testing.T) {
	m := msgraph.New(mustURL(t, "https://graph.test"), graph(func(*http.Request) (*http.Response, error) {
		t.Error("a request without a token")
		return reply(200, emptyPage), nil
	}), noTokens{&workbench.Fault{Reason: workbench.ReasonCertificateExpired}}, unlimited)
	for range 10 { // more than may be out at once: each gives its place back
		if _, err := m.Probe(t.Context()); reasonOf(t, err) != workbench.ReasonCertificateExpired {
			t.Errorf("got %v", err)
		}
	}
}
