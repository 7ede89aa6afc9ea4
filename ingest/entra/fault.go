package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"workbench"
)

// The limits of what is kept of Microsoft's words, in characters.
const (
	detailLimit = 500
	traceLimit  = 200
)

var (
	aadsts   = regexp.MustCompile(`AADSTS([0-9]{4,9})\b`)
	traceRow = regexp.MustCompile(`(?m)^[ \t]*(Trace ID|Correlation ID|Timestamp):[ \t]*([^\r\n]*)\r?$`)
	inline   = regexp.MustCompile(`[ \t]*\b(Trace ID|Correlation ID|Timestamp):[ \t]*([0-9a-fA-F-]{32,40}\b|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,16}Z?)`)
)

func internal(format string, args ...any) *workbench.Fault {
	return &workbench.Fault{Reason: workbench.ReasonInternal, Err: fmt.Errorf(format, args...)}
}

// described is an error_description: what Microsoft says, the numbers in it, and by what its support finds the request.
func described(text string, secrets []string) (detail, trace workbench.Untrusted, numbers []int) {
	const most = 16 << 10 // bytes that are looked at
	text = without(text[:min(len(text), most)], secrets)
	for _, found := range aadsts.FindAllStringSubmatch(text, 8) {
		n, _ := strconv.Atoi(found[1])
		numbers = append(numbers, n)
	}
	var ids []string
	for _, form := range []*regexp.Regexp{traceRow, inline} {
		for _, found := range form.FindAllStringSubmatch(text, 4) {
			ids = append(ids, found[1]+": "+strings.TrimSpace(found[2]))
		}
		text = form.ReplaceAllString(text, "")
	}
	return cut(strings.TrimSpace(text), detailLimit), cut(strings.Join(ids, ", "), traceLimit), numbers
}

func cut(text string, characters int) workbench.Untrusted {
	short, _ := workbench.Text(text).Cut(characters)
	return short
}

// refused is an error that Entra answered with. secrets are what was sent in confidence.
func (c *Client) refused(e *exchange, a answer, secrets ...string) *workbench.Fault {
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Codes       []int  `json:"error_codes"`
		Trace       string `json:"trace_id"`
		Correlation string `json:"correlation_id"`
		Timestamp   string `json:"timestamp"`
	}
	err := json.Unmarshal(a.body, &said)
	if err != nil {
		said.Codes = nil
	}
	detail, trace, numbers := described(said.Description, secrets)
	if trace.IsZero() && said.Trace != "" {
		trace = cut(without(fmt.Sprintf("Trace ID: %s, Correlation ID: %s, Timestamp: %s", said.Trace, said.Correlation, said.Timestamp), secrets), traceLimit)
	}
	what := fmt.Errorf("answer %d of Entra", a.status)
	if word := without(said.Error, secrets); word != "" {
		what = fmt.Errorf("answer %d of Entra, %s", a.status, workbench.Text(word).Brief())
	}
	return &workbench.Fault{Reason: reason(a.status, said.Error, append(said.Codes, numbers...)), Detail: detail, Trace: trace.Or(e.traced()),
		RetryAfter: retryAfter(a.header, c.now()), Err: what}
}

// refusedByOAuth is why x/oauth2 gave no token. Its own texts repeat answers, so that nothing of them is kept.
func (c *Client) refusedByOAuth(ctx context.Context, e *exchange, err error, secrets ...string) error {
	var refusal *oauth2.RetrieveError
	var fault *workbench.Fault
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.As(err, &refusal) && refusal.Response != nil:
		return c.refused(e, answer{refusal.Response.StatusCode, refusal.Response.Header, refusal.Body}, secrets...)
	case errors.As(err, &fault), errors.Is(err, errAnswerTooLong):
		return e.failed(err)
	}
	if failure := e.failed(err); failure != nil && workbench.FaultOf(failure).Reason != workbench.ReasonUnreadable {
		return failure
	}
	return e.unreadable(errors.New("the answer to the request for a token is cut, or holds none"))
}

// retryAfter is how long an answer asks to wait: seconds or a date, at most a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	wait := time.Duration(0)
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	} else if digits.MatchString(text) {
		wait = 24 * time.Hour
	}
	return min(max(wait, 0), 24*time.Hour)
}
