package handlers

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// maxForm is the largest request body: the longest additional information and comment in their worst encoding, with room.
const maxForm = 256 << 10

// contentPolicy lets a page load from this workbench alone, and nothing inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const requestIDKey = "request id"

// hostCheck answers only to the names by which the workbench is meant to be reached, so that a page elsewhere cannot bind its own name to
// this address and read stories with the analyst's browser.
func (s *Server) hostCheck(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		host := c.Request().Host
		name := host
		if h, _, err := net.SplitHostPort(host); err == nil {
			name = h
		}
		name = strings.Trim(name, "[]")
		ip := net.ParseIP(name)
		if strings.EqualFold(host, s.BaseURL.Host) || strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback() || slices.Contains(s.Hosts, host) {
			return next(c)
		}
		return echo.NewHTTPError(http.StatusMisdirectedRequest)
	}
}

// recovered turns a panic into an error page and a log line; the stack goes to the log alone.
func (s *Server) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.Log.Error("panic while answering", "request", c.Get(requestIDKey), "panic", logged(fmt.Sprint(v)), "stack", string(debug.Stack()))
				err = fmt.Errorf("panic: %v", v)
			}
		}()
		return next(c)
	}
}

// requestID names the request in logs, headers and error pages.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()[:16]
		c.Set(requestIDKey, id)
		c.Response().Header().Set("X-Request-Id", id)
		return next(c)
	}
}

// accessLog writes a line for each answer. It leaves the query out: sign-in links and searches stand there.
func (s *Server) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err) // writes the answer, so that the status below is the one sent
		}
		s.Log.LogAttrs(c.Request().Context(), slog.LevelDebug, "answered", slog.Any("request", c.Get(requestIDKey)), slog.String("method", logged(c.Request().Method)),
			slog.String("path", logged(c.Request().URL.Path)), slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size), slog.Duration("took", time.Since(start)))
		return nil
	}
}

func (s *Server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.BaseURL.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxBody(c.Path()))
		return next(c)
	}
}

// crossOrigin refuses unsafe requests that another site's page made.
func (s *Server) crossOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.origins.Check(c.Request()); err != nil {
			return echo.NewHTTPError(http.StatusForbidden, "This came from a page of another site, so nothing was done.").SetInternal(err)
		}
		return next(c)
	}
}
