package msgraph

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"workbench"
)

// refusal is why one try gave no answer, and what may be done about it.
type refusal struct {
	fault   *workbench.Fault
	again   bool // the same question may be answered later
	gated   bool // the gate is closed until then
	heavy   bool // a smaller question may be answered
	token   bool // another token may be taken
	missing bool // Microsoft does not know what was asked for
}

func (r *refusal) Error() string { return r.fault.Error() }
func (r *refusal) Unwrap() error { return r.fault }

// unreachable is the refusal of a request that got no answer.
func unreachable(ctx context.Context, err error, id string) *refusal {
	r := &refusal{again: true, fault: &workbench.Fault{Reason: workbench.ReasonUnreachable, Trace: workbench.Text(id), Err: err}}
	if cause := context.Cause(ctx); cause != nil {
		r.fault.Err = cause
		r.heavy = errors.Is(cause, errSilent)
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		r.again = false
	}
	return r
}

// unreadable is the refusal of an answer that is not whole.
func unreadable(ctx context.Context, response *http.Response, err error, id string) *refusal {
	huge := errors.Is(err, errHuge)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &refusal{again: !huge, heavy: huge, fault: &workbench.Fault{Reason: workbench.ReasonUnreadable, Trace: trace(response, "", id), Err: err}}
}

// slowDown begins the refusal of an answer and, where Microsoft asks to wait, closes the gate at once.
func (c *Client) slowDown(response *http.Response, tries int) *refusal {
	wait, said := retryAfter(response.Header, time.Now())
	if response.StatusCode != http.StatusTooManyRequests && !(response.StatusCode == http.StatusServiceUnavailable && said) {
		return &refusal{fault: &workbench.Fault{}}
	}
	r := &refusal{again: wait <= longestWait, gated: true, fault: &workbench.Fault{Reason: workbench.ReasonThrottled, RetryAfter: wait}}
	if !said {
		r.fault.RetryAfter, wait = 0, c.backoff(tries)
	}
	c.gate.close(time.Now().Add(wait))
	c.tally(func(u *Usage) { u.Throttled++ })
	return r
}

// said is Graph's own description of an error.
type said struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Inner   struct {
		RequestID string `json:"request-id"`
	} `json:"innerError"`
}

// readSaid reads the body of an error. It returns nil where the body is not Graph's: of a proxy, cut, or empty.
func readSaid(body []byte) *said {
	var e struct {
		Error *said `json:"error"`
	}
	var mismatch *json.UnmarshalTypeError
	if err := json.Unmarshal(body, &e); err != nil && !errors.As(err, &mismatch) {
		return nil
	}
	return e.Error
}

// refuse finishes the refusal of an answer with another status than 200. Status and code decide; of the message only what tells missing
// permissions from a missing licence.
func (r *refusal) refuse(response *http.Response, body []byte, id string) *refusal {
	status, words, f := response.StatusCode, readSaid(body), r.fault
	f.Err = fmt.Errorf("the answer has status %d", status)
	requestID := ""
	if words != nil {
		requestID = words.Inner.RequestID
		f.Detail = workbench.Text(cut(words.Message, 500))
		if f.Detail.IsZero() {
			f.Detail = workbench.Text(cut(words.Code, 500))
		}
	}
	f.Trace = trace(response, requestID, id)
	switch {
	case r.gated:
	case status == http.StatusUnauthorized:
		f.Reason, r.token = workbench.ReasonTokenRefused, true
	case status == http.StatusForbidden:
		f.Reason = forbidden(words, body)
	case status == http.StatusNotFound:
		f.Reason, r.missing = workbench.ReasonRequestRefused, words != nil
		if words == nil {
			f.Reason = workbench.ReasonUnreadable
		}
	case status == http.StatusProxyAuthRequired:
		f.Reason = workbench.ReasonUnreachable
	case status >= 500 || status == http.StatusRequestTimeout:
		f.Reason, r.again = workbench.ReasonUnavailable, true
		r.heavy = status == http.StatusInternalServerError || status == http.StatusGatewayTimeout
	case status > 400 && words != nil && words.Code == "UnknownError" && words.Message == "":
		f.Reason, r.again = workbench.ReasonUnavailable, true
	case status >= 400:
		f.Reason = workbench.ReasonRequestRefused
	default: // no page, whatever it is: a part of one (206), nothing (204), a redirect, which is never followed
		f.Reason, r.again = workbench.ReasonUnreadable, status < 300
	}
	return r
}

// forbidden tells what a 403 means.
func forbidden(words *said, body []byte) workbench.Reason {
	switch {
	case words == nil && len(strings.TrimSpace(string(body))) > 0:
		return workbench.ReasonUnreadable // a proxy's
	case words == nil:
		return workbench.ReasonNotProvisioned
	case words.Code == "Authorization_RequestDenied", strings.Contains(strings.ToLower(words.Message), "missing application roles"):
		return workbench.ReasonRolesMissing
	}
	return workbench.ReasonNotProvisioned
}

// trace is the id by which Microsoft finds a request, or ours, which it writes down as well.
func trace(response *http.Response, said, id string) workbench.Untrusted {
	for _, t := range []string{response.Header.Get("Request-Id"), said} {
		if t != "" {
			return workbench.Text(cut(t, 100))
		}
	}
	return workbench.Text(id)
}

// retryAfter is how long an answer asks to wait, counted from its own Date; false where it does not say, or says nothing of use. Parts of
// a second are rounded up: no wait is ever undercut.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	var wait time.Duration
	if strings.Trim(text, "0123456789.") == "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return 0, false
		}
		wait = time.Duration(math.Ceil(math.Min(seconds, longestAsk.Seconds()))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		if date := clock(h.Get("Date")); !date.IsZero() {
			now = date.Time
		}
		wait = at.Sub(now)
	}
	return min(wait, longestAsk), wait > 0
}

// cut keeps the first characters of a text, at most as many as said.
func cut(text string, most int) string {
	u := workbench.Text(text)
	if _, rest := u.Cut(most); rest == 0 {
		return u.Raw()
	}
	shown, _ := u.Cut(most - 1)
	return shown.Raw() + "…"
}
