package entra

import (
	"errors"
	"fmt"
	"net/http"

	"workbench"
)

// ErrElsewhere says that a request was to go to another address than the two of the cloud. It was not sent.
var ErrElsewhere = errors.New("not an address of this cloud")

// Pinned wraps a transport so that it refuses, before any connection, requests to another scheme, host and port than those of the cloud, and
// redirects, which are never followed. Both are a *workbench.Fault with ReasonUnreadable; no connection is one with ReasonUnreachable and a
// sentence that says why. A request whose context was cancelled fails with that error alone.
func Pinned(c Cloud, next http.RoundTripper) http.RoundTripper {
	return &pinned{authority: origin(c.Authority), graph: origin(c.Graph), next: next}
}

type pinned struct {
	authority, graph string
	next             http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (p *pinned) RoundTrip(r *http.Request) (*http.Response, error) {
	if at := origin(r.URL); r.URL.Opaque != "" || r.URL.User != nil || at != p.authority && at != p.graph || r.Host != "" && r.Host != r.URL.Host {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, &workbench.Fault{Reason: workbench.ReasonUnreadable, Detail: workbench.Text("The workbench was to ask another address than those of this Microsoft cloud, and did not."),
			Err: fmt.Errorf("%w: %s", ErrElsewhere, workbench.Text(r.URL.Scheme+"://"+r.URL.Host).Brief())}
	}
	response, err := p.next.RoundTrip(r)
	if err != nil {
		return nil, unreachable(r, err)
	}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		response.Body.Close()
		return nil, &workbench.Fault{Reason: workbench.ReasonUnreadable, Detail: workbench.Text("The answer leads to another address, which Microsoft's never does here. A proxy may ask for a sign-in."),
			Err: fmt.Errorf("answer %d with a redirect, which is not followed", response.StatusCode)}
	}
	return response, nil
}
