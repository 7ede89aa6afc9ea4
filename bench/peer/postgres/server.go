//go:build postgres

// Package postgres is PostgreSQL among the peers: a server of its own in a folder of its own, on a free port of the loopback interface,
// ended with the run. It is built with the tag postgres.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Settings are those of the server, besides its defaults.
var Settings = []string{"shared_buffers=2GB", "jit=off", "synchronous_commit=on", "fsync=on", "work_mem=256MB", "maintenance_work_mem=1GB", "effective_cache_size=8GB", "random_page_cost=1.1",
	"max_wal_size=8GB", "autovacuum=off", "listen_addresses=127.0.0.1", "unix_socket_directories=", "logging_collector=off"}

// server is a running PostgreSQL.
type server struct {
	process *exec.Cmd
	data    string
	port    int
	log     *os.File
}

// find returns a program of the server, from the path or from where Debian puts it.
func find(program string) (string, error) {
	if name, err := exec.LookPath(program); err == nil {
		return name, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	if len(found) == 0 {
		return "", fmt.Errorf("PostgreSQL's %s is neither in PATH nor below /usr/lib/postgresql: install the package postgresql, or leave the peer out with -peers", program)
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// unprivileged is whom the server runs as: the server refuses root, so that root starts it as the user postgres.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func start(ctx context.Context, dir string) (*server, error) {
	initdb, err := find("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := find("postgres")
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	s := &server{data: filepath.Join(dir, "data")}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	attributes := &syscall.SysProcAttr{Credential: as}
	made := exec.CommandContext(ctx, initdb, "-D", s.data, "-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C", "--no-sync")
	made.SysProcAttr, made.Dir = attributes, dir
	if out, err := made.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w: %s", err, strings.TrimSpace(string(out)))
	}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	if s.log, err = os.Create(filepath.Join(dir, "postgres.log")); err != nil {
		return nil, err
	}
	args := []string{"-D", s.data, "-p", strconv.Itoa(s.port)}
	for _, setting := range Settings {
		args = append(args, "-c", setting)
	}
	s.process = exec.Command(postgres, args...)
	s.process.SysProcAttr, s.process.Dir, s.process.Stdout, s.process.Stderr = attributes, dir, s.log, s.log
	if err := s.process.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting PostgreSQL: %w", err), s.log.Close())
	}
	return s, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// connect waits until the server takes connections.
func (s *server) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for {
		conn, err := pgx.Connect(ctx, fmt.Sprintf("postgres://bench@127.0.0.1:%d/postgres?sslmode=disable", s.port))
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("connecting to PostgreSQL, whose messages are in %s: %w", s.log.Name(), err)
		case <-every.C:
		}
	}
}

// stop ends the server, by its own id, and waits for it.
func (s *server) stop() error {
	err := s.process.Process.Signal(syscall.SIGINT) // a fast shutdown
	waited := s.process.Wait()
	var ended *exec.ExitError
	if errors.As(waited, &ended) { // it says 0 or that it was interrupted, and leaves nothing to be read
		waited = nil
	}
	return errors.Join(err, waited, s.log.Close())
}
