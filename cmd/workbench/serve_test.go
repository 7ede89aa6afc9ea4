package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench/ingest/sample"
)

// serving is a workbench that serves in this process until the test ends.
type serving struct {
	folder
	client  *http.Client
	address string // that it listens on
	portal  string // of a simulated Microsoft
	cloud   string // by which a workbench finds it
	link    string // to sign in
	logged  *output
	stop    func() int
}

// output is what somebody writes while others read it.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// serve starts a command that serves and waits for its lines.
func (f folder) serve(command ...string) *serving {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	jar, err := cookiejar.New(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	s := &serving{folder: f, client: &http.Client{Jar: jar}, logged: &output{}}
	args := append([]string{"--store", f.store("a.db")}, append(command, "--addr", "127.0.0.1:0")...)
	go func() {
		code := run(ctx, args, environment{In: strings.NewReader(""), Out: in, Err: s.logged, Getenv: func(string) (string, bool) { return "", false }})
		in.CloseWithError(fmt.Errorf("the workbench ended with %d: %s", code, s.logged))
		ended <- code
	}()
	if err := s.read(out); err != nil {
		f.t.Fatalf("no address was printed: %v", err)
	}
	s.stop = sync.OnceValue(func() int { cancel(); return <-ended })
	f.t.Cleanup(func() {
		if code := s.stop(); code != 0 {
			f.t.Errorf("serving ended with %d: %s", code, s.logged)
		}
	})
	return s
}

// read reads the lines that a serving command prints, up to the last.
func (s *serving) read(out io.Reader) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		for prefix, to := range map[string]*string{"listening on ": &s.address, "simulated Microsoft: ": &s.portal, "start the workbench with: --cloud ": &s.cloud, "open ": &s.link, "sign in once, within a day: ": &s.link} {
			if found, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				*to = found
			}
		}
		if s.link != "" || s.cloud != "" {
			go io.Copy(io.Discard, out)
			return nil
		}
	}
	return cmp.Or(lines.Err(), io.ErrUnexpectedEOF)
}

// base is what the workbench's addresses begin with, where nobody said otherwise.
func (s *serving) base() string { return strings.Replace(s.address, "127.0.0.1", "localhost", 1) }

// page gets a page as whoever is signed in.
func (s *serving) page(path string) (int, string) {
	s.t.Helper()
	r, err := s.client.Get(s.base() + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func (s *serving) signIn() {
	s.t.Helper()
	r, err := s.client.Get(s.link)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Request.URL.Path, "/stories") {
		s.t.Fatalf("signing in leads to %s, %d", r.Request.URL.Path, r.StatusCode)
	}
}

func TestDemoShowsStories(t *testing.T) {
	s := newFolder(t).serve("demo")
	s.signIn()
	if code, body := s.page("/stories"); code != http.StatusOK || !strings.Contains(body, "Stories Workbench") {
		t.Errorf("the list answers %d", code)
	}
	if code, body := s.page("/readyz"); code != http.StatusOK || body != "ready\n" {
		t.Errorf("readyz answers %d %q", code, body)
	}
}

func TestCommandsWhileServing(t *testing.T) {
	f := newFolder(t)
	f.must("import", f.file("page.json", sample.Page(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))))
	before := f.must("export")
	s := f.serve("serve")
	s.signIn()
	if info, err := os.Stat(filepath.Join(f.path, "a.db.sock")); err != nil {
		if len(f.path) < 70 {
			t.Error(err)
		}
	} else if info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has mode %v", info.Mode())
	}
	if got := f.must("export"); got != before {
		t.Error("the export differs while serving")
	}
	got := f.must("import", f.file("one.json", []byte(`[7,{"id":"fresh","incidentId":"1","serviceSource":"microsoftDefenderForEndpoint","title":"Quite fresh"}]`)), f.file("two.json", []byte(`{"id":"second","incidentId":"2","serviceSource":"s"}`)))
	if got != "imported 0 incidents, 2 alerts: 2 stories new, 0 changed, 0 unchanged; 1 quarantined\n" {
		t.Errorf("importing while serving prints %q", got)
	}
	if !strings.Contains(f.must("quarantine", "list"), "1 records") {
		t.Error("the quarantine is not listed")
	}
	deadline, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for found := false; !found; {
		_, body := s.page("/stories.json?q=%22Quite+fresh%22")
		found = strings.Contains(body, `"total":1`)
		if deadline.Err() != nil {
			t.Fatal("the list does not learn of what was imported")
		}
	}
	r := f.run("import", filepath.Join(f.path, "absent.json"))
	if r.code != 1 || !strings.Contains(r.err, "absent.json") || !strings.Contains(r.err, "no such file") {
		t.Errorf("an absent file while serving: %d %q", r.code, r.err)
	}
	link := strings.TrimSpace(f.must("account", "link", "administrator"))
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client.Jar, s.link = jar, link
	s.signIn()
	if r := f.run("account", "link", "nobody"); r.code != 1 {
		t.Errorf("a link for nobody exits %d", r.code)
	}
	backup := filepath.Join(f.path, "backup")
	f.must("backup", backup)
	f.must("verify", backup)
	for _, command := range []string{"rebuild", "verify"} {
		if r := f.run(command); r.code != 1 || !strings.Contains(r.err, "in use") || !strings.Contains(r.err, fmt.Sprintf("(process %d)", os.Getpid())) {
			t.Errorf("%s while serving exits %d: %q", command, r.code, r.err)
		}
	}
	if r := f.run("serve", "--addr", "127.0.0.1:0"); r.code != 1 || !strings.Contains(r.err, "in use") {
		t.Errorf("a second server exits %d: %q", r.code, r.err)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("stopping exits %d", code)
	}
	f.must("verify")
	if leftovers, _ := filepath.Glob(filepath.Join(f.path, "*.sock")); len(leftovers) > 0 {
		t.Errorf("%v is left", leftovers)
	}
}
