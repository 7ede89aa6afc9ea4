package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"workbench"
	"workbench/bench/generate"
	"workbench/store/boltstore"
)

// dataFlags say which stories are measured.
type dataFlags struct {
	stories int
	seed    uint64
	store   string
	dir     string
	results string
}

func (f *dataFlags) add(set *flag.FlagSet) {
	set.IntVar(&f.stories, "n", 10_000, "stories to invent")
	set.Uint64Var(&f.seed, "seed", 1, "seed of stories and questions")
	set.StringVar(&f.store, "store", "", "bolt:PATH of a store to read stories from instead, such as workbench bench seed makes")
	set.StringVar(&f.dir, "dir", filepath.Join(os.TempDir(), "workbench-bench"), "folder for stores and for the peers' data; invented stores in it are used again")
	set.StringVar(&f.results, "results", "results", "folder for the figures; none = they are only printed")
}

// data is a filled store.
type data struct {
	*boltstore.Store
	path  string
	about string
	dir   string // for what is made beside
}

// beside is the name of a file that goes with the store.
func (d *data) beside(suffix string) string {
	return filepath.Join(d.dir, filepath.Base(d.path)+suffix)
}

// deriver is for stores that are only read: nothing is derived.
type deriver struct{}

func (deriver) Version() string                            { return "none" }
func (deriver) Derive(workbench.Group) []workbench.Content { return nil }

// open opens the store of the flags for reading, and makes it first where it is to be invented and not there yet.
func (f *dataFlags) open(ctx context.Context, out io.Writer) (*data, error) {
	d := &data{about: "the store given", dir: f.dir}
	if f.store != "" {
		var ok bool
		if d.path, ok = strings.CutPrefix(f.store, "bolt:"); !ok {
			return nil, fmt.Errorf("-store %q is not bolt:PATH", f.store)
		}
	} else {
		d.path = filepath.Join(f.dir, fmt.Sprintf("stories-%d-%d.db", f.stories, f.seed))
		d.about = "invented"
		if err := f.invent(ctx, d.path, out); err != nil {
			return nil, err
		}
	}
	st, err := boltstore.Open(d.path, deriver{}, boltstore.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	d.Store = st
	return d, nil
}

// invent fills a store under another name and gives it its own when it is whole.
func (f *dataFlags) invent(ctx context.Context, path string, out io.Writer) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	source := generate.New(f.seed, f.stories)
	unfinished := path + ".unfinished"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	began := time.Now()
	st, err := boltstore.Open(unfinished, generate.Deriver{Source: source}, boltstore.Options{})
	if err != nil {
		return err
	}
	told := time.Now()
	err = generate.Fill(ctx, st, source, func(stories, actions int) {
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			fmt.Fprintf(out, "  %d stories, %d actions stored\n", stories, actions)
		}
	})
	if err = errors.Join(err, st.Close()); err != nil {
		return fmt.Errorf("filling %s: %w", unfinished, err)
	}
	fmt.Fprintf(out, "filled a store of %d stories in %.1f s\n", f.stories, time.Since(began).Seconds())
	return os.Rename(unfinished, path)
}

func fill(ctx context.Context, args []string, out io.Writer) error {
	var f dataFlags
	set := flag.NewFlagSet("fill", flag.ContinueOnError)
	f.add(set)
	if err := set.Parse(args); err != nil {
		return err
	}
	d, err := f.open(ctx, out)
	if err != nil {
		return err
	}
	return d.Close()
}
