package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"workbench"
	"workbench/bench/generate"
	"workbench/bench/measure"
	"workbench/bench/report"
	"workbench/store"
	"workbench/store/boltstore"
)

// clicker is who keeps actions durably.
type clicker interface {
	// Click keeps action k of story i and returns once it is durable.
	Click(ctx context.Context, i, k int) error
	Close() error
}

// ownClicks is the workbench's store: an action, what follows from it for its story, the change feed and the audit trail.
type ownClicks struct {
	st      *boltstore.Store
	stories []workbench.StoryID
}

func (o *ownClicks) Click(ctx context.Context, i, k int) error {
	a := workbench.Action{ID: fmt.Sprintf("click-%d", k), Story: o.stories[i], By: "bench", ByName: workbench.Text("Bench"), At: workbench.At(time.Unix(1_790_000_000+int64(k), 0)), Expect: -1,
		Changes: []workbench.FieldChange{{Field: workbench.FieldOwner, After: workbench.Text(fmt.Sprintf("owner %d", k))}}}
	_, change, err := o.st.Act(ctx, workbench.EveryTenant(), a)
	if err == nil && change == 0 {
		err = fmt.Errorf("action %d changed nothing", k)
	}
	return err
}

func (o *ownClicks) Close() error { return o.st.Close() }

func openOwnClicks(ctx context.Context, path string, seed uint64, stories int) (*ownClicks, error) {
	source := generate.New(seed, stories)
	st, err := boltstore.Open(path, generate.Deriver{Source: source}, boltstore.Options{})
	if err != nil {
		return nil, err
	}
	o := &ownClicks{st: st}
	for from := 0; from < stories; from += 1_000 {
		b := store.Batch{Source: "import", At: workbench.At(time.Unix(1_780_000_000, 0))}
		for i := from; i < min(from+1_000, stories); i++ {
			b.Documents = append(b.Documents, source.Document(i))
			o.stories = append(o.stories, source.Content(i).ID)
		}
		if _, err := st.Append(ctx, workbench.EveryTenant(), b); err != nil {
			return nil, errors.Join(err, st.Close())
		}
	}
	return o, nil
}

// clicks is the command clicks.
func clicks(ctx context.Context, args []string, out io.Writer) (err error) {
	var f dataFlags
	set := flag.NewFlagSet("clicks", flag.ContinueOnError)
	f.add(set)
	rounds := set.Int("rounds", 5, "rounds")
	each := set.Duration("each", 2*time.Second, "how long everybody acts in a round")
	if err := set.Parse(args); err != nil {
		return err
	}
	dir := filepath.Join(f.dir, "clicks")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return err
	}
	own, err := openOwnClicks(ctx, filepath.Join(dir, "stories.db"), f.seed, f.stories)
	if err != nil {
		return err
	}
	names, all := []string{"workbench"}, map[string]clicker{"workbench": own}
	if openSQLiteClicks != nil {
		s, err := openSQLiteClicks(ctx, dir, f.stories)
		if err != nil {
			return errors.Join(err, own.Close())
		}
		names, all["SQLite"] = append(names, "SQLite"), s
	}
	defer func() {
		for _, c := range all {
			err = errors.Join(err, c.Close())
		}
	}()
	result := report.Clicks{Stories: f.stories, Rounds: *rounds}
	next := 0
	for _, clients := range []int{1, 8, 32} {
		times, rates := map[string][]time.Duration{}, map[string][]float64{}
		for round := range *rounds {
			for k := range names {
				name := names[(round+k)%len(names)]
				took, err := act(ctx, all[name], clients, f.stories, *each, &next)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				times[name] = append(times[name], took...)
				rates[name] = append(rates[name], float64(len(took))/each.Seconds())
			}
		}
		one := report.ClickFigure{Clients: clients, Figures: map[string]measure.Figure{}, PerSec: map[string]float64{}, Ratios: map[string]float64{}}
		for _, name := range names {
			one.Figures[name] = measure.NewFigure(times[name])
			one.PerSec[name] = measure.At(slices.Sorted(slices.Values(rates[name])), 50)
			if name != "workbench" {
				var ratios []float64
				for i, r := range rates[name] {
					ratios = append(ratios, rates["workbench"][i]/max(r, 1))
				}
				slices.Sort(ratios)
				one.Ratios[name] = measure.At(ratios, 50)
			}
		}
		result.Clients = append(result.Clients, one)
	}
	return f.finish(out, "clicks", report.File{Clicks: &result})
}

// act has so many clients act for a while, each as soon as its action before is durable, and returns how long each action took.
func act(ctx context.Context, c clicker, clients, stories int, during time.Duration, next *int) ([]time.Duration, error) {
	var group sync.WaitGroup
	var number atomic.Int64
	number.Store(int64(*next))
	lists, errs := make([][]time.Duration, clients), make([]error, clients)
	end := time.Now().Add(during)
	for client := range clients {
		group.Go(func() {
			for errs[client] == nil && time.Now().Before(end) {
				k := int(number.Add(1))
				began := time.Now()
				errs[client] = c.Click(ctx, k*7919%stories, k)
				lists[client] = append(lists[client], time.Since(began))
			}
		})
	}
	group.Wait()
	*next = int(number.Load())
	return slices.Concat(lists...), errors.Join(errs...)
}
