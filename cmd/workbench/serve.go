package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"workbench"
	"workbench/handlers"
	"workbench/ingest"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/store"
	"workbench/store/seal"
)

// listenFlags are those of every command that serves pages.
type listenFlags struct {
	Addr    string `help:"Address to listen on; port 0 takes any." default:"127.0.0.1:8080" env:"WORKBENCH_ADDR"`
	BaseURL string `help:"What every link and redirect begins with. Default: http://localhost:PORT." name:"base-url" env:"WORKBENCH_BASE_URL" placeholder:"URL"`
	Gallery bool   `help:"Also serve /gallery: every view in every state." env:"WORKBENCH_GALLERY"`
	keyFlags
}

// check finds wrong usage before anything is made.
func (f listenFlags) check() error {
	_, err := baseURL(f.BaseURL, &net.TCPAddr{})
	return err
}

// serveCommand is the workbench itself.
type serveCommand struct {
	listenFlags
	microsoftFlags
	Poll time.Duration `help:"How often Microsoft is asked for news of each tenant; at least 30s." default:"1m" env:"WORKBENCH_POLL"`
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, s *session) error {
	if c.Poll < 30*time.Second {
		return usageError{fmt.Errorf("--poll %s is more often than Microsoft allows; use 30s or more", c.Poll)}
	}
	if err := c.check(); err != nil {
		return err
	}
	clouds, err := c.clouds()
	if err != nil {
		return err
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	st, ring, err := s.openWithKey(ctx, c.keyFlags)
	if err != nil {
		return err
	}
	err = s.serve(ctx, st, c.listenFlags, service{ring: ring, clouds: clouds, transport: transport, poll: c.Poll})
	return errors.Join(err, st.Close())
}

// service is what serve and demo do differently.
type service struct {
	ring      *seal.Ring
	clouds    []entra.Cloud
	transport http.RoundTripper
	poll      time.Duration
	limits    msgraph.Limits
	demo      bool
	portal    string                                                             // of the simulated Microsoft
	opened    func(ctx context.Context, base *url.URL, c *connect.Service) error // called once pages are served
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
	defer listener.Close() // where something below fails; else it is closed already
	base, err := baseURL(flags.BaseURL, listener.Addr())
	if err != nil {
		return err
	}
	file, err := s.path()
	if err != nil {
		return err
	}
	socket, err := listenSocket(socketPath(file))
	if err != nil {
		return err
	}
	defer socket.Close()
	connectors, err := connect.New(ctx, connect.Config{Store: st, Seal: extra.ring, Clouds: extra.clouds, Transport: extra.transport, BaseURL: base, Now: s.Now, Log: s.Log, Limits: extra.limits})
	if err != nil {
		return err
	}
	names, err := tenantNames(ctx, st, connectors.TenantName)
	if err != nil {
		return err
	}
	list, err := openLists(ctx, st, file, names, s.Log)
	if err != nil {
		return ignoreEnd(ctx, err)
	}
	err = s.serveLists(ctx, st, list, web{listener, socket, base, connectors, names, flags, extra})
	return list.end(err)
}

// web is what pages are served with.
type web struct {
	listener   net.Listener
	socket     net.Listener
	base       *url.URL
	connectors *connect.Service
	names      func(workbench.TenantID) workbench.Untrusted
	flags      listenFlags
	extra      service
}

// serveLists serves until the context ends.
func (s *session) serveLists(ctx context.Context, st store.Store, list *lists, w web) error {
	listener, socket, base, connectors, names, flags, extra := w.listener, w.socket, w.base, w.connectors, w.names, w.flags, w.extra
	var busy atomic.Value
	busy.Store("")
	server, err := handlers.New(ctx, handlers.Config{Store: st, Queries: list, BaseURL: base, Now: s.Now, Log: s.Log, Connect: connectors, Demo: extra.demo, Portal: extra.portal, Gallery: flags.Gallery, TenantName: names,
		Busy: func() string { return busy.Load().(string) }})
	if err != nil {
		return err
	}
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 128 << 10,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn)}

	group, ctx := errgroup.WithContext(ctx)
	list.follow(ctx, group, st)
	group.Go(func() error { return s.rederive(ctx, st, &busy) })
	group.Go(func() error { return ignoreEnd(ctx, connectors.Run(ctx)) })
	poller := ingest.NewPoller(ingest.PollerConfig{Store: st, Connections: ingest.ConnectionsOf(connectors), Now: s.Now, Log: s.Log, Interval: extra.poll})
	group.Go(func() error { return ignoreEnd(ctx, poller.Run(ctx)) })
	group.Go(func() error { return pollOnConsent(ctx, connectors, poller) })
	group.Go(func() error {
		changed, end := connectors.Subscribe()
		defer end()
		return server.Announce(ctx, list.Applied(), changed)
	})
	group.Go(func() error {
		return serveSocket(ctx, socket, held{Store: st, Now: s.Now, Log: s.Log, Base: base.String,
			Blind: func(context.Context) ([]connect.Blind, error) {
				return connectors.Blindness(workbench.EveryTenant()), nil
			}})
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
			return extra.opened(ctx, base, connectors)
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

// pollOnConsent has a tenant polled at once when a connector of it becomes connected, until the context ends: whoever has just consented
// looks on, and the poll before, without consent, said to come back in an interval.
func pollOnConsent(ctx context.Context, connectors *connect.Service, poller *ingest.Poller) error {
	changed, end := connectors.Subscribe()
	defer end()
	var were map[workbench.ConnectorID]bool // nil before the first look
	for {
		states, err := connectors.States(ctx, workbench.EveryTenant())
		if err != nil {
			return ignoreEnd(ctx, err)
		}
		are := map[workbench.ConnectorID]bool{}
		for _, st := range states {
			are[st.ID] = st.Health.Status == workbench.StatusConnected
			if are[st.ID] && were != nil && !were[st.ID] && st.Kind.Child() {
				poller.Wake(st.Connector.Parent)
			}
		}
		were = are
		pause := time.NewTimer(consentPause) // hundreds of tenants change often: no more than one look in a while
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		for more := true; more; {
			select {
			case <-changed:
			default:
				more = false
			}
		}
	}
}

// consentPause is how long pollOnConsent rests between two looks.
const consentPause = time.Second

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
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || path.Clean("/"+u.Path) != "/"+strings.Trim(u.Path, "/") || u.RawPath != "" {
		return nil, usageError{fmt.Errorf("--base-url %q is not an address as https://stories.example.org or https://soc.example.org/stories", given)}
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}
