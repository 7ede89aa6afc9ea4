package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// answer is a response that was decided on under the lock and is written without it, so that a slow reader holds nobody up.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if len(a.body) > 0 || a.status == http.StatusOK {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	w.Write(a.body) // whoever went away needs no answer
}

// object is an answer in JSON.
func object(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		return plain(http.StatusInternalServerError, "writing an answer: "+err.Error())
	}
	return answer{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: body}
}

// plain is an answer in words.
func plain(status int, text string) answer {
	return answer{status: status, header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, body: []byte(text + "\n")}
}

// redirect sends a browser elsewhere.
func redirect(address string) answer {
	return answer{status: http.StatusFound, header: http.Header{"Location": {address}, "Cache-Control": {"no-store"}, "Referrer-Policy": {"no-referrer"}}}
}
