package entra

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"workbench"
)

// The limits of one request.
const (
	answerLimit = 1 << 20 // bytes of an answer
	answerTime  = 30 * time.Second
)

var errAnswerTooLong = errors.New("the answer is longer than 1 MiB")

// exchange is one request with the ids by which Microsoft's support finds it.
type exchange struct {
	next  http.RoundTripper
	id    string // ours, which comes back as the correlation id
	trace string // Microsoft's, where the answer named one
}

// RoundTrip implements http.RoundTripper.
func (e *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "stories-workbench")
	r.Header.Set("client-request-id", e.id)
	r.Header.Set("return-client-request-id", "true")
	response, err := e.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, header := range []string{"x-ms-request-id", "request-id"} {
		if id, ok := GUID(response.Header.Get(header)); ok {
			e.trace = id
		}
	}
	response.Body = &limited{ReadCloser: response.Body, left: answerLimit}
	return response, nil
}

// limited is a body that fails where it is too long.
type limited struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (l *limited) Read(b []byte) (int, error) {
	n, err := l.ReadCloser.Read(b[:min(len(b), l.left+1)])
	if n > l.left {
		return l.left, errAnswerTooLong
	}
	l.left -= n
	return n, err
}

// begin makes the HTTP client of one request.
func (c *Client) begin() (*exchange, *http.Client) {
	e := &exchange{next: c.pinned, id: newGUID()}
	return e, &http.Client{Transport: e, Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// forOAuth is a context with the HTTP client that x/oauth2 shall use.
func forOAuth(ctx context.Context, h *http.Client) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, h)
}

// answer is what came back, read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask makes a request that is not x/oauth2's: a GET, or where there is a body a POST of JSON. It fails only where there is no whole answer.
func (c *Client) ask(ctx context.Context, address, bearer string, body any) (answer, *exchange, error) {
	if body == nil {
		return c.send(ctx, http.MethodGet, address, bearer, nil, nil)
	}
	return c.send(ctx, http.MethodPost, address, bearer, body, nil)
}

// send is ask with any method, and with further headers.
func (c *Client) send(ctx context.Context, method, address, bearer string, body any, further http.Header) (answer, *exchange, error) {
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return answer{}, nil, internal("writing a request: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(payload))
	if err != nil {
		return answer{}, nil, internal("making a request: %w", err)
	}
	maps.Copy(request.Header, further)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	e, h := c.begin()
	response, err := h.Do(request)
	if err != nil {
		return answer{}, e, e.failed(err)
	}
	defer response.Body.Close()
	whole, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, e, e.failed(err)
	}
	return answer{response.StatusCode, response.Header, whole}, e, nil
}

// failed is why there is no whole answer: a fault with the id of the request, or that the caller gave up.
func (e *exchange) failed(err error) error {
	var fault *workbench.Fault
	var about *url.Error
	switch {
	case errors.As(err, &fault):
		copied := *fault
		copied.Trace = copied.Trace.Or(e.traced())
		return &copied
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &about) && about.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return &workbench.Fault{Reason: workbench.ReasonUnreachable, Detail: workbench.Text("There was no whole answer in time."), Trace: e.traced(), Err: quiet{err}}
	}
	return e.unreadable(quiet{err})
}

// traced is what Microsoft's support finds the request by.
func (e *exchange) traced() workbench.Untrusted {
	if e.trace != "" {
		return workbench.Text("Trace ID: " + e.trace + ", Correlation ID: " + e.id)
	}
	return workbench.Text("Correlation ID: " + e.id)
}

// unreadable is an answer that is not one of Microsoft's. The error holds nothing of the answer.
func (e *exchange) unreadable(err error) *workbench.Fault {
	return &workbench.Fault{Reason: workbench.ReasonUnreadable, Trace: e.traced(), Err: err}
}
