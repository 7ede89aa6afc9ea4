package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/connect"
	"workbench/ingest/defender"
	"workbench/store"
	"workbench/store/boltstore"
)

// session is what every command runs with.
type session struct {
	environment
	Store string // as the flag says
	Log   *slog.Logger
	Now   func() time.Time
}

// path is the file of the store.
func (s *session) path() (string, error) {
	kind, path, found := strings.Cut(s.Store, ":")
	switch {
	case found && kind == "bolt" && path != "":
		return path, nil
	case found && kind == "postgres":
		return "", usageError{errors.New("--store postgres: is not part of this version; use bolt:PATH")}
	}
	return "", usageError{fmt.Errorf("--store %q is not bolt:PATH", s.Store)}
}

// open opens the store for this process alone. Where create is false and there is no file, it fails rather than make an empty store.
func (s *session) open(create bool) (store.Store, error) {
	path, err := s.path()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); !create && errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no store at %s: import something, or name another with --store", path)
	}
	return s.openWith(path, boltstore.Options{Logger: s.Log})
}

// openWith opens a store file. Where another process holds it, the error names that process, as far as it answers.
func (s *session) openWith(path string, options boltstore.Options) (store.Store, error) {
	st, err := boltstore.Open(path, defender.NewDeriver(nil), options)
	if err == nil {
		return st, nil
	}
	if errors.Is(err, workbench.ErrInUse) {
		var holder strings.Builder
		ask := *s
		ask.Out = &holder
		if ask.remote(context.Background(), socketPath(path), "process", &processCommand{}, nil) == nil {
			return nil, fmt.Errorf("%w (process %s)", err, strings.TrimSpace(holder.String()))
		}
	}
	return nil, err
}

// processCommand tells the id of the process that holds the store. It is asked over the socket alone.
type processCommand struct{}

func (*processCommand) do(_ context.Context, h held) error {
	_, err := fmt.Fprintln(h.Out, os.Getpid())
	return err
}

// storeCommand is a command that also works while another process serves the store: it is then carried out there, over the socket. What it
// holds must survive JSON.
type storeCommand interface {
	// do carries the command out. In is what the caller sent, files in the order of the command's own list; Out is its standard output.
	do(ctx context.Context, h held) error
}

// held is what a storeCommand works with, in the process that holds the store.
type held struct {
	Store store.Store
	Files []ingest.File // the caller's
	Out   io.Writer
	Now   func() time.Time
	Log   *slog.Logger
	Base  func() string                                  // address that links begin with
	Blind func(context.Context) ([]connect.Blind, error) // connectors whose data is missing
	Note  func(line string)                              // writes a line to the caller's standard error
}

// with has the command carried out by the process that holds the store, where one does, and else opens the store and carries it out here.
func (s *session) with(ctx context.Context, name string, command storeCommand, files []ingest.File, create bool) error {
	path, err := s.path()
	if err != nil {
		return err
	}
	if err := trusted(socketPath(path), path); err != nil {
		return err
	}
	if err := s.remote(ctx, socketPath(path), name, command, files); !errors.Is(err, errNoSocket) {
		return err
	}
	st, err := s.open(create)
	if err != nil {
		return err
	}
	err = command.do(ctx, held{Store: st, Files: files, Out: s.Out, Now: s.Now, Log: s.Log, Base: s.usualBase, Note: s.note, Blind: func(ctx context.Context) ([]connect.Blind, error) {
		connectors, err := s.idle(ctx, st, nil)
		if err != nil {
			return nil, err
		}
		return connectors.Blindness(workbench.EveryTenant()), nil
	}})
	return errors.Join(err, st.Close())
}

// usualBase is the address that links begin with while no process serves: what the variable of serve says, or the default.
func (s *session) usualBase() string {
	given, _ := s.Getenv("WORKBENCH_BASE_URL")
	if base, err := baseURL(given, &net.TCPAddr{Port: 8080}); err == nil {
		return base.String()
	}
	return "http://localhost:8080"
}

// note writes a line to standard error.
func (s *session) note(line string) { fmt.Fprintln(s.Err, "workbench: "+plain(line)) }
