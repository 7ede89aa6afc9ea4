package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// conclude adds up go.counts and e2e.tap of a folder, names the lines of its file "skipped", and ends with one line of counts, which it also
// writes to the file "closing". It is an error where a test failed or none ran.
func conclude(folder string, out io.Writer) error {
	var total counts
	if text, err := readIfThere(folder, "go.counts"); err != nil {
		return err
	} else if _, err := fmt.Sscan(text, &total.Passed, &total.Failed, &total.Skipped); err != nil {
		return fmt.Errorf("reading the counts of go test: %w", err)
	}
	tap, err := readIfThere(folder, "e2e.tap")
	if err != nil {
		return err
	}
	total.Passed += tapCount(tap, "pass")
	total.Failed += tapCount(tap, "fail") + tapCount(tap, "cancelled")
	total.Skipped += tapCount(tap, "skipped") + tapCount(tap, "todo")

	left, err := readIfThere(folder, "skipped")
	if err != nil {
		return err
	}
	for line := range strings.Lines(left) {
		fmt.Fprint(out, "NOT RUN: ", line)
	}
	closing := fmt.Sprintf("%d passed, %d failed, %d skipped\n", total.Passed, total.Failed, total.Skipped)
	fmt.Fprint(out, closing)
	if err := os.WriteFile(filepath.Join(folder, "closing"), []byte(closing), 0o644); err != nil {
		return err
	}
	if total.Failed > 0 || total.Passed == 0 {
		return errors.New("tests failed, or none ran")
	}
	return nil
}

// tapCount reads one of the counts with which node closes its TAP; 0 where there is none.
func tapCount(tap, name string) int {
	n := 0
	for line := range strings.Lines(tap) {
		if rest, ok := strings.CutPrefix(line, "# "+name+" "); ok {
			fmt.Sscan(rest, &n)
		}
	}
	return n
}

func readIfThere(folder, name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(b), err
}
