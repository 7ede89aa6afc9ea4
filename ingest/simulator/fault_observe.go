package simulator

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Request is one that a tenant's simulator was asked.
type Request struct {
	Number int // from 1 on
	When   time.Time
	Method string
	Path   string
	Query  string // as it came
	Kind   string // as Fault.Match has it
	Status int    // of the answer
	Faults []Trouble
}

// keptRequests is how many requests of a tenant are kept.
const keptRequests = 2000

// Requests are the latest of the tenant, the newest last.
func (w *World) Requests() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Request(nil), w.requests...)
}

// note keeps a request.
func (w *World) note(r Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	r.Number = w.asked
	if len(w.requests) == 2*keptRequests {
		w.requests = append(w.requests[:0], w.requests[keptRequests:]...)
	}
	w.requests = append(w.requests, r)
}

// observe answers a request with next, notes it for its tenant, and lets the tenant's faults have their way.
func (s *Simulator) observe(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	t := s.lookup(claimedTenant(r))
	if t == nil {
		next(w, r)
		return
	}
	kind := kindOf(r)
	now := t.world.lock()
	hits := t.world.strike(kind, r.Method, r.URL)
	t.world.mu.Unlock()
	rec := &recorder{header: w.Header(), status: http.StatusOK}
	noted := Request{When: now, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Kind: kind}
	for _, f := range hits {
		noted.Faults = append(noted.Faults, f.Do)
	}
	r = withTroubles(r, hits)
	if !s.refuseUnder(rec, r, hits, now) {
		next(rec, r)
	}
	if hits.has(Partial) && rec.status == http.StatusOK {
		rec.status = http.StatusPartialContent
		rec.header.Set("Warning", `199 - "Microsoft/MDO/503/2041"`)
	}
	noted.Status = rec.status
	t.world.note(noted) // before it is sent: whoever has the answer finds the request noted
	rec.send(w, r, hits, now)
}

// claimedTenant is the tenant that a request says it is about: by its token, or by the first word of its path.
func claimedTenant(r *http.Request) string {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if first != "v1.0" || rest == "" {
		return first
	}
	parts := strings.Split(r.Header.Get("Authorization"), ".")
	if len(parts) != 3 || len(parts[1]) > 1<<16 {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Tenant string `json:"tid"`
	}
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return ""
	}
	return claims.Tenant
}

// kindOf is what a request is about, in a word.
func kindOf(r *http.Request) string {
	if at, ok := parseObject(r.URL.Path); ok {
		switch {
		case at.action != "":
			return at.action
		case at.by != "":
			return strings.TrimSuffix(at.collection, "s")
		}
		return at.collection
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 3 || parts[0] != "v1.0" || parts[1] != "security" {
		return parts[len(parts)-1]
	}
	switch at := strings.Join(parts[2:3], "") + "/" + strconv.Itoa(len(parts)); at {
	case "incidents/4":
		return "incident"
	case "incidents/5":
		return "incidentAlerts"
	case "alerts_v2/3":
		return "alerts"
	case "alerts_v2/4":
		return "alert"
	}
	return parts[2]
}

// recorder gathers an answer, so that a fault can spoil it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	begun  bool
}

// Header is the answer's.
func (x *recorder) Header() http.Header { return x.header }

// Write gathers.
func (x *recorder) Write(b []byte) (int, error) {
	x.begun = true
	return x.body.Write(b)
}

// WriteHeader takes the first status.
func (x *recorder) WriteHeader(status int) {
	if !x.begun {
		x.begun, x.status = true, status
	}
}

// smallestGzip is from how many bytes on a body is compressed.
const smallestGzip = 1024

// compress compresses the body.
func (x *recorder) compress() {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // the level is right
	z.Write(x.body.Bytes())                         // into memory: neither can fail
	z.Close()
	x.body = b
	x.header.Set("Content-Encoding", "gzip")
}

// send writes the answer as far as troubles let it. It panics with http.ErrAbortHandler where the connection is to break.
func (x *recorder) send(w http.ResponseWriter, r *http.Request, t troubles, now time.Time) {
	if t.has(Lost) {
		panic(http.ErrAbortHandler)
	}
	if f, ok := t.find(ClockSkew); ok {
		x.header.Set("Date", now.Add(time.Duration(f.N)*time.Second).Format(http.TimeFormat))
	}
	if t.has(ByteOrderMark) {
		x.body = *bytes.NewBuffer(append([]byte("\xEF\xBB\xBF"), x.body.Bytes()...))
	}
	accepted := strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && strings.HasPrefix(r.URL.Path, "/v1.0/")
	if t.has(GzipCut) || accepted && x.body.Len() >= smallestGzip {
		x.compress()
	}
	body := x.body.Bytes()
	if t.has(GzipCut) {
		body = body[:len(body)/2]
	}
	declared, written, broken := len(body), len(body), false
	if f, ok := t.find(Cut); ok {
		if written, broken = min(f.N, len(body)-1), true; f.N <= 0 {
			written = len(body) / 2
		}
	}
	if off := t.number(WrongLength, 1); off != 0 {
		declared = max(declared+off, 0)
		written, broken = min(written, declared), broken || off > 0
	}
	x.header.Set("Content-Length", strconv.Itoa(declared))
	w.WriteHeader(x.status)
	if f, ok := t.find(Slow); ok && written > 0 {
		w.Write(body[:1]) // whoever went away is noticed below
		http.NewResponseController(w).Flush()
		if !pause(r, f.N) {
			panic(http.ErrAbortHandler)
		}
		body, written = body[1:], written-1
	}
	w.Write(body[:max(written, 0)]) // whoever went away needs no answer
	if broken {
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// pause waits so many seconds, 0 = for ever, and reports whether the client is still there.
func pause(r *http.Request, seconds int) bool {
	if seconds <= 0 {
		<-r.Context().Done()
		return false
	}
	timer := time.NewTimer(time.Duration(seconds) * time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
