package handlers

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/labstack/echo/v4"

	"workbench/views/link"
)

// Answers are compressed for clients that take it. Whoever can put text of his own into an answer and see its length could guess a secret
// that stands in it (BREACH). Pages hold no secret that another answer repeats: unsafe requests are told apart by their origin and not by a
// token. The pages of links that sign somebody in hold one, and go as they are.

// leastCompressed is the size of the smallest answer that is worth it.
const leastCompressed = 1024

// uncompressed are the paths whose answers go as they are. Static files come ready-made, and events must not wait for one another.
func uncompressed(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == link.Events() || path == link.SignIn() || path == link.Password()
}

// compressed is the middleware.
func (s *Server) compressed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if uncompressed(c.Request().URL.Path) {
			return next(c)
		}
		r := c.Response()
		r.Header().Add("Vary", "Accept-Encoding")
		encoding := bestEncoding(c.Request().Header.Get("Accept-Encoding"))
		if encoding == "" || c.Request().Method == http.MethodHead {
			return next(c)
		}
		w := &compressing{ResponseWriter: r.Writer, encoding: encoding, encoders: s.encoders.pool(encoding)}
		r.Writer = w
		err := next(c) // where this panics, the answer is left without its end, so that nobody takes a part for the whole
		r.Writer = w.ResponseWriter
		if ended := w.end(); err == nil {
			return ended
		}
		return err
	}
}

// bestEncoding is the one of ours that an Accept-Encoding header likes best, zstd before gzip; "" where it takes neither.
func bestEncoding(header string) string {
	best, most := "", 0.0
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		quality := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(parameters), "q="); ok {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil || q < 0 || q > 1 {
				continue
			}
			quality = q
		}
		if (name == "zstd" || name == "gzip") && (quality > most || quality == most && quality > 0 && name == "zstd") {
			best, most = name, quality
		}
	}
	return best
}

// compressing is an answer that is compressed as soon as it is known to be worth it.
type compressing struct {
	http.ResponseWriter
	encoding string
	encoders *sync.Pool
	code     int
	held     []byte // the beginning, while it is not decided
	decided  bool
	out      encoder // nil where the answer goes as it is
}

// encoder is what both encodings have in common.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// encoders are those that nobody uses at the moment: quick ones, and those for what is sent more than once, which take more time over it.
type encoders struct{ gzip, zstd, keptGzip, keptZstd sync.Pool }

func newEncoders() *encoders {
	var e encoders
	e.gzip.New, e.keptGzip.New = newGzip(gzip.BestSpeed), newGzip(6)
	e.zstd.New, e.keptZstd.New = newZstd(zstd.SpeedFastest), newZstd(zstd.SpeedDefault)
	return &e
}

func newGzip(level int) func() any {
	return func() any {
		w, err := gzip.NewWriterLevel(nil, level)
		if err != nil {
			panic(err) // the level is one that there is
		}
		return w
	}
}

func newZstd(level zstd.EncoderLevel) func() any {
	return func() any {
		w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic(err) // the options are ones that there are
		}
		return w
	}
}

func (e *encoders) pool(encoding string) *sync.Pool {
	if encoding == "zstd" {
		return &e.zstd
	}
	return &e.gzip
}

// pack compresses a whole answer that is to be kept.
func (e *encoders) pack(encoding string, body []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(body) / 8)
	pool := &e.keptGzip
	if encoding == "zstd" {
		pool = &e.keptZstd
	}
	w := pool.Get().(encoder)
	w.Reset(&out)
	_, err := w.Write(body)
	if closed := w.Close(); err == nil {
		err = closed
	}
	w.Reset(nil)
	pool.Put(w)
	return bytes.Clone(out.Bytes()), err
}

// WriteHeader remembers the status until it is decided how the answer goes.
func (w *compressing) WriteHeader(code int) {
	switch {
	case w.code != 0:
	case code < 200:
		w.ResponseWriter.WriteHeader(code)
	default:
		w.code = code
		if h := w.Header(); code == http.StatusNoContent || code == http.StatusNotModified || h.Get("Content-Encoding") != "" || !compressible(h.Get("Content-Type")) || isSmall(h.Get("Content-Length")) {
			w.decide(false)
		}
	}
}

func isSmall(length string) bool {
	n, err := strconv.Atoi(length)
	return err == nil && n < leastCompressed
}

// compressible reports whether a media type is one of text.
func compressible(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t != "text/event-stream" && (strings.HasPrefix(t, "text/") || t == "application/json" || t == "application/x-ndjson" || t == "image/svg+xml")
}

// decide sends the headers, and what was held back.
func (w *compressing) decide(compress bool) {
	if w.decided {
		return
	}
	w.decided = true
	if compress {
		w.Header().Set("Content-Encoding", w.encoding)
		w.Header().Del("Content-Length")
		w.out = w.encoders.Get().(encoder)
		w.out.Reset(w.ResponseWriter)
	}
	if w.code != 0 {
		w.ResponseWriter.WriteHeader(w.code)
	}
}

func (w *compressing) Write(p []byte) (int, error) {
	if w.code == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.decided {
		if len(w.held)+len(p) < leastCompressed {
			w.held = append(w.held, p...)
			return len(p), nil
		}
		w.decide(true)
		if err := w.release(); err != nil {
			return 0, err
		}
	}
	if w.out != nil {
		return w.out.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

func (w *compressing) release() error {
	held := w.held
	if w.held = nil; len(held) == 0 {
		return nil
	}
	if w.out != nil {
		_, err := w.out.Write(held)
		return err
	}
	_, err := w.ResponseWriter.Write(held)
	return err
}

// FlushError sends what was written: an answer that is sent in parts is compressed however small its first one is.
func (w *compressing) FlushError() error {
	if w.code == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.decide(true)
	if err := w.release(); err != nil {
		return err
	}
	if w.out != nil {
		if err := w.out.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Flush is FlushError for those who don't ask what became of it.
func (w *compressing) Flush() { _ = w.FlushError() }

// Unwrap lets http.ResponseController reach the connection.
func (w *compressing) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack hands the connection over, uncompressed.
func (w *compressing) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// end sends the rest of the answer. One that nobody began to write stays so.
func (w *compressing) end() error {
	if w.code != 0 {
		w.decide(false)
	}
	if err := w.release(); err != nil || w.out == nil {
		return err
	}
	err := w.out.Close()
	w.out.Reset(nil)
	w.encoders.Put(w.out)
	w.out = nil
	return err
}
