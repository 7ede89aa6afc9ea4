package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// refusal is one of Entra's errors.
type refusal struct {
	status int    // at the token endpoint
	oauth  string // error
	code   int    // AADSTS…
	text   string
}

// refused is a refusal at the token endpoint with its status.
func refused(oauth string, code int, format string, args ...any) *refusal {
	status := http.StatusBadRequest
	if oauth == "invalid_client" {
		status = http.StatusUnauthorized
	}
	return &refusal{status: status, oauth: oauth, code: code, text: fmt.Sprintf(format, args...)}
}

// described is a refusal with the identifiers that make it one event.
type described struct {
	*refusal
	trace       string
	correlation string
	at          string
	uri         string
}

// describe gives a refusal its identifiers. The correlation is the caller's request id, if it gave one. The caller holds mu.
func (s *Simulator) describe(r *http.Request, e *refusal) described {
	d := described{refusal: e, trace: newGUID(), correlation: r.Header.Get("client-request-id"), at: s.now().Format("2006-01-02 15:04:05Z"),
		uri: s.address("/error?code=" + strconv.Itoa(e.code))}
	if !guidPattern.MatchString(d.correlation) {
		d.correlation = newGUID()
	}
	return d
}

// description is the text of error_description.
func (d described) description() string {
	return fmt.Sprintf("AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", d.code, d.text, d.trace, d.correlation, d.at)
}

// refuseToken is the answer of the endpoints that speak JSON. The caller holds mu.
func (s *Simulator) refuseToken(r *http.Request, e *refusal) answer {
	d := s.describe(r, e)
	a := object(d.status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Codes       []int  `json:"error_codes"`
		Timestamp   string `json:"timestamp"`
		Trace       string `json:"trace_id"`
		Correlation string `json:"correlation_id"`
		URI         string `json:"error_uri"`
	}{d.oauth, d.description(), []int{d.code}, d.at, d.trace, d.correlation, d.uri})
	a.header.Set("Cache-Control", "no-store, no-cache")
	a.header.Set("Pragma", "no-cache")
	a.header.Set("x-ms-request-id", d.trace)
	a.header.Set("client-request-id", d.correlation)
	return a
}

// pair is a parameter of an answer to a redirect address. Their order is Microsoft's.
type pair struct{ name, value string }

// parameters are those of a refusal that is told to the app. The caller holds mu.
func (s *Simulator) parameters(r *http.Request, e *refusal) []pair {
	d := s.describe(r, e)
	return []pair{{"error", d.oauth}, {"error_description", d.description()}, {"error_uri", d.uri}}
}

// query writes parameters behind an address.
func query(address string, parameters []pair) string {
	separator := "?"
	if u, err := url.Parse(address); err == nil && u.RawQuery != "" {
		separator = "&"
	}
	return address + separator + encode(parameters)
}

func encode(parameters []pair) string {
	text := ""
	for i, p := range parameters {
		if i > 0 {
			text += "&"
		}
		text += url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
	}
	return text
}

// within reports whether a moment lies in a range, give or take the five minutes by which Microsoft lets clocks differ.
func within(now, from, to time.Time) bool {
	return !now.Add(5*time.Minute).Before(from) && !now.Add(-5*time.Minute).After(to)
}
