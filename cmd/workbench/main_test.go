package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asMain makes the test binary act as the workbench, for tests that need a process of its own.
const asMain = "WORKBENCH_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is a command that runs the workbench with these arguments.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asMain+"=1")
	return c
}

// result is what a command gave.
type result struct {
	code     int
	out, err string
}

// workbenchRun runs a command in this process, with a store in a folder of the test.
func workbenchRun(t *testing.T, ctx context.Context, in io.Reader, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := run(ctx, args, environment{In: in, Out: &out, Err: &err, Getenv: func(string) (string, bool) { return "", false }})
	return result{code, out.String(), err.String()}
}

// folder is a place for a test's stores and files.
type folder struct {
	t    *testing.T
	path string
}

func newFolder(t *testing.T) folder { return folder{t, t.TempDir()} }

func (f folder) store(name string) string { return "bolt:" + filepath.Join(f.path, name) }

// file writes a file and returns its path.
func (f folder) file(name string, data []byte) string {
	f.t.Helper()
	path := filepath.Join(f.path, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		f.t.Fatal(err)
	}
	return path
}

// run runs a command over the store a.db.
func (f folder) run(args ...string) result {
	f.t.Helper()
	return workbenchRun(f.t, f.t.Context(), strings.NewReader(""), append([]string{"--store", f.store("a.db")}, args...)...)
}

// must runs a command that has to succeed and returns its output.
func (f folder) must(args ...string) string {
	f.t.Helper()
	r := f.run(args...)
	if r.code != 0 {
		f.t.Fatalf("workbench %s exits %d: %s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// shared is a file that lies beside the project in its own workshop; users don't have it.
func shared(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "defender", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here: real exports are kept outside the project", name)
	}
	return path
}
