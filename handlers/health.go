package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// healthz says that the process lives.
func (s *Server) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz says that the store answers.
func (s *Server) readyz(c echo.Context) error {
	if err := s.Store.Err(); err != nil {
		return c.String(http.StatusServiceUnavailable, "the store failed; restart the workbench and look at its log\n")
	}
	if _, _, err := s.Store.Derivation(c.Request().Context()); err != nil {
		return c.String(http.StatusServiceUnavailable, "the store does not answer\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
