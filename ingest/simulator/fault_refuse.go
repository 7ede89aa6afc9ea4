package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// proxyPage is what a proxy answers that wants somebody to sign in.
const proxyPage = "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head><body><h1>Sign in to the network</h1></body></html>\n"

// refuseUnder writes the refusal that the first trouble of that kind demands, and reports whether there was one.
func (s *Simulator) refuseUnder(w http.ResponseWriter, r *http.Request, t troubles, now time.Time) bool {
	for _, f := range t {
		switch f.Do {
		case Throttle:
			s.refuseAs(w, r, throttled(retryAfter(f.Text, now)))
		case ThrottleMidway:
			w.Header().Set("Content-Type", graphMediaType)
			w.Write([]byte(`{"@odata.context":"{"error":{"code":"TooManyRequests","message":"Too many requests."}}`))
		case Failing:
			s.refuseAs(w, r, internal())
		case Unavailable:
			e := throttled(retryAfter(f.Text, now))
			e.status, e.code, e.message = http.StatusServiceUnavailable, "ServiceUnavailable", "The service is temporarily unavailable."
			s.refuseAs(w, r, e)
		case GatewayTimeout:
			writeHTML(w, http.StatusGatewayTimeout, "<html><head><title>504 Gateway Time-out</title></head><body><h1>504 Gateway Time-out</h1></body></html>\n")
		case EmptyCode:
			status := f.N
			if status < 400 || status > 599 {
				status = http.StatusInternalServerError
			}
			s.refuseAs(w, r, &graphError{status: status})
		case Unauthorized:
			s.refuseAs(w, r, unauthorized("Lifetime validation failed, the token is expired."))
		case Revoked:
			if _, ok := parseObject(r.URL.Path); ok {
				s.refuseAs(w, r, denied())
				break
			}
			s.refuseAs(w, r, &graphError{status: http.StatusForbidden, code: "Forbidden", message: fmt.Sprintf(
				"Missing application roles. API required roles: %s, application roles: .", strings.Join(incidentRoles, ","))})
		case HTML:
			writeHTML(w, http.StatusOK, proxyPage)
		case Redirect:
			address := f.Text
			if address == "" {
				address = "https://" + foreignHost + r.URL.RequestURI()
			}
			w.Header().Set("Location", address)
			w.WriteHeader(http.StatusFound)
		default:
			continue
		}
		return true
	}
	return false
}

// refuseAs writes a refusal in the form of the service that was asked.
func (s *Simulator) refuseAs(w http.ResponseWriter, r *http.Request, e *graphError) {
	if strings.HasPrefix(r.URL.Path, "/v1.0/") {
		s.refuse(w, r, e)
		return
	}
	for name, values := range e.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(e.status)
	fmt.Fprintf(w, `{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error has occurred. Please try again.","error_codes":[90033]}`)
}

func writeHTML(w http.ResponseWriter, status int, html string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(html))
}

// retryAfter is a Retry-After as a fault asks for it: as it stands there, or a date so many seconds ahead.
func retryAfter(text string, now time.Time) string {
	after, isDate := strings.CutPrefix(text, "date:")
	if !isDate {
		return text
	}
	seconds, err := strconv.Atoi(after)
	if err != nil {
		return text
	}
	return now.Add(time.Duration(seconds) * time.Second).Format(http.TimeFormat)
}
