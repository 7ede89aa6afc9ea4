package msgraph_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
)

func TestRetryAfter(t *testing.T) {
	in := func(d time.Duration) func(time.Time) string {
		return func(now time.Time) string { return now.Add(d).UTC().Format(http.TimeFormat) }
	}
	is := func(text string) func(time.Time) string { return func(time.Time) string { return text } }
	for name, c := range map[string]struct {
		header func(now time.Time) string // "" = none
		least  time.Duration
		most   time.Duration
		held   bool // the request is given back to the caller, with the wait
	}{
		"seconds":              {is("30"), 30 * time.Second, 30 * time.Second, false},
		"spaces":               {is(" 30 "), 30 * time.Second, 30 * time.Second, false},
		"part of a second":     {is("1.2"), 2 * time.Second, 2 * time.Second, false},
		"date":                 {in(90 * time.Second), 90 * time.Second, 90 * time.Second, false},
		"date that has gone":   {in(-time.Hour), 0, time.Second, false},
		"none":                 {is(""), 0, time.Second, false},
		"zero":                 {is("0"), 0, time.Second, false},
		"negative":             {is("-5"), 0, time.Second, false},
		"no number":            {is("soon"), 0, time.Second, false},
		"dots":                 {is("1.2.3"), 0, time.Second, false},
		"a quarter of an hour": {is("900"), 15 * time.Minute, 15 * time.Minute, false},
		"longer":               {is("901"), 901 * time.Second, 901 * time.Second, true},
		"date, longer":         {in(time.Hour), time.Hour, time.Hour, true},
		"huge":                 {is("99999999999999999999999999"), 24 * time.Hour, 24 * time.Hour, true},
		"huge beyond numbers":  {is("1" + fmt.Sprintf("%0400d", 0)), 24 * time.Hour, 24 * time.Hour, true},
	} {
		for _, status := range []int{429, 503} {
			t.Run(fmt.Sprintf("%s, %d", name, status), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var times []time.Time
					m := client(t, func(*http.Request) (*http.Response, error) {
						now := time.Now()
						if times = append(times, now); len(times) > 1 {
							return reply(200, emptyPage), nil
						}
						a := reply(status, "")
						a.Header.Set("Date", now.Add(-3*time.Hour).UTC().Format(http.TimeFormat)) // Microsoft's clock is not ours
						if text := c.header(now.Add(-3 * time.Hour)); text != "" {
							a.Header.Set("Retry-After", text)
						}
						return a, nil
					}, unlimited)
					began := time.Now()
					_, err := m.Probe(t.Context())
					if c.held {
						f := workbench.FaultOf(err)
						if reasonOf(t, err) != workbench.ReasonThrottled || f.RetryAfter != c.least || len(times) != 1 || time.Since(began) != 0 {
							t.Errorf("got %v, retry after %v, %d requests; want %v", err, f.RetryAfter, len(times), c.least)
						}
						if _, err := m.Probe(t.Context()); reasonOf(t, err) != workbench.ReasonThrottled || len(times) != 1 || time.Since(began) != 0 {
							t.Errorf("the next request: got %v, %d requests after %v; want it back at once", err, len(times), time.Since(began))
						}
						if until := m.Usage().Until; !until.Equal(began.Add(c.least)) {
							t.Errorf("the next request may be made at %v, want %v", until, began.Add(c.least))
						}
						return
					}
					if err != nil || len(times) != 2 {
						t.Fatalf("got %v after %d requests", err, len(times))
					}
					if waited := times[1].Sub(times[0]); waited < c.least || waited > c.most {
						t.Errorf("waited %v, want %v to %v", waited, c.least, c.most)
					}
				})
			})
		}
	}
}

func TestWhileMicrosoftAsksToWaitAllWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var times []time.Time
		throttled := true
		g := func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if times = append(times, time.Now()); throttled {
				throttled = false
				return reply(429, "", "Retry-After", "120"), nil
			}
			return reply(200, emptyPage), nil
		}
		m := client(t, g, unlimited)
		began := time.Now()
		var wg sync.WaitGroup
		probe := func(after time.Duration) {
			wg.Go(func() {
				<-time.After(after)
				if _, err := m.Probe(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		probe(0)
		for i := range 20 {
			probe(time.Duration(i+1) * time.Second)
		}
		synctest.Wait()
		if got := m.Usage(); !got.Until.Equal(began.Add(2 * time.Minute)) {
			t.Errorf("got %+v, want that nothing is asked for two minutes", got)
		}
		<-time.After(time.Minute)
		short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := m.Probe(short); reasonOf(t, err) != workbench.ReasonThrottled || workbench.FaultOf(err).RetryAfter != time.Minute || time.Since(began) != time.Minute {
			t.Errorf("a request with less time than the wait: got %v after %v", err, time.Since(began))
		}
		other := client(t, func(*http.Request) (*http.Response, error) { return reply(200, emptyPage), nil }, unlimited)
		if _, err := other.Probe(t.Context()); err != nil || time.Since(began) != time.Minute {
			t.Errorf("another tenant was held up: %v", err)
		}
		wg.Wait()
		for _, at := range times[1:] {
			if at.Before(began.Add(2 * time.Minute)) {
				t.Errorf("a request went out %v after Microsoft asked to wait for two minutes", at.Sub(began))
			}
		}
		if len(times) != 22 {
			t.Errorf("got %d requests, want 22", len(times))
		}
	})
}

// TestLimitsHold lets many ask at once while Microsoft throttles at random, and looks at the moments at which requests went out.
func TestLimitsHold(t *testing.T) {
	const callers, each = 200, 3
	for _, l := range []struct {
		limits           msgraph.Limits
		perMinute, burst float64
	}{
		{msgraph.Limits{}, 75, 10},
		{msgraph.Limits{PerMinute: 600, Burst: 3}, 600, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			var mu sync.Mutex
			var times []time.Time
			var closed time.Time // until when Microsoft asked to wait
			out, answered := 0, 0
			g := func(*http.Request) (*http.Response, error) {
				now := time.Now()
				mu.Lock()
				times = append(times, now)
				if out++; out > 4 {
					t.Errorf("%d requests at once", out)
				}
				if now.Before(closed) {
					t.Errorf("a request %v before it is allowed", closed.Sub(now))
				}
				wait := time.Duration(random.IntN(2_000)) * time.Millisecond
				mu.Unlock()
				<-time.After(wait)
				mu.Lock()
				defer mu.Unlock()
				out--
				if random.IntN(20) == 0 {
					seconds := 1 + random.IntN(30)
					if until := time.Now().Add(time.Duration(seconds) * time.Second); until.After(closed) {
						closed = until
					}
					return reply(429, "", "Retry-After", fmt.Sprint(seconds)), nil
				}
				answered++
				return reply(200, emptyPage), nil
			}
			m := client(t, g, l.limits)
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for range each {
						if _, err := m.Probe(t.Context()); err != nil && reasonOf(t, err) != workbench.ReasonThrottled {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if answered < callers*each*9/10 {
				t.Errorf("only %d of %d were answered", answered, callers*each)
			}
			for i := range times {
				for k := i; k < len(times); k++ {
					if most := l.burst + l.perMinute*times[k].Sub(times[i]).Minutes() + 0.001; float64(k-i+1) > most {
						t.Fatalf("%d requests within %v, at most %.1f are allowed", k-i+1, times[k].Sub(times[i]), most)
					}
				}
			}
			if u := m.Usage(); u.Requests != uint64(len(times)) || u.Waited == 0 || u.Answering == 0 {
				t.Errorf("got usage %+v for %d requests", u, len(times))
			}
		})
	}
}

func TestManyAtExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &tokens{}
		m := msgraph.New(mustURL(t, "https://graph.test"), graph(func(r *http.Request) (*http.Response, error) {
			<-time.After(time.Second)
			if r.Header.Get("Authorization") == "Bearer secret-token-0" {
				return reply(401, refusal("InvalidAuthenticationToken", "expired")), nil
			}
			return reply(200, emptyPage), nil
		}), k, unlimited)
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				if _, err := m.Probe(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if k.made != 1 {
			t.Errorf("%d tokens were made after the first, want 1", k.made)
		}
	})
}
