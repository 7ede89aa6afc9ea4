package compare_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/bench/compare"
	"workbench/bench/generate"
	"workbench/bench/measure"
	"workbench/bench/peer"
	"workbench/bench/peer/own"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/index"
	"workbench/store/naive"
	"workbench/store/textindex"
)

func control() (measure.Control, error) { return measure.Control{Copy: 1, Hello: 1, Fsync: 1}, nil }

// filled is a store of invented stories.
func filled(t *testing.T, stories int) *boltstore.Store {
	t.Helper()
	s := generate.New(1, stories)
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), generate.Deriver{Source: s}, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := generate.Fill(t.Context(), st, s, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	return st
}

// anyFile is a file for whoever wants to know its size.
func anyFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// named is a peer under another name, whose answers a test may change.
type named struct {
	*own.Peer
	name   string
	change func(ask peer.Ask, a *peer.Answer)
}

func (n named) Name() string { return n.name }

func (n named) Answer(ctx context.Context, ask peer.Ask) (peer.Answer, error) {
	a, err := n.Peer.Answer(ctx, ask)
	if n.change != nil && err == nil {
		n.change(ask, &a)
	}
	return a, err
}

func plain(t *testing.T, st *boltstore.Store, path string) *own.Peer {
	t.Helper()
	inside := map[workbench.StoryID][]string{}
	next := compare.Records(t.Context(), st, true)
	for {
		records, err := next()
		if err != nil {
			t.Fatal(err)
		}
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			inside[r.Row.ID] = strings.Split(r.Inside, "\n")
		}
	}
	x := naive.New(nil)
	x.Texts = func(id workbench.StoryID) []string { return inside[id] }
	if err := x.CatchUp(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	return own.New(x, "plain", 0, 0, path)
}

// TestIndexAnswersAsThePlainOne asks the index and the one that looks at every row the questions of the bench.
func TestIndexAnswersAsThePlainOne(t *testing.T) {
	st := filled(t, 10_000)
	sample, stories, err := compare.Sample(t.Context(), st, 2_000)
	if err != nil || stories != 10_000 || len(sample) != 2_000 {
		t.Fatalf("a sample of %d out of %d, %v", len(sample), stories, err)
	}
	texts, err := textindex.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := texts.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := texts.CatchUp(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	x := index.New(index.Config{Rows: st, Texts: texts})
	if err := x.CatchUp(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	here := anyFile(t)
	peers := []peer.Peer{own.New(x, "index", 0, 0, here), named{Peer: plain(t, st, here), name: "plain"}}
	plan := compare.Plan{Rounds: 2, Asks: 12, Budget: time.Minute, Kinds: peer.Kinds}
	result, err := compare.Run(t.Context(), plan, peer.NewAsker(1, sample, x), peers, control)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range result.Kinds {
		if k.Equal["plain"] != 6+2*12 || k.Figures["plain"].N != 24 || k.Ratios["plain"].Median <= 0 || k.Digest == "" {
			t.Errorf("%s: %d answers compared, figures %+v", k.Name, k.Equal["plain"], k.Figures)
		}
	}
}

// TestRunFailsWhereAnswersDiffer plants a difference in one answer of one kind.
func TestRunFailsWhereAnswersDiffer(t *testing.T) {
	st := filled(t, 200)
	here := anyFile(t)
	honest := plain(t, st, here)
	sample, _, err := compare.Sample(t.Context(), st, 200)
	if err != nil {
		t.Fatal(err)
	}
	run := func(change func(peer.Ask, *peer.Answer)) error {
		peers := []peer.Peer{honest, named{Peer: honest, name: "other", change: change}}
		_, err := compare.Run(t.Context(), compare.Plan{Rounds: 1, Asks: 8, Budget: time.Minute, Kinds: peer.Kinds}, peer.NewAsker(1, sample, honest), peers, control)
		return err
	}
	if err := run(nil); err != nil {
		t.Errorf("equal answers: %v", err)
	}
	for part, change := range map[peer.Part]func(*peer.Answer){
		peer.Rows:   func(a *peer.Answer) { a.Rows = a.Rows[:len(a.Rows)-1] },
		peer.Total:  func(a *peer.Answer) { a.Total++ },
		peer.Facets: func(a *peer.Answer) { a.Facets[store.Status][0].Count++ },
		peer.Groups: func(a *peer.Answer) { a.Groups.Groups[0].Low++ },
	} {
		asked := 0
		err := run(func(ask peer.Ask, a *peer.Answer) {
			if ask.Want&part == 0 || part == peer.Rows && len(a.Rows) == 0 || part == peer.Facets && len(a.Facets[store.Status]) == 0 {
				return
			}
			if asked++; asked == 5 { // one answer among many
				change(a)
			}
		})
		if err == nil || !strings.Contains(err.Error(), "different answers") {
			t.Errorf("part %b: got %v, want that answers differ", part, err)
		}
	}
}

// TestPeerWithoutAnswers is left out of a kind, not of the others.
func TestPeerWithoutAnswers(t *testing.T) {
	st := filled(t, 100)
	here := anyFile(t)
	honest := plain(t, st, here)
	sample, _, err := compare.Sample(t.Context(), st, 100)
	if err != nil {
		t.Fatal(err)
	}
	result, err := compare.Run(t.Context(), compare.Plan{Rounds: 1, Asks: 4, Budget: time.Minute, Kinds: peer.Kinds}, peer.NewAsker(1, sample, honest), []peer.Peer{honest, without{honest}}, control)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range result.Kinds {
		_, there := k.Ratios["without"]
		if there == (k.Name == "groups") {
			t.Errorf("%s: a ratio is there: %t", k.Name, there)
		}
	}
}

type without struct{ *own.Peer }

func (without) Name() string { return "without" }

func (w without) Answer(ctx context.Context, ask peer.Ask) (peer.Answer, error) {
	if ask.Want&peer.Groups != 0 {
		return peer.Answer{}, peer.ErrNotOffered
	}
	return w.Peer.Answer(ctx, ask)
}
