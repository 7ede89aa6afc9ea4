//go:build postgres

package postgres

import (
	"fmt"
	"testing"
	"time"
	"slices"
	"os"

	"github.com/jackc/pgx/v5"
	"workbench/bench/compare"
	"workbench/bench/peer"
	"workbench/bench/peer/relational"
	"workbench/store"
	"workbench/bench/generate"
	"workbench/store/boltstore"
)

func TestZZ(t *testing.T) {
	st, err := boltstore.Open("/tmp/bx/d/stories-100000-1.db", generate.Deriver{Source: generate.New(1, 100000)}, boltstore.Options{ReadOnly: true})
	if err != nil { t.Fatal(err) }
	os.RemoveAll("/tmp/bx/pgz"); os.Mkdir("/tmp/bx/pgz", 0o755)
	p, err := Open(t.Context(), "/tmp/bx/pgz")
	if err != nil { t.Fatal(err) }
	defer p.Close()
	if err := p.Load(t.Context(), compare.Records(t.Context(), st)); err != nil { t.Fatal(err) }
	sample, _, _ := compare.Sample(t.Context(), st, 5000)
	a := peer.NewAsker(1, sample, nil)
	kind, _ := peer.KindNamed("page")
	w := relational.Writer{Codes: p.codes, Dialect: relational.Dialect{Argument: func(n int) string { return fmt.Sprint("$", n) }, Text: contained}}
	times := map[string][]time.Duration{}
	for i := range 40 {
		ask, _ := a.Ask(t.Context(), kind, i)
		fields := relational.Unfiltered(ask)
		few := slices.DeleteFunc(slices.Clone(fields), func(f store.Field) bool { return f == store.Tenant || f == store.Owner })
		run := func(name string, s ...relational.Statement) {
			for range 2 {
				b := time.Now()
				for _, s := range s {
					if err := p.query(t.Context(), s, func(pgx.Rows) error { return nil }); err != nil { t.Fatal(err) }
				}
				times[name] = append(times[name], time.Since(b))
			}
		}
		run("sets", w.Sets(ask, fields))
		piv := []relational.Statement{w.Pivot(ask, few)}
		var each []relational.Statement
		for _, f := range fields { each = append(each, w.Facet(ask, f)); if f == store.Tenant || f == store.Owner { piv = append(piv, w.Facet(ask, f)) } }
		run("pivot", piv...)
		run("each", each...)
	}
	for n, l := range times { slices.Sort(l); var s time.Duration; for _, x := range l { s += x }; fmt.Println(n, l[len(l)/2], l[len(l)*9/10], s/time.Duration(len(l))) }
}
