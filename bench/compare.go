package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"workbench/bench/compare"
	"workbench/bench/measure"
	"workbench/bench/peer"
	"workbench/bench/peer/own"
	"workbench/bench/report"
)

// compareAll is the command compare.
func compareAll(ctx context.Context, args []string, out io.Writer) (err error) {
	var f dataFlags
	set := flag.NewFlagSet("compare", flag.ContinueOnError)
	f.add(set)
	names := set.String("peers", "sqlite,postgres,pocketbase", "peers to compare with")
	module := set.String("pocketbase", "pocketbase", "folder of the module that PocketBase is built from")
	rounds := set.Int("rounds", 5, "rounds")
	asks := set.Int("asks", 100, "questions of a kind in a round")
	budget := set.Duration("budget", 3*time.Second, "time of one peer for one kind in one round")
	only := set.String("kinds", "", "kinds of questions, by name; none = all")
	plain := set.Bool("plain", false, "have the index that looks at every row answer for the workbench")
	textless := set.Bool("textless", false, "leave texts out on every side: none are loaded, and the kinds names and inside are not asked; their indexes take the peers most of an hour at 1,000,000")
	name := set.String("name", "", "name of the file of figures; none = compare-N")
	if err := set.Parse(args); err != nil {
		return err
	}
	kinds := peer.Kinds
	if *only != "" {
		kinds = nil
		for _, n := range strings.Split(*only, ",") {
			k, ok := peer.KindNamed(n)
			if !ok {
				return fmt.Errorf("there is no kind of question %q", n)
			}
			kinds = append(kinds, k)
		}
	}
	if *textless {
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(k peer.Kind) bool { return k.Name == "names" || k.Name == "inside" })
	}
	d, err := f.open(ctx, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	controls, err := measure.NewControls(f.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, controls.Close()) }()
	e, err := openEngine(ctx, d, *plain, *textless)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	fmt.Fprintf(out, "index (%s) built in %.1f s, %d MB of memory; index over inner texts in %.1f s, %d MB of files\n", e.name, e.built.Seconds(), e.memory>>20, e.inside.Seconds(), e.texts>>20)
	sample, stories, err := compare.Sample(ctx, d, peer.MaxSample)
	if err != nil {
		return err
	}
	others, err := openPeers(ctx, *names, *module, f.dir)
	defer func() {
		for _, p := range others {
			err = errors.Join(err, p.Close())
		}
	}()
	if err != nil {
		return err
	}
	peers := append([]peer.Peer{own.New(e, "this version, "+e.name, e.memory, e.texts, d.path)}, others...)
	loads := []float64{e.built.Seconds()}
	for _, p := range others {
		took, err := load(ctx, p, d, !*textless)
		if err != nil {
			return fmt.Errorf("loading %s: %w", p.Name(), err)
		}
		loads = append(loads, took.Seconds())
		fmt.Fprintf(out, "%s loaded in %.1f s\n", p.Name(), took.Seconds())
	}
	plan := compare.Plan{Rounds: *rounds, Asks: *asks, Budget: *budget, Kinds: kinds, Told: func(s string) { fmt.Fprintln(out, s) }}
	result, err := compare.Run(ctx, plan, peer.NewAsker(f.seed, sample, e), peers, controls.Measure)
	if err != nil {
		return err
	}
	result.Stories, result.Seed, result.Data, result.Texts = stories, f.seed, d.about, e.texts
	for i, p := range peers {
		version, err := p.Version(ctx)
		if err != nil {
			return err
		}
		u, err := p.Usage(ctx)
		if err != nil {
			return err
		}
		result.Peers = append(result.Peers, report.Peer{Name: p.Name(), Version: version, Load: loads[i], Memory: u.Memory, Files: u.Files})
	}
	result.Peers[0].Index, result.Peers[0].Counts = e.index, e.counts
	if *name == "" {
		*name = fmt.Sprintf("compare-%d", stories)
	}
	return f.finish(out, *name, report.File{Compare: &result})
}

// load has a peer load every story of the store, and returns how long it took without the reading of them.
func load(ctx context.Context, p peer.Peer, d *data, texts bool) (time.Duration, error) {
	next := compare.Records(ctx, d, texts)
	var reading time.Duration
	began := time.Now()
	err := p.Load(ctx, func() ([]peer.Record, error) {
		start := time.Now()
		defer func() { reading += time.Since(start) }()
		return next()
	})
	return time.Since(began) - reading, err
}

// finish prints figures and keeps them.
func (f *dataFlags) finish(out io.Writer, name string, file report.File) error {
	file.Made, file.Machine = time.Now().UTC().Format(time.DateOnly), report.Here()
	fmt.Fprintln(out, report.Tables(map[string]report.File{name: file}))
	if f.results == "" {
		return nil
	}
	return file.Write(f.results, name)
}
