//go:build sqlite_fts5

package compare_test

import (
	"testing"
	"time"

	"workbench/bench/compare"
	"workbench/bench/peer"
	"workbench/bench/peer/sqlite"
)

// TestSQLiteAnswersAsThePlainIndex holds the statements that both SQL peers share.
func TestSQLiteAnswersAsThePlainIndex(t *testing.T) {
	st := filled(t, 3_000)
	sample, _, err := compare.Sample(t.Context(), st, 1_000)
	if err != nil {
		t.Fatal(err)
	}
	p, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := p.Load(t.Context(), compare.Records(t.Context(), st, true)); err != nil {
		t.Fatal(err)
	}
	x := plain(t, st, anyFile(t))
	result, err := compare.Run(t.Context(), compare.Plan{Rounds: 2, Asks: 30, Budget: time.Minute, Kinds: peer.Kinds}, peer.NewAsker(1, sample, x), []peer.Peer{x, p}, control)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range result.Kinds {
		if k.Equal["SQLite"] != 6+2*30 {
			t.Errorf("%s: %d answers compared", k.Name, k.Equal["SQLite"])
		}
	}
}
