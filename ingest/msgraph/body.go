package msgraph

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// progress reads a body as it comes over the wire. Each time that something came, the watch begins anew.
type progress struct {
	from  io.Reader
	read  int64
	watch *time.Timer
	pause time.Duration
}

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	if n > 0 {
		p.read += int64(n)
		p.watch.Reset(p.pause)
	}
	return n, err
}

// read reads a body, unpacks it and makes sure that it is as long as it says. The watch ends a body that stands still. What was read
// comes back with an error, too.
func read(response *http.Response, most int, watch *time.Timer, pause time.Duration) ([]byte, error) {
	watch.Reset(pause)
	wire := &progress{from: response.Body, watch: watch, pause: pause}
	var from io.Reader = wire
	switch encoding := response.Header.Get("Content-Encoding"); strings.ToLower(encoding) {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(wire)
		if err != nil {
			return nil, fmt.Errorf("unpacking the answer: %w", err)
		}
		from = unpacked // ends without error only where the checksum is right and nothing comes after it
	default:
		return nil, fmt.Errorf("the answer is packed in a way that nobody asked for: %q", cut(encoding, 50))
	}
	var body bytes.Buffer
	if response.ContentLength > 0 {
		body.Grow(int(min(response.ContentLength+bytes.MinRead, 4<<20)))
	}
	_, err := body.ReadFrom(io.LimitReader(from, int64(most)+1))
	switch {
	case err != nil:
		return body.Bytes(), fmt.Errorf("reading the answer: %w", err)
	case body.Len() > most:
		return body.Bytes()[:most], errHuge
	case response.ContentLength >= 0 && !response.Uncompressed && wire.read != response.ContentLength:
		return body.Bytes(), errCut
	}
	return body.Bytes(), nil
}

// providerAnswered finds, in a Warning, "Vendor/Provider/status/milliseconds": how one of those answered whom Graph asked.
var providerAnswered = regexp.MustCompile(`"[^"/]*/[^"/]*/([0-9]{3})/[0-9]*"`)

// providers fails where Graph says that somebody it asked has not answered, so that the answer is only a part.
func providers(h http.Header) error {
	for _, warning := range h.Values("Warning") {
		for _, found := range providerAnswered.FindAllStringSubmatch(warning, -1) {
			if found[1][0] != '2' {
				return fmt.Errorf("the answer is only a part of the whole, Microsoft warns: %q", cut(warning, 200))
			}
		}
	}
	return nil
}
