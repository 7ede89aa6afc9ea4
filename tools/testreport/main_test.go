package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRelayCountsAndNames(t *testing.T) {
	in := strings.Join([]string{
		`{"Action":"run","Package":"p","Test":"TestA"}`,
		`{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestA"}`,
		`{"Action":"output","Package":"p","Test":"TestB","Output":"=== RUN   TestB\n"}`,
		`{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:3: no data here\n"}`,
		`{"Action":"skip","Package":"p","Test":"TestB"}`,
		`{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:9: got 1, want 2\n"}`,
		`{"Action":"fail","Package":"p","Test":"TestC"}`,
		`{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}`,
		`{"Action":"fail","Package":"p"}`,
		`{"Action":"fail","Package":"q"}`,
		`not an event`,
	}, "\n")
	var out strings.Builder
	got, err := relay(strings.NewReader(in), &out)
	if err != nil {
		t.Fatal(err)
	}
	if want := (counts{Passed: 1, Failed: 2, Skipped: 1}); got != want {
		t.Errorf("got %+v, want %+v: a package that fails without a failing test counts too", got, want)
	}
	for _, want := range []string{"got 1, want 2", "FAIL\tp", "skipped: p TestB: b_test.go:3: no data here", "not an event", "go test: 1 passed, 2 failed, 1 skipped"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %q, want it to hold %q", out.String(), want)
		}
	}
	if strings.Contains(out.String(), "noise") {
		t.Error("a passing test was heard")
	}
}

func TestConcludeAddsUp(t *testing.T) {
	folder := t.TempDir()
	files := map[string]string{"go.counts": "7 0 1\n", "e2e.tap": "TAP version 13\n# tests 5\n# pass 4\n# fail 0\n# cancelled 0\n# skipped 1\n", "skipped": "the moon\n"}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := conclude(folder, &out); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if got, want := out.String(), "NOT RUN: the moon\n11 passed, 0 failed, 2 skipped\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestConcludeFailsWhereNothingRan(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "go.counts"), []byte("0 0 3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := conclude(folder, &strings.Builder{}); err == nil {
		t.Error("got no error, want one: no test ran")
	}
}
