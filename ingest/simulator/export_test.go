package simulator

import (
	"net/http"
	"net/url"
)

// TransportTo is the in-process transport to any handler.
func TransportTo(h http.Handler, base *url.URL) http.RoundTripper { return transport{h, base} }
