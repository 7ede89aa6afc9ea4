package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"workbench/ingest/sample"
)

const mostMemory = 200 << 20

// TestImportTakesFlatMemory imports a long stream in a process of its own, and looks at what that process holds at every few incidents:
// memory that belongs to no file, for the pages of the store's file are the system's to keep or to drop.
func TestImportTakesFlatMemory(t *testing.T) {
	if _, err := anonymous(os.Getpid()); err != nil {
		t.Skipf("this system does not say how much memory a process holds: %v", err)
	}
	c := process(t, "--store", "bolt:"+filepath.Join(t.TempDir(), "store.db"), "import", "-")
	if raceDetector { // which multiplies memory: measure the program as it is given out
		c.Path = built(t)
	}
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	watch := &memoryWatch{to: in, pid: c.Process.Pid}
	if err := sample.Stream(watch, longStream, 3); err != nil {
		t.Errorf("after %d bytes: %v", watch.written, err)
	}
	in.Close()
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	early, peak := watch.early>>20, watch.peak>>20
	t.Logf("%s: at most %d MiB in the first quarter, %d MiB in all, of %d MB read", bytes.TrimSpace(said.Bytes()), early, peak, watch.written/1_000_000)
	if watch.peak == 0 || watch.peak > mostMemory {
		t.Errorf("got a peak of %d MiB, want some, and at most %d", peak, mostMemory>>20)
	}
}

// built is the program, without anything that a test binary adds.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "workbench")
	c := exec.Command("go", "build", "-o", path, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v: %s", err, out)
	}
	return path
}

// memoryWatch passes on what is written, and after every MB looks at the memory of the process that reads it.
type memoryWatch struct {
	to      io.Writer
	pid     int
	written int
	early   int // bytes, in the first 50 MB
	peak    int // bytes
}

func (w *memoryWatch) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	before := w.written
	if w.written += n; err != nil || before>>20 == w.written>>20 {
		return n, err
	}
	now, err := anonymous(w.pid)
	if w.peak = max(w.peak, now); before < 50_000_000 {
		w.early = w.peak
	}
	return n, err
}

// anonymous is how many bytes of a process stand in memory and belong to no file. Linux alone says so.
func anonymous(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(text, []byte("\nAnonymous:"))
	number, _, found := bytes.Cut(bytes.TrimSpace(rest), []byte(" kB"))
	if !found {
		return 0, fmt.Errorf("smaps_rollup of process %d names no anonymous memory", pid)
	}
	kib, err := strconv.Atoi(string(number))
	return kib << 10, err
}
