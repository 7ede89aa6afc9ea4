package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"workbench"
	"workbench/handlers"
	"workbench/store"
	"workbench/store/index"
)

// listenFlags are those of every command that serves pages.
type listenFlags struct {
	Addr    string `help:"Address to listen on; port 0 takes any." default:"127.0.0.1:8080" env:"WORKBENCH_ADDR"`
	BaseURL string `help:"What every link and redirect begins with. Default: http://localhost:PORT." name:"base-url" env:"WORKBENCH_BASE_URL" placeholder:"URL"`
	Gallery bool   `help:"Also serve /gallery: every view in every state." env:"WORKBENCH_GALLERY"`
}

// serveCommand is the workbench itself.
type serveCommand struct{ listenFlags }

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, s *session) error {
	st, err := s.open(true)
	if err != nil {
		return err
	}
	err = s.serve(ctx, st, c.listenFlags, service{})
	return errors.Join(err, st.Close())
}

// service is what demo adds to serve.
type service struct {
	demo   bool
	opened func(ctx context.Context, base string) error // called once pages are served
}

// serve serves a store until the context ends: pages, the socket, the index that follows the store.
func (s *session) serve(ctx context.Context, st store.Store, flags listenFlags, extra service) error {
	if err := ensureAdministrator(ctx, st, s.Now()); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", flags.Addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w; choose another with --addr", flags.Addr, err)
	}
	base, err := baseURL(flags.BaseURL, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	names, err := tenantNames(ctx, st)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	path, err := s.path()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	socket, err := listenSocket(socketPath(path))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	list := index.New(names)
	if err := list.CatchUp(ctx, st); err != nil { // so that the first page misses nothing
		return errors.Join(ignoreEnd(ctx, err), listener.Close())
	}
	var busy atomic.Value
	busy.Store("")
	server, err := handlers.New(ctx, handlers.Config{Store: st, Queries: list, BaseURL: base, Now: s.Now, Log: s.Log, Demo: extra.demo, Gallery: flags.Gallery,
		Busy: func() string { return busy.Load().(string) }})
	if err != nil {
		return errors.Join(err, listener.Close(), socket.Close())
	}
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 128 << 10,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn)}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return ignoreEnd(ctx, list.Follow(ctx, st)) })
	group.Go(func() error { return s.rederive(ctx, st, &busy) })
	group.Go(func() error {
		return serveSocket(ctx, socket, held{Store: st, Now: s.Now, Log: s.Log, Base: base.String})
	})
	group.Go(func() error {
		if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving pages: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if web.Shutdown(drain) != nil {
			return web.Close()
		}
		return nil
	})
	group.Go(func() error {
		fmt.Fprintf(s.Out, "listening on http://%s\n", listener.Addr())
		if extra.opened != nil {
			return extra.opened(ctx, base.String())
		}
		address, err := newLink(ctx, st, base.String(), workbench.Administrator, s.Now().Add(linkLife), false)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "sign in once, within a day: %s\n", address)
		return nil
	})
	return group.Wait()
}

// rederive brings content that another version of the program derived up to this one, while pages are served and say so.
func (s *session) rederive(ctx context.Context, st store.Store, busy *atomic.Value) error {
	stored, program, err := st.Derivation(ctx)
	if err != nil || stored == program {
		return ignoreEnd(ctx, err)
	}
	s.Log.Info("deriving every story again", "stored", stored, "program", program)
	busy.Store("Stories are being brought up to this version of the workbench. Some still look as the former version made them.")
	differing := 0
	err = st.Rebuild(ctx, false, func(store.StoryEffect) { differing++ })
	busy.Store("")
	if err != nil {
		return ignoreEnd(ctx, fmt.Errorf("deriving every story again: %w", err))
	}
	s.Log.Info("derived every story again", "differing", differing)
	return nil
}

// ignoreEnd takes an error that only says that the context ended as the orderly end that it is.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// baseURL is what every link begins with.
func baseURL(given string, addr net.Addr) (*url.URL, error) {
	if given == "" {
		_, port, err := net.SplitHostPort(addr.String())
		if err != nil {
			return nil, err
		}
		given = "http://localhost:" + port
	}
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil {
		return nil, usageError{fmt.Errorf("--base-url %q is not scheme and host, as in https://stories.example.org", given)}
	}
	u.Path = ""
	return u, nil
}
