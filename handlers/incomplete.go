package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench/ingest/connect"
)

// incomplete are the connectors whose data is missing in every list that the account sees; never nil.
func (s *Server) incomplete(c echo.Context) []connect.Blind {
	return append([]connect.Blind{}, s.blind(c)...)
}

const blindKey = "blind"

// blind is incomplete as Connect says it, the same for the whole of a request.
func (s *Server) blind(c echo.Context) []connect.Blind {
	if s.Connect == nil {
		return nil
	}
	if list, ok := c.Get(blindKey).([]connect.Blind); ok {
		return list
	}
	list := s.Connect.Blindness(who(c).Scope())
	c.Set(blindKey, list)
	return list
}

// exportName is the name of a file that a browser keeps. It says that data is missing, because a file outlives the page that said so.
func exportName(name string, incomplete []connect.Blind) string {
	if len(incomplete) > 0 {
		return name + "-incomplete"
	}
	return name
}

// maxSaid is how many connectors a header names.
const maxSaid = 20

// sayIncomplete names the connectors whose data is missing in the header Workbench-Incomplete, for programs that read a form without an
// envelope.
func sayIncomplete(h http.Header, incomplete []connect.Blind) {
	var names []string
	for _, b := range incomplete[:min(len(incomplete), maxSaid)] {
		if text := string(b.Tenant) + " " + string(b.Connector); !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	if len(names) > 0 {
		h.Set("Workbench-Incomplete", strings.Join(names, ", "))
	}
}
