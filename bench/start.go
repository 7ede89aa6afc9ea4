package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"workbench"
	"workbench/bench/peer"
	"workbench/bench/report"
	"workbench/store"
)

// firstQuery is the page that a started process answers: its rows, total and counts must be those of every other run.
func firstQuery() store.Query {
	return store.Query{Filters: map[store.Field]store.Filter{store.Status: {Any: []string{string(workbench.StatusOpen)}}}}
}

// first is the command first: it answers one page as soon as it can, prints what the page is, and ends.
func first(ctx context.Context, args []string, out io.Writer) (err error) {
	var f dataFlags
	set := flag.NewFlagSet("first", flag.ContinueOnError)
	f.add(set)
	snapshot := set.String("snapshot", "", "file of the index's snapshot; none = the index is built from the store")
	keep := set.Bool("keep", false, "also write the snapshot, after the answer")
	if err := set.Parse(args); err != nil {
		return err
	}
	d, err := f.open(ctx, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	e, loaded, err := startEngine(ctx, d, *snapshot)
	if err != nil {
		return err
	}
	if *snapshot != "" && !loaded && !*keep {
		return fmt.Errorf("there is no snapshot %s", *snapshot)
	}
	defer func() { err = errors.Join(err, e.close()) }()
	page, err := e.Stories(ctx, workbench.EveryTenant(), firstQuery())
	if err != nil {
		return err
	}
	digest := peer.NewDigest()
	digest.Add(peer.Rows|peer.Total|peer.Facets, peer.Answer{Rows: page.Rows, Total: page.Total, Facets: page.Facets})
	fmt.Fprintf(out, "answered %d %s\n", page.Total, digest)
	if *keep && e.save != nil {
		return e.save(ctx)
	}
	return nil
}

// start is the command start.
func start(ctx context.Context, args []string, out io.Writer) error {
	var f dataFlags
	set := flag.NewFlagSet("start", flag.ContinueOnError)
	f.add(set)
	runs := set.Int("runs", 5, "processes of each kind, one after the other")
	if err := set.Parse(args); err != nil {
		return err
	}
	d, err := f.open(ctx, out)
	if err != nil {
		return err
	}
	stories, err := countStories(ctx, d)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	base := []string{"first", "-store", "bolt:" + d.path}
	s := report.Start{Stories: stories}
	answer := ""
	timed := func(more ...string) (float64, error) {
		began := time.Now()
		line, err := firstLine(ctx, program, append(base, more...))
		took := time.Since(began)
		if err == nil && answer != "" && line != answer {
			err = fmt.Errorf("a process answered %q, another %q", line, answer)
		}
		answer = line
		return float64(took.Microseconds()) / 1e3, err
	}
	snapshot := d.beside(".snapshot")
	if err := os.Remove(snapshot); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for run := range *runs {
		took, err := timed()
		if err != nil {
			return err
		}
		s.Rebuilt = append(s.Rebuilt, took)
		if run == 0 {
			if _, err := timed("-snapshot", snapshot, "-keep"); err != nil {
				return err
			}
		}
		if took, err = timed("-snapshot", snapshot); err != nil {
			return err
		}
		s.Snapshot = append(s.Snapshot, took)
	}
	return f.finish(out, fmt.Sprintf("start-%d", stories), report.File{Start: &s})
}

// firstLine starts a process, and returns what it says once it has answered. It waits for the process to end.
func firstLine(ctx context.Context, program string, args []string) (string, error) {
	process := exec.CommandContext(ctx, program, args...)
	process.Stderr = os.Stderr
	output, err := process.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := process.Start(); err != nil {
		return "", err
	}
	lines := bufio.NewReader(output)
	line, err := lines.ReadString('\n')
	if _, drained := io.Copy(io.Discard, lines); err == nil {
		err = drained
	}
	if err = errors.Join(err, process.Wait()); err != nil {
		return "", fmt.Errorf("a process that answers one page: %w", err)
	}
	return strings.TrimSpace(line), nil
}

func countStories(ctx context.Context, feed store.Feed) (n int, err error) {
	for after := store.Change(0); ; {
		entries, err := feed.Changes(ctx, after, 5_000)
		if err != nil || len(entries) == 0 {
			return n, err
		}
		after = entries[len(entries)-1].Number
		for _, e := range entries {
			if !e.Gone {
				n++
			}
		}
	}
}
