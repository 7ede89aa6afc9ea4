package msgraph

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"workbench"
)

// answer is a whole answer to a question.
type answer struct {
	body []byte // without a byte order mark
	at   workbench.Time
}

// Why an answer is not taken, where Microsoft has not said anything.
var (
	errSilent = errors.New("the answer did not begin, or did not go on, within a minute")
	errSlow   = errors.New("the answer was not here as a whole within ten minutes")
	errCut    = errors.New("the answer is cut: it is shorter than it says")
	errHuge   = fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
)

// try sends a question once and reads the answer. tries says which try this is, from 1.
func (c *Client) try(ctx context.Context, q question, token string, tries int) (answer, *refusal) {
	began := time.Now()
	var size int
	defer func() {
		c.tally(func(u *Usage) { u.Requests++; u.Answering += time.Since(began); u.Bytes += uint64(size) })
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	whole := time.AfterFunc(answerWithin, func() { cancel(errSlow) })
	defer whole.Stop()
	silence := time.AfterFunc(headersWithin, func() { cancel(errSilent) })
	defer silence.Stop()

	id := newRequestID()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, q.url.String(), nil)
	if err != nil {
		return answer{}, &refusal{fault: &workbench.Fault{Reason: workbench.ReasonInternal, Err: err}}
	}
	request.URL = q.url // as it is, byte for byte
	request.Header = header(token, id)
	response, err := c.transport.RoundTrip(request) // not a client: redirects are not followed
	if err != nil {
		return answer{}, unreachable(ctx, err, id)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		r := c.slowDown(response, tries)                             // before its body, which may take its time
		body, _ := read(response, maxRefusal, silence, refusalPause) // what is there explains it, cut or not
		size = len(body)
		return answer{}, r.refuse(response, body, id)
	}
	body, err := read(response, maxAnswer, silence, bodyPause)
	size = len(body)
	if err == nil {
		body = bytes.TrimPrefix(body, mark)
		if err = providers(response.Header); err == nil {
			err = q.check(body)
		}
	}
	if err != nil {
		return answer{}, unreadable(ctx, response, err, id)
	}
	return answer{body: body, at: clock(response.Header.Get("Date"))}, nil
}

// header is what every request says.
func header(token, id string) http.Header {
	return http.Header{
		"Authorization":     {"Bearer " + token},
		"Accept":            {"application/json"},
		"Accept-Encoding":   {"gzip"},
		"Prefer":            {"include-unknown-enum-members"}, // otherwise newer words of enums arrive as unknownFutureValue
		"Client-Request-Id": {id},
		"User-Agent":        {"stories-workbench"},
	}
}

// newRequestID is a random GUID: the id by which both sides find a request.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
