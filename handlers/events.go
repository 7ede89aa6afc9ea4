package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"workbench"
)

// events is the stream of server-sent events. "hello" comes first, "stories" when stories changed: both with the number of the newest change
// of a story that the account may see. "connectors" has the ids of those that changed and that it may see, parted by spaces, or "*" for many.
// A browser that takes things slowly gets the newest state, never a backlog. The stream ends when the session does, and when the account may
// see something else than when it began; who asks again is answered as things are then.
//
// The connection is taken over from the server of pages, whose buffers and goroutine would cost each of ten thousand streams 40 kB.
func (s *Server) events(c echo.Context) error {
	r, w := c.Request(), c.Response()
	if r.ContentLength != 0 {
		return echo.NewHTTPError(http.StatusBadRequest, "A request for events has no body.")
	}
	account := who(c)
	session, err := s.sessionID(c)
	if err != nil {
		return err
	}
	s.hub.endWith(s.closing)
	st := newStream(s.hub.pace.patience)
	newest, before, leave, err := s.hub.add(account, st)
	if err != nil {
		w.Header().Set("Retry-After", "60")
		if errors.Is(err, errManyStreamsEach) {
			return echo.NewHTTPError(http.StatusTooManyRequests, "Too many browsers listen for changes with your account. The page works as before; reload it to see what is new.")
		}
		return echo.NewHTTPError(http.StatusServiceUnavailable, "No further browser can listen for changes at the moment. The page works as before; reload it to see what is new.")
	}
	conn, _, err := http.NewResponseController(w.Unwrap()).Hijack()
	if err != nil {
		leave()
		return fmt.Errorf("opening an event stream: %w", err)
	}
	w.Committed, w.Status = true, http.StatusOK
	h := w.Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies that read this send on at once
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	h.Set("Connection", "close") // nothing else comes over this connection, and its end is the stream's
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\n")
	if err := h.Write(&head); err != nil {
		panic(err) // memory takes everything
	}
	retry := 2_000 + before*617%4_000 // milliseconds; different for each, so that a restart is not followed by all at once
	fmt.Fprintf(&head, "\r\nretry: %d\nevent: hello\ndata: %d\n\n", retry, newest)
	st.open(conn, head.String(), leave)
	st.every(s.hub.pace.recheck, s.watch(st, session, account))
	return nil
}

// watch returns what looks whether a stream may go on: whether its session still stands and the account still sees the same. It also keeps
// the connection from being idle for long.
func (s *Server) watch(st *stream, session string, was workbench.Account) func() bool {
	limit, beat := s.hub.pace.patience, s.hub.pace.beat
	return func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), limit) // the request is long answered
		defer cancel()
		now, err := s.renewed(ctx, session)
		if err != nil || !sameView(now, was) {
			return false
		}
		st.beat(beat)
		return true
	}
}

// sameView reports whether an account that was read again may still see stories, and sees what it saw before.
func sameView(now, was workbench.Account) bool {
	return now.ID == was.ID && now.May(workbench.ReadStory) && now.Scope().Equal(was.Scope()) && now.May(workbench.ReadIntegration) == was.May(workbench.ReadIntegration)
}
