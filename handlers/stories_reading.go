package handlers

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"workbench/store"
)

// reading is how far what stands inside stories was read when a list was searched for a text. The newest stories come into lists at once, and
// are found by their names; what stands inside them is read a little later, and a list made meanwhile says so.
type reading struct {
	searched     bool // the list was asked for with a text
	inside, asOf store.Change
}

func readingOf(q store.Query, page store.Page) reading {
	return reading{q.Text != "", page.Inside, page.AsOf}
}

// readUpTo asks how far it is read, for answers that don't tell.
func (s *Server) readUpTo(c echo.Context, q store.Query) (reading, error) {
	if q.Text == "" {
		return reading{}, nil
	}
	q.Bare, q.Limit, q.After = true, 1, ""
	page, err := s.Queries.Stories(c.Request().Context(), who(c).Scope(), q)
	return readingOf(q, page), err
}

func (r reading) behind() bool { return r.searched && r.inside < r.asOf }

// unread is how many of 100 changes are not yet read, at least one where any is not.
func (r reading) unread() int {
	if !r.behind() {
		return 0
	}
	return int(max(1, (r.asOf-r.inside)*100/r.asOf))
}

// in adds it to a list as JSON.
func (r reading) in(list map[string]any) map[string]any {
	if r.searched {
		list["inside"] = r.inside
	}
	return list
}

// say says it in the header Workbench-Inside, for programs that read a form without an envelope.
func (r reading) say(h http.Header) {
	if r.behind() {
		h.Set("Workbench-Inside", fmt.Sprintf("%d of %d", r.inside, r.asOf))
	}
}

// name is the name of a file that a browser keeps; see exportName.
func (r reading) name(name string) string {
	if r.behind() {
		return name + "-still-reading"
	}
	return name
}
