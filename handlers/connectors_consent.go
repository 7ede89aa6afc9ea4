package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/views/connectors"
	"workbench/views/layout"
	"workbench/views/link"
)

// Invitations is what the pages of consent links ask. Whoever reads them has no account here.
type Invitations interface {
	Invited(ctx context.Context, secret string) (connect.Invitation, error)
	Follow(ctx context.Context, secret, browser string) (connect.Departure, error)
	FollowOn(ctx context.Context, browser, flow string) (connect.Departure, error)
	ByLink(ctx context.Context, browser string, query url.Values) bool
	ArriveByLink(ctx context.Context, browser string, query url.Values) (connect.LinkArrival, error)
}

// invited answers where the workbench has connectors at all. Strangers have nobody asked about anything.
func (s *Server) invited(handle echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.Connect == nil {
			return workbench.ErrNotFound
		}
		return handle(c)
	}
}

// consentShow is the page of a consent link: what is asked for, by whom, and for which tenant. Looking at it changes nothing.
func (s *Server) consentShow(c echo.Context) error {
	token := short(c.QueryParam(connectors.FieldToken))
	if !s.tries.visit(c.RealIP(), s.Now()) {
		return s.consentHeld(c, token)
	}
	i, err := s.Connect.Invited(c.Request().Context(), token)
	if err != nil || !i.Open {
		return s.consentClosed(c, i, err)
	}
	return s.render(c, http.StatusOK, connectors.InvitationPage(connectors.NewInvitation(connectors.InvitationInput{Layout: s.props(c, "", ""), Link: i.Link, Address: strings.TrimSuffix(s.BaseURL.String(), "/"),
		Entered: i.Entered, TenantName: i.TenantName, Connector: i.Connector, Token: token})))
}

// consentClosed says that a link leads nowhere: unknown and withdrawn ones alike.
func (s *Server) consentClosed(c echo.Context, i connect.Invitation, err error) error {
	if err != nil && !errors.Is(err, workbench.ErrNotFound) {
		return err
	}
	code := http.StatusGone
	if err != nil {
		code, i.Link = http.StatusNotFound, workbench.ConsentLink{}
	}
	return s.consentNote(c, code, connectors.ClosedNote(s.consentProps(c, ""), i.Link))
}

func (s *Server) consentNote(c echo.Context, code int, n connectors.ConsentNote) error {
	return s.render(c, code, connectors.ConsentNotePage(n))
}

// consentProps is the frame of a page for a reader without an account, whose forms come back to the page of the link; "" where that is not known.
func (s *Server) consentProps(c echo.Context, again string) layout.Props {
	p := s.props(c, "", "")
	p.Return = again
	return p
}

// consentHeld says that a link is followed, or links are looked for, too often.
func (s *Server) consentHeld(c echo.Context, token string) error {
	c.Response().Header().Set("Retry-After", "60")
	again := ""
	if token != "" {
		again = link.Consent(token)
	}
	return s.consentNote(c, http.StatusTooManyRequests, connectors.HeldNote(s.consentProps(c, again), again))
}

// consentFollow begins the way to Microsoft in this browser, which gets a secret of its own for it.
func (s *Server) consentFollow(c echo.Context) error {
	token := short(c.FormValue(connectors.FieldToken))
	if !s.tries.visit(c.RealIP(), s.Now()) {
		return s.consentHeld(c, token)
	}
	ctx := c.Request().Context()
	trip := s.trip(c)
	trip.token = token
	if trip.browser == "" {
		trip.browser = rand.Text() + rand.Text()
	}
	d, err := s.Connect.Follow(ctx, token, trip.browser)
	var fault *workbench.Fault
	switch {
	case errors.Is(err, workbench.ErrNotFound):
		i, err := s.Connect.Invited(ctx, token)
		return s.consentClosed(c, i, err)
	case errors.As(err, &fault) && fault.Reason == workbench.ReasonThrottled:
		return s.consentHeld(c, token)
	case fault != nil:
		return s.consentNote(c, http.StatusBadGateway, connectors.RefusedNote(s.consentProps(c, link.Consent(token)), fault, link.Consent(token)))
	case err != nil:
		return err
	}
	s.setTrip(c, trip)
	return c.Redirect(http.StatusSeeOther, link.ConsentDeparting(d.Flow))
}

// consentDepart is the page between that of a link and Microsoft. It goes on by itself.
func (s *Server) consentDepart(c echo.Context) error {
	ctx, trip := c.Request().Context(), s.trip(c)
	d, err := s.Connect.FollowOn(ctx, trip.browser, short(c.QueryParam("flow")))
	var fault *workbench.Fault
	switch {
	case errors.Is(err, workbench.ErrNotFound):
		return s.consentOver(c, trip)
	case errors.As(err, &fault):
		again := s.againAt(ctx, trip, "")
		return s.consentNote(c, http.StatusBadGateway, connectors.RefusedNote(s.consentProps(c, again), fault, again))
	case err != nil:
		return err
	}
	if err := leadOn(c, d.URL); err != nil {
		return err
	}
	return s.consentNote(c, http.StatusOK, connectors.DepartingNote(s.consentProps(c, s.againAt(ctx, trip, "")), d.URL, d.Waiting, d.Expires))
}

// consentOver says that a way to Microsoft is over; and of a link that is closed meanwhile, why.
func (s *Server) consentOver(c echo.Context, trip trip) error {
	if trip.token != "" {
		if i, err := s.Connect.Invited(c.Request().Context(), trip.token); err != nil || !i.Open {
			return s.consentClosed(c, i, err)
		}
	}
	again := s.againAt(c.Request().Context(), trip, "")
	return s.consentNote(c, http.StatusGone, connectors.OverNote(s.consentProps(c, again), again))
}

// againAt is the address of the link that a browser followed, while it is good for another try; of that with an id alone, where one is given.
func (s *Server) againAt(ctx context.Context, trip trip, id string) string {
	if trip.token == "" {
		return ""
	}
	i, err := s.Connect.Invited(ctx, trip.token)
	if err != nil || !i.Open || id != "" && i.Link.ID != id {
		return ""
	}
	return link.Consent(trip.token)
}

// consentArrive ends the way of a browser that followed a link, or sends it on to sign in.
func (s *Server) consentArrive(c echo.Context, trip trip, query url.Values) error {
	ctx := c.Request().Context()
	a, err := s.Connect.ArriveByLink(ctx, trip.browser, query)
	switch {
	case errors.Is(err, workbench.ErrNotFound):
		return s.consentOver(c, trip)
	case err != nil:
		return err
	case a.Fault != nil:
		again := s.againAt(ctx, trip, a.Link.ID)
		return s.consentNote(c, http.StatusBadRequest, connectors.RefusedNote(s.consentProps(c, again), a.Fault, again))
	case a.Next != "":
		s.setTrip(c, trip) // signing in takes its time, too
		return goOn(c, a.Next)
	}
	trip.token = "" // the browser may be on its way by another link as well
	s.setTrip(c, trip)
	return s.consentNote(c, http.StatusOK, connectors.GrantedNote(s.consentProps(c, ""), a.Connector, a.TenantName))
}
