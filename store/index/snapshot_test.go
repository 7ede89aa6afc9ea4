package index_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"workbench/store"
	"workbench/store/index"
)

// restart goes on with what a snapshot kept. The naive index begins anew.
func (p *pair) restart(t *testing.T, path string) {
	t.Helper()
	k := index.Kept{Path: path, Program: "this", Feed: p.world}
	if err := p.x.Save(ctx, k); err != nil {
		t.Fatal(err)
	}
	asOf := p.x.Applied()
	p.x, p.n = index.New(p.config), p.newNaive()
	if why, err := p.x.Load(ctx, k); why != "" || err != nil {
		t.Fatalf("Load: %s, %v", why, err)
	}
	if got := p.x.Applied(); got != asOf {
		t.Fatalf("a snapshot as of %d was loaded, want %d", got, asOf)
	}
	p.catchUp(t)
}

// TestSnapshotIsTheIndex holds that an index which was kept and loaded, again and again and between changes, answers as one that was not.
func TestSnapshotIsTheIndex(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(1_000 + seed)
			p := newPair(w)
			path := filepath.Join(t.TempDir(), "snapshot")
			for range w.r.IntN(200) {
				p.inside.learn(w.r, w.change(100).ID)
			}
			p.catchUp(t)
			for range 6 {
				for range 12 {
					p.step(t, 100)
				}
				p.catchUp(t)
				p.restart(t, path)
				if diff := index.Check(p.x); diff != "" {
					t.Fatalf("what was loaded is not what is made anew: %s", diff)
				}
			}
			for range 40 {
				p.step(t, 100)
			}
		})
	}
}

// TestSnapshotOfManyBlocks does so where there are more stories than a block holds, and changes that were not folded in.
func TestSnapshotOfManyBlocks(t *testing.T) {
	w := newWorld(2_000)
	p := newPair(w)
	for range 30_000 {
		w.change(20_000)
	}
	p.catchUp(t)
	for range 100 {
		w.change(20_000)
	}
	p.catchUp(t)
	p.restart(t, filepath.Join(t.TempDir(), "snapshot"))
	if diff := index.Check(p.x); diff != "" {
		t.Fatalf("what was loaded is not what is made anew: %s", diff)
	}
	for range 10 {
		p.comparePages(t)
	}
}

// foreign is a feed of another history.
type foreign struct{ store.Feed }

func (foreign) Marked(_ context.Context, mark string) (bool, error) { return mark == "of another", nil }

// TestSnapshotsThatAreNotUsed holds that a snapshot which is not right in any way leaves the index empty, with a reason, and that what is not
// there needs none.
func TestSnapshotsThatAreNotUsed(t *testing.T) {
	w := newWorld(3_000)
	for range 300 {
		w.change(200)
	}
	x := index.New(index.Config{Rows: w})
	if err := x.CatchUp(ctx, w); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	k := index.Kept{Path: filepath.Join(dir, "snapshot"), Program: "this", Feed: w}
	if why, err := index.New(index.Config{}).Load(ctx, k); why != "" || err != nil {
		t.Errorf("no snapshot: got %q, %v", why, err)
	}
	if err := os.WriteFile(k.Path+".tmp", bytes.Repeat([]byte("left by a crash"), 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := x.Save(ctx, k); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(k.Path)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) > 0 {
		t.Errorf("files are left behind: %v", left)
	}
	if info, _ := os.Stat(k.Path); info.Mode().Perm() != 0o600 {
		t.Errorf("the snapshot may be read by others: %s", info.Mode())
	}
	refuse := func(name string, content []byte, k index.Kept) {
		t.Helper()
		k.Path = filepath.Join(dir, "other")
		if err := os.WriteFile(k.Path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		y := index.New(index.Config{Rows: w})
		why, err := y.Load(ctx, k)
		if why == "" || err != nil || y.Applied() != 0 {
			t.Errorf("%s: got %q, %v, as of %d; want a reason and an empty index", name, why, err, y.Applied())
		}
		if err := y.CatchUp(ctx, w); err != nil || y.Applied() != x.Applied() {
			t.Errorf("%s: filling it anew: %v", name, err)
		}
	}
	other := k
	other.Program = "that"
	refuse("of another program", whole, other)
	other = k
	other.Feed = foreign{w}
	refuse("of another store", whole, other)
	refuse("empty", nil, k)
	refuse("another file", []byte("{}"), k)
	for at := 0; at < len(whole); at += 1 + len(whole)/150 {
		refuse(fmt.Sprintf("cut at %d", at), whole[:at], k)
		flipped := bytes.Clone(whole)
		flipped[at] ^= 0x10
		refuse(fmt.Sprintf("changed at %d", at), flipped, k)
	}
}
