package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/link"
	"workbench/views/problem"
)

// errSignedOut asks for a sign-in.
var errSignedOut = errors.New("signed out")

// status maps what went wrong to a status and a plain sentence for the reader. The internal text goes to the log alone.
func status(err error) (int, string) {
	var http404 *echo.HTTPError
	var invalid *workbench.Invalid
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, "What was sent is larger than the workbench takes. Nothing was changed."
	case errors.As(err, &invalid):
		return http.StatusUnprocessableEntity, invalid.Error()
	case errors.Is(err, workbench.ErrNotFound):
		return http.StatusNotFound, "There is nothing here, or you may not see it."
	case errors.Is(err, workbench.ErrForbidden):
		return http.StatusForbidden, "Your account may not do this."
	case errors.Is(err, workbench.ErrConflict):
		return http.StatusConflict, "Somebody changed this meanwhile. Look at it again, then decide."
	case errors.Is(err, workbench.ErrBadCursor):
		return http.StatusBadRequest, "This address continues another list, or was changed. Start from the first page."
	case errors.Is(err, workbench.ErrReadOnly):
		return http.StatusInsufficientStorage, "The disk is full or write-protected, so nothing was saved. Reading goes on. Make room on the disk, then try again."
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "The answer took too long and was given up. Try again."
	case errors.As(err, &http404):
		switch http404.Code {
		case http.StatusNotFound:
			return http.StatusNotFound, "There is nothing at this address."
		case http.StatusMethodNotAllowed:
			return http.StatusMethodNotAllowed, "This address does not take such a request."
		case http.StatusMisdirectedRequest:
			return http.StatusMisdirectedRequest, "The workbench does not answer to this name. Use the address that it printed, or set --base-url."
		}
		if text, ok := http404.Message.(string); ok {
			return http404.Code, text
		}
		return http404.Code, http.StatusText(http404.Code)
	}
	return http.StatusInternalServerError, "Something went wrong inside the workbench. It has been written to the log under the number below."
}

// fail answers a request whose handler returned an error: a page, a notice for a partial, or JSON.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, errSignedOut) {
		if held, err := s.holdForm(c); held {
			if err != nil {
				s.Log.Error("sending the sign-in page", "error", logged(err.Error()))
			}
			return
		}
		s.askSignIn(c)
		return
	}
	code, sentence := status(err)
	if code >= 500 {
		s.Log.Error("answering failed", "request", c.Get(requestIDKey), "path", logged(c.Request().URL.Path), "error", logged(err.Error()))
	}
	id, _ := c.Get(requestIDKey).(string)
	c.Response().Header().Set("Cache-Control", "no-store")
	var sent error
	switch {
	case form(c) != "":
		body := map[string]any{"error": sentence, "request": id}
		var invalid *workbench.Invalid
		if errors.As(err, &invalid) {
			body["fields"] = invalid.Fields
		}
		sent = writeJSON(c, code, body)
	case wantsPartial(c.Request()):
		sent = s.render(c, code, problem.Notice(sentence, id))
	default:
		if account, err := s.account(c); err == nil { // an address that is no route has asked for no permission, so nobody is known yet
			c.Set(accountKey, account)
		}
		sent = s.render(c, code, problem.Page(s.props(c, http.StatusText(code), ""), code, sentence, id))
	}
	if sent != nil {
		s.Log.Error("sending the error page", "request", id, "error", logged(sent.Error()))
	}
}

// askSignIn sends a person to the sign-in page, keeping where they wanted to go, and tells a program.
func (s *Server) askSignIn(c echo.Context) {
	target := link.SignIn()
	if c.Request().Method == http.MethodGet && c.Request().URL.Path != "/" {
		target += "?" + url.Values{"return": {here(c)}}.Encode()
	}
	var err error
	switch {
	case form(c) != "":
		err = writeJSON(c, http.StatusUnauthorized, map[string]any{"error": "Nobody is signed in. Open a sign-in link first."})
	case c.Request().Header.Get("HX-Request") == "true":
		c.Response().Header().Set("HX-Redirect", target)
		err = c.NoContent(http.StatusUnauthorized)
	default:
		err = c.Redirect(http.StatusSeeOther, target)
	}
	if err != nil {
		s.Log.Error("sending to the sign-in page", "error", logged(err.Error()))
	}
}
