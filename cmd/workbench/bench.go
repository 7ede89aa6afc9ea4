package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/sample"
	"workbench/store"
)

// benchCommand has what speed is measured with.
type benchCommand struct {
	Seed benchSeedCommand `cmd:"" help:"Fill a store with invented stories of 200 tenants, as many as wanted, to try the workbench at scale."`
}

// benchSeedCommand fills a store with a crowd: the documents go through the import, what analysts did with them through actions.
type benchSeedCommand struct {
	N     int       `short:"n" name:"stories" help:"How many stories." default:"1000000"`
	Seed  uint64    `help:"Which crowd; the same number gives the same." default:"1"`
	Until time.Time `help:"Time of the newest." default:"2026-11-01T00:00:00Z"`
}

// maxSeeded is the most stories that a store is filled with at once.
const maxSeeded = 20_000_000

// analystsAtOnce is how many act at the same moment; what they do shares the store's writes.
const analystsAtOnce = 64

// Run needs the store for itself. Interrupted, it can be run again: what is there already stays as it is.
func (c *benchSeedCommand) Run(ctx context.Context, s *session) error {
	if c.N < 1 || c.N > maxSeeded {
		return usageError{fmt.Errorf("-n %d is not between 1 and %d", c.N, maxSeeded)}
	}
	st, err := s.open(true)
	if err != nil {
		return err
	}
	return errors.Join(c.fill(ctx, s, st), st.Close())
}

func (c *benchSeedCommand) fill(ctx context.Context, s *session, st store.Store) error {
	crowd := sample.NewCrowd(c.N, c.Seed, c.Until)
	for _, t := range crowd.Tenants() {
		if err := st.NameTenant(ctx, t.ID, t.Name); err != nil {
			return err
		}
	}
	began := s.Now()
	bar := newProgress(s.Err, 0, s.Now)
	defer bar.end()
	done, err := ingest.Import(ctx, st, []ingest.File{{Name: "crowd", Open: func() (io.ReadCloser, error) { return bar.watch(written(crowd)), nil }}},
		ingest.ImportOptions{At: workbench.At(c.Until), By: workbench.Administrator})
	if err != nil {
		return err
	}
	imported := s.Now()
	deeds, err := act(ctx, st, crowd)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s, in %s; %d actions, in %s\n", done, imported.Sub(began).Round(time.Second), deeds, s.Now().Sub(imported).Round(time.Second))
	return err
}

// written is the crowd's incidents as text, one a line, made while it is read.
func written(crowd *sample.Crowd) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		buffered := bufio.NewWriterSize(w, 1<<20)
		var line []byte
		var err error
		for i := 0; i < crowd.Incidents && err == nil; i++ {
			line = append(crowd.Append(line[:0], i), '\n')
			_, err = buffered.Write(line)
		}
		if err == nil {
			err = buffered.Flush()
		}
		w.CloseWithError(err) // nil is the end of the text
	}()
	return r
}

// act does with the stories of a crowd what its analysts did, and returns how many actions that were. One that was done before is passed
// over.
func act(ctx context.Context, st store.Store, crowd *sample.Crowd) (int, error) {
	group, ctx := errgroup.WithContext(ctx)
	counts := make([]int, analystsAtOnce)
	for n := range analystsAtOnce {
		group.Go(func() error {
			for i := n; i < crowd.Incidents; i += analystsAtOnce {
				deed, ok := crowd.Deed(i)
				if !ok {
					continue
				}
				a := workbench.Action{ID: "deed " + strconv.Itoa(i), Story: crowd.Story(i), At: workbench.At(deed.At), By: workbench.Administrator, ByName: workbench.Text(deed.By),
					Changes: deed.Changes, Comment: workbench.Text(deed.Comment), Expect: -1}
				_, change, err := st.Act(ctx, workbench.EveryTenant(), a)
				if err != nil && !errors.Is(err, workbench.ErrExists) {
					return err
				}
				if change > 0 {
					counts[n]++
				}
			}
			return nil
		})
	}
	err := group.Wait()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum, err
}
