package simulator

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// errCutShort is that a handler promised more than it sent.
var errCutShort = fmt.Errorf("the simulator broke the connection: %w", io.ErrUnexpectedEOF)

// Transport is a transport that brings requests for the base address to the simulator without sockets, and those for its neighbours' to them, so
// that it works where time is simulated too; other hosts are not found. Bodies stream: what was written arrives when it is flushed, or 4 kB are together. A cancelled
// request fails, and cancels the handler's context. Of HTTP it lacks compression and trailers.
func (s *Simulator) Transport() http.RoundTripper { return toClouds{s} }

// toClouds brings requests to a simulator or its neighbours.
type toClouds struct{ s *Simulator }

// RoundTrip serves a request as transport does.
func (t toClouds) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, other := range t.s.neighbours() {
		if r.URL.Host == other.base.Host && r.URL.Scheme == other.base.Scheme {
			return transport{other, other.base}.RoundTrip(r)
		}
	}
	return transport{t.s, t.s.base}.RoundTrip(r)
}

// String says what the transport is.
func (t toClouds) String() string { return transport{t.s, t.s.base}.String() }

// transport brings requests for an address to a handler.
type transport struct {
	handler http.Handler
	base    *url.URL
}

// RoundTrip serves a request in a goroutine of its own, which ends with the handler.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	closeBody := func() {
		if r.Body != nil {
			r.Body.Close()
		}
	}
	if r.URL.Host != t.base.Host || r.URL.Scheme != t.base.Scheme {
		closeBody()
		return nil, fmt.Errorf("the simulator is at %s: no such host: %s", t.base.Host, r.URL.Host)
	}
	if err := r.Context().Err(); err != nil {
		closeBody()
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.Context())
	in := r.Clone(ctx)
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	in.URL.Scheme, in.URL.Host = "", ""
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if r.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: r.URL.Hostname()}
	}
	reader, writer := io.Pipe()
	w := &responseWriter{request: r, cancel: cancel, header: http.Header{}, reader: reader, writer: writer, begun: make(chan struct{}), left: -1}
	w.buffer = bufio.NewWriterSize(writer, 4<<10)
	stop := context.AfterFunc(ctx, func() {
		writer.CloseWithError(context.Cause(ctx)) // after Close of the body nobody reads the error
	})
	go func() {
		defer closeBody()
		err := w.serve(t.handler, in)
		if err == nil {
			err = ctx.Err() // a handler that ended because nobody waits any more did not end well
		}
		w.end(err)
		stop()
		cancel()
	}()
	select {
	case <-w.begun:
		if w.response == nil {
			return nil, w.failed
		}
		return w.response, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// responseWriter hands what a handler writes to the reader of a response.
type responseWriter struct {
	request *http.Request
	cancel  context.CancelFunc
	header  http.Header
	reader  *io.PipeReader
	writer  *io.PipeWriter
	buffer  *bufio.Writer
	left    int64 // of the promised length; -1 = none was promised
	bodyOff bool  // to a HEAD request, and with 204 and 304, nothing is sent

	once     sync.Once
	begun    chan struct{}  // closed when response or failed is set
	response *http.Response // nil until the handler began to answer
	failed   error
}

// serve calls the handler and says how it ended.
func (w *responseWriter) serve(h http.Handler, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			err = errCutShort
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// Header is what will be sent.
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader begins the response.
func (w *responseWriter) WriteHeader(status int) {
	if status < 200 {
		return // interim answers are nobody's business here
	}
	w.once.Do(func() {
		header := w.header.Clone()
		length := int64(-1)
		if n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
			length = n
		}
		w.bodyOff = w.request.Method == http.MethodHead || status == http.StatusNoContent || status == http.StatusNotModified
		if !w.bodyOff {
			w.left = length
		}
		if status == http.StatusNoContent {
			length = 0
		}
		body := io.ReadCloser(&responseBody{w.reader, w.cancel})
		w.response = &http.Response{Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: header, Body: body, ContentLength: length, Request: w.request, TLS: w.tls()}
		close(w.begun)
	})
}

func (w *responseWriter) tls() *tls.ConnectionState {
	if w.request.URL.Scheme != "https" {
		return nil
	}
	return &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: w.request.URL.Hostname()}
}

// Write sends a part of the body.
func (w *responseWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.bodyOff {
		return len(b), nil
	}
	if w.left >= 0 {
		if int64(len(b)) > w.left {
			return 0, http.ErrContentLength
		}
		w.left -= int64(len(b))
	}
	return w.buffer.Write(b)
}

// FlushError sends what was written so far. http.ResponseController finds it.
func (w *responseWriter) FlushError() error {
	w.WriteHeader(http.StatusOK)
	return w.buffer.Flush()
}

// Flush sends what was written so far.
func (w *responseWriter) Flush() {
	if err := w.FlushError(); err != nil {
		return // the reader is gone; the next Write says so
	}
}

// end closes the response as the handler left it.
func (w *responseWriter) end(err error) {
	if err != nil {
		w.once.Do(func() {
			w.failed = err
			close(w.begun)
		})
		w.buffer.Flush() // what was written did leave, as over a socket
		w.writer.CloseWithError(err)
		return
	}
	w.WriteHeader(http.StatusOK)
	if err := w.buffer.Flush(); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		w.writer.CloseWithError(err)
		return
	}
	if w.left > 0 {
		w.writer.CloseWithError(errCutShort)
		return
	}
	w.writer.Close()
}

// responseBody is the reader's end.
type responseBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close ends the reading, and the handler's writing.
func (b *responseBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// String says what the transport is.
func (t transport) String() string {
	return "in-process transport to " + strings.TrimSuffix(t.base.String(), "/")
}
