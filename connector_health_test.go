package workbench_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
)

// minute is a moment so many minutes after an arbitrary beginning.
func minute(n int) workbench.Time {
	return workbench.At(time.Date(2026, 3, 11, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute))
}

// What happens to a connector in the table below, beside failures.
const (
	good       workbench.Reason = "good"
	authorised workbench.Reason = "authorised"
)

func TestHealthTransitions(t *testing.T) {
	const (
		pending   = workbench.StatusPending
		connected = workbench.StatusConnected
		failed    = workbench.StatusError

		consent      = workbench.ReasonNotConsented
		unknown      = workbench.ReasonApplicationUnknown
		roles        = workbench.ReasonRolesMissing
		unreachable  = workbench.ReasonUnreachable
		unavailable  = workbench.ReasonUnavailable
		throttled    = workbench.ReasonThrottled
		unlicensed   = workbench.ReasonNotProvisioned
		disabled     = workbench.ReasonApplicationDisabled
		certificate  = workbench.ReasonCertificateUnknown
		expired      = workbench.ReasonCertificateExpired
		parent       = workbench.ReasonParent
		wrongAccount = workbench.ReasonWrongAccount
	)
	type step struct {
		happens workbench.Reason
		status  workbench.ConnectorStatus
		reason  workbench.Reason
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"consent comes late", []step{{consent, pending, consent}, {unknown, pending, unknown}, {roles, pending, roles}, {good, connected, ""}}},
		{"certificate is uploaded late", []step{{certificate, pending, certificate}, {certificate, pending, certificate}, {good, connected, ""}}},
		{"consent to a tenant without licence", []step{{consent, pending, consent}, {unlicensed, failed, unlicensed}, {good, connected, ""}}},
		{"wrong account is no pending consent", []step{{wrongAccount, failed, wrongAccount}, {consent, pending, consent}}},
		{"network fails while consent is awaited", []step{{unreachable, pending, unreachable}, {unreachable, pending, unreachable}, {unreachable, pending, unreachable},
			{unreachable, pending, unreachable}, {consent, pending, consent}}},
		{"failures that pass keep it connected twice", []step{{good, connected, ""}, {unreachable, connected, unreachable}, {unavailable, connected, unavailable},
			{good, connected, ""}, {unreachable, connected, unreachable}, {unreachable, connected, unreachable}, {throttled, failed, throttled}, {good, connected, ""}}},
		{"consent that is taken back is an error", []step{{good, connected, ""}, {roles, failed, roles}, {roles, failed, roles}}},
		{"deleted enterprise application is an error", []step{{good, connected, ""}, {unknown, failed, unknown}}},
		{"disabled application is an error at once", []step{{good, connected, ""}, {disabled, failed, disabled}}},
		{"expired certificate is an error at once", []step{{good, connected, ""}, {expired, failed, expired}}},
		{"authorised again, it awaits", []step{{good, connected, ""}, {roles, failed, roles}, {authorised, pending, consent}, {roles, pending, roles}, {good, connected, ""},
			{roles, failed, roles}}},
		{"authorised again while connected, it stays so", []step{{good, connected, ""}, {authorised, connected, ""}, {unreachable, connected, unreachable}, {good, connected, ""}}},
		{"what lasts is not hidden by what may pass", []step{{good, connected, ""}, {roles, failed, roles}, {throttled, failed, roles}, {unreachable, failed, roles},
			{unreachable, failed, unreachable}, {roles, failed, roles}}},
		{"lasting failures don't use up the patience for passing ones", []step{{consent, pending, consent}, {consent, pending, consent}, {consent, pending, consent},
			{good, connected, ""}, {unreachable, connected, unreachable}, {roles, failed, roles}, {good, connected, ""}, {unreachable, connected, unreachable}}},
		{"child of a parent that fails", []step{{good, connected, ""}, {parent, failed, parent}, {good, connected, ""}}},
		{"child of a parent that waits", []step{{parent, pending, parent}, {parent, pending, parent}, {parent, pending, parent}, {parent, pending, parent}, {good, connected, ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := workbench.NewHealth("c", minute(0))
			if h.Status != pending || h.Reason != consent || !h.Awaiting {
				t.Fatalf("a new connector is %v", h)
			}
			for i, s := range c.steps {
				h = happen(h, s.happens, minute(i+1))
				if h.Status != s.status || h.Reason != s.reason {
					t.Fatalf("after step %d, %s: got %s %q, want %s %q", i+1, s.happens, h.Status, h.Reason, s.status, s.reason)
				}
			}
		})
	}
}

func happen(h workbench.Health, what workbench.Reason, at workbench.Time) workbench.Health {
	switch what {
	case good:
		return h.After(nil, at)
	case authorised:
		return h.Authorized(at)
	}
	return h.After(&workbench.Fault{Reason: what, Detail: workbench.Text("said of " + string(what)), Trace: workbench.Text("trace")}, at)
}

func TestPatienceEndsWhileConsentIsAwaited(t *testing.T) {
	h := workbench.NewHealth("c", minute(0))
	tries := 0
	for ; h.Status == workbench.StatusPending && tries < 1_000; tries++ {
		h = happen(h, workbench.ReasonUnreachable, minute(tries+1))
	}
	if tries < 10 || tries > 100 || h.Status != workbench.StatusError {
		t.Errorf("got %s after %d failures", h.Status, tries)
	}
	if h = happen(h, workbench.ReasonNotConsented, minute(tries+1)); h.Status != workbench.StatusPending {
		t.Errorf("got %s once Microsoft can be asked again, want pending", h.Status)
	}
}

func TestHealthSaysSinceWhen(t *testing.T) {
	h := workbench.NewHealth("c", minute(0))
	for _, c := range []struct {
		happens workbench.Reason
		since   int
		good    int // 0 = never
		failed  int
	}{
		{workbench.ReasonNotConsented, 0, 0, 1},
		{workbench.ReasonNotConsented, 0, 0, 2},
		{good, 3, 3, 0},
		{good, 3, 4, 0},
		{workbench.ReasonUnreachable, 5, 4, 1},
		{workbench.ReasonUnreachable, 5, 4, 2},
		{workbench.ReasonUnreachable, 7, 4, 3},
		{workbench.ReasonUnreachable, 7, 4, 4},
		{authorised, 9, 4, 0},
		{good, 10, 10, 0},
	} {
		n := int(h.CheckedAt.Sub(minute(0).Time) / time.Minute)
		if h.CheckedAt.IsZero() {
			n = 0
		}
		at := minute(n + 1)
		if c.happens == authorised {
			h = h.Authorized(at)
			h.CheckedAt = at // so that the next moment is the next minute
		} else {
			h = happen(h, c.happens, at)
		}
		wantGood := workbench.Time{}
		if c.good > 0 {
			wantGood = minute(c.good)
		}
		if h.CheckedAt != at || h.Since != minute(c.since) || h.GoodAt != wantGood || h.Failures != c.failed {
			t.Fatalf("minute %d, %s: got since %v, good %v, %d failures; want since %v, good %v, %d", n+1, c.happens, h.Since, h.GoodAt, h.Failures, minute(c.since), wantGood, c.failed)
		}
	}
}

func TestHealthNeverClaimsMoreThanItRead(t *testing.T) {
	var reasons []workbench.Reason
	for _, r := range reasonsInSource(t) {
		reasons = append(reasons, r)
	}
	happenings := rapid.SampledFrom(append(reasons, good, good, authorised))
	rapid.Check(t, func(t *rapid.T) {
		h := workbench.NewHealth("c", minute(0))
		everGood, sinceGood, lasting := false, 0, false
		for i, what := range rapid.SliceOfN(happenings, 1, 60).Draw(t, "happens") {
			before := h
			h = happen(h, what, minute(i+1))
			switch {
			case what == good:
				everGood, sinceGood, lasting = true, 0, false
			case what != authorised:
				sinceGood++
				lasting = lasting || !what.Passing()
			}
			if h.Status == workbench.StatusConnected && (!everGood || lasting) {
				t.Fatalf("connected, though nothing was read since a failure that lasts: %+v", h)
			}
			if what == good && h.Status != workbench.StatusConnected {
				t.Fatalf("not connected though Microsoft gave what was asked for: %+v", h)
			}
			if h.Status == workbench.StatusPending && !h.Awaiting {
				t.Fatalf("pending though nobody was asked to consent: %+v", h)
			}
			if h.Status != workbench.StatusConnected && h.Reason == "" {
				t.Fatalf("%s without a reason: %+v", h.Status, h)
			}
			if (h.Reason == "") != h.Detail.IsZero() && h.Reason != workbench.ReasonNotConsented {
				t.Fatalf("detail of another reason: %+v", h)
			}
			if h.Since.Before(before.Since) || (h.Status != before.Status || h.Reason != before.Reason) != (h.Since == minute(i+1)) {
				t.Fatalf("since %v at %v: was %+v, is %+v", h.Since, minute(i+1), before, h)
			}
		}
	})
}

func TestFaultOf(t *testing.T) {
	if workbench.FaultOf(nil) != nil {
		t.Error("no error is a fault")
	}
	cause := errors.New("cause")
	f := &workbench.Fault{Reason: workbench.ReasonThrottled, Detail: workbench.Text("too\u202emany"), RetryAfter: time.Minute, Err: cause}
	wrapped := fmt.Errorf("reading: %w", f)
	if got := workbench.FaultOf(wrapped); got != f {
		t.Errorf("got %v, want the fault that was wrapped", got)
	}
	if got := workbench.FaultOf(cause); got.Reason != workbench.ReasonInternal || !errors.Is(got, cause) {
		t.Errorf("got %v, want an internal fault that wraps the error", got)
	}
	if diff := cmp.Diff("reading: throttled: too[U+202E]many: cause", wrapped.Error()); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(wrapped, cause) {
		t.Error("the cause is lost")
	}
}
