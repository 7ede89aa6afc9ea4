package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/connectors"
)

// maxAnswer is the longest query of a callback that is looked at.
const maxAnswer = 16 << 10

// connectorsAuthorize begins the way to Microsoft.
func (s *Server) connectorsAuthorize(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	return s.depart(c, c.Request().Context(), by, connectorID(c))
}

// connectorsDepart is the page between the workbench and Microsoft. It goes on by itself: to Microsoft, or, while Microsoft does not know
// the certificate, to asking again. A form could not lead there: no form goes to another origin.
func (s *Server) connectorsDepart(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	st, err := s.Connect.State(ctx, who(c).Scope(), connectorID(c))
	if err != nil {
		return err
	}
	in := connectors.DepartureInput{Layout: s.connectorProps(c), Connector: st.Connector}
	if st.Parent != nil {
		in.Connector.Entered = st.Parent.Entered
	}
	d, err := s.Connect.Departing(ctx, by, short(c.QueryParam("flow")))
	if errors.Is(err, workbench.ErrNotFound) || err == nil && d.Connector.ID != st.ID {
		in.Over = true
		return s.render(c, http.StatusGone, connectors.DeparturePage(connectors.NewDeparture(in)))
	}
	if err != nil {
		return err
	}
	in.URL, in.Waiting, in.Offered, in.Expires = d.URL, d.Waiting, d.Offered, d.Expires
	if err := leadOn(c, d.URL); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, connectors.DeparturePage(connectors.NewDeparture(in)))
}

// leadOn has a page go on by itself: to Microsoft, or, where there is no address yet, to asking again.
func leadOn(c echo.Context, address string) error {
	if address == "" {
		c.Response().Header().Set("Refresh", "5")
		return nil
	}
	to, err := webAddress(address)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Refresh", "1; url="+to)
	return nil
}

// goOn sends a browser that came back on to Microsoft, to sign in.
func goOn(c echo.Context, address string) error {
	to, err := webAddress(address)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, to)
}

func webAddress(address string) (string, error) {
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.Scheme != "https" && to.Scheme != "http" {
		return "", errors.New("the way to Microsoft is no web address")
	}
	return to.String(), nil
}

// connectorsArrive is where Microsoft sends browsers back to. What the address says is only looked up and shown; whether it worked is
// decided by asking Microsoft. It leads nowhere else. A browser that followed a consent link needs no account; every other does.
func (s *Server) connectorsArrive(c echo.Context) error {
	r := c.Request()
	trip := s.trip(c)
	stranger := s.mayArrive(c)
	if stranger != nil && trip.browser == "" {
		return stranger
	}
	ahead := strings.Contains(r.Header.Get("Sec-Purpose")+r.Header.Get("Purpose")+r.Header.Get("X-Moz"), "prefetch")
	if r.Method == http.MethodHead || ahead {
		return c.NoContent(http.StatusNoContent)
	}
	wrong := ""
	query, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case len(r.URL.RawQuery) > maxAnswer:
		wrong = "This address is longer than any answer of Microsoft. Press Authorize again in the workbench."
	case err != nil:
		wrong = "This address could not be read. Press Authorize again in the workbench."
	case trip.browser != "" && s.Connect.ByLink(r.Context(), trip.browser, query):
		return s.consentArrive(c, trip, query)
	}
	switch {
	case stranger != nil:
		return s.consentOver(c, trip)
	case wrong != "":
		return s.arrived(c, http.StatusBadRequest, connectors.ArrivalInput{Wrong: wrong})
	}
	s.Connect.Looked()
	by, err := s.by(c)
	if err != nil {
		return err
	}
	arrival, err := s.Connect.Arrive(r.Context(), by, query)
	var invalid *workbench.Invalid
	switch {
	case errors.Is(err, workbench.ErrNotFound):
		return s.arrived(c, http.StatusNotFound, connectors.ArrivalInput{
			Wrong: "This answer was used already, came later than ten minutes, or was not asked for in this browser. Press Authorize again in the workbench."})
	case errors.As(err, &invalid):
		return s.arrived(c, http.StatusBadRequest, connectors.ArrivalInput{Wrong: "This is not how Microsoft answers, so it was passed over. Press Authorize again in the workbench."})
	case err != nil:
		return err
	}
	if arrival.Next != "" {
		return goOn(c, arrival.Next)
	}
	code := http.StatusOK
	if arrival.Fault != nil {
		code = http.StatusBadRequest
	}
	source := sourceOf(arrival.State)
	if source.ID == "" {
		source.Connector = arrival.Connector
	}
	return s.arrived(c, code, connectors.ArrivalInput{Source: source, Fault: arrival.Fault})
}

// mayArrive is nil for an account that may end what it began at Microsoft. Who followed a consent link needs none.
func (s *Server) mayArrive(c echo.Context) error {
	switch {
	case who(c).ID == "":
		return errSignedOut
	case !who(c).May(workbench.EditIntegration):
		return workbench.ErrForbidden
	}
	return nil
}

func (s *Server) arrived(c echo.Context, code int, in connectors.ArrivalInput) error {
	in.Layout = s.connectorProps(c)
	return s.render(c, code, connectors.ArrivalPage(connectors.NewArrival(in)))
}
