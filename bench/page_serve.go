package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/handlers"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/index"
)

// listPath is the list that is measured.
const listPath = "/stories"

// serve is the command serve, which page runs in a process of its own: the workbench's handlers over a store, and next to them an Echo that
// answers with ready bytes of the very same page. It prints the address, the session's cookie and the address of the ready bytes, and ends
// with its context.
func serve(ctx context.Context, args []string, out io.Writer) (err error) {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	path := set.String("store", "", "path of a store, in which an account and a session are made")
	if err := set.Parse(args); err != nil {
		return err
	}
	st, err := boltstore.Open(*path, deriver{}, boltstore.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	x := index.New(index.Config{Rows: st})
	if err := x.CatchUp(ctx, st); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	base := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	server, err := handlers.New(ctx, handlers.Config{Store: st, Queries: x, BaseURL: base, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	cookie, err := signIn(ctx, st, server, base)
	if err != nil {
		return err
	}
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, base.String()+listPath, nil)
	request.AddCookie(cookie)
	page := httptest.NewRecorder()
	server.ServeHTTP(page, request)
	if page.Code != http.StatusOK {
		return fmt.Errorf("%s answers %d: %.300s", listPath, page.Code, page.Body)
	}
	ready, bytes := echo.New(), page.Body.Bytes()
	ready.GET("/", func(c echo.Context) error { return c.Blob(http.StatusOK, "text/html; charset=utf-8", bytes) })
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	for l, h := range map[net.Listener]http.Handler{listener: server, other: ready} {
		web := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
		defer web.Close()
		go func() { failed <- web.Serve(l) }()
	}
	fmt.Fprintf(out, "http://%s%s %s http://%s/\n", listener.Addr(), listPath, cookie, other.Addr())
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// signIn makes an account that sees everything, and a session of it.
func signIn(ctx context.Context, st store.Store, server http.Handler, base *url.URL) (*http.Cookie, error) {
	account := workbench.Account{ID: workbench.Administrator, Name: "administrator", Role: workbench.AdministratorRole, Grants: []workbench.TenantID{}, AllGrants: true}
	if err := st.AddAccount(ctx, account); err != nil && !errors.Is(err, workbench.ErrExists) {
		return nil, err
	}
	token := workbench.NewID("bench", time.Now().String())
	if err := st.AddLink(ctx, token, store.Link{Account: account.ID, Expires: time.Now().Add(time.Hour)}); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, base.String()+"/sign-in?token="+token, nil))
	for _, c := range w.Result().Cookies() {
		if c.Name == "workbench" {
			return &http.Cookie{Name: c.Name, Value: c.Value}, nil
		}
	}
	return nil, fmt.Errorf("signing in answers %d without a session: %.300s", w.Code, w.Body)
}
