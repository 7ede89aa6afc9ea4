//go:build sqlite_fts5

package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"workbench"
	"workbench/bench/peer"
	"workbench/bench/peer/relational"
	"workbench/store"
)

// Answer implements peer.Peer.
func (p *Peer) Answer(ctx context.Context, ask peer.Ask) (peer.Answer, error) {
	var a peer.Answer
	w := p.writer()
	if ask.Want&peer.Rows != 0 {
		a.Rows = make([]workbench.Row, 0, ask.Query.Limit)
		err := p.query(ctx, w.Rows(ask), func(rows *sql.Rows) error {
			var raw sql.RawBytes
			if err := rows.Scan(&raw); err != nil {
				return err
			}
			r, err := peer.ReadRow(raw)
			a.Rows = append(a.Rows, r)
			return err
		})
		if err != nil {
			return a, err
		}
	}
	if ask.Want&peer.Facets != 0 {
		if err := p.facets(ctx, w, ask, &a); err != nil {
			return a, err
		}
	} else if ask.Want&peer.Total != 0 {
		if err := p.query(ctx, w.Total(ask), func(rows *sql.Rows) error { return rows.Scan(&a.Total) }); err != nil {
			return a, err
		}
	}
	if ask.Want&peer.Groups != 0 {
		return a, p.groups(ctx, w, ask, &a)
	}
	return a, nil
}

// facets counts what the question does not filter by in one pass, which gives the total too, and everything else by itself.
func (p *Peer) facets(ctx context.Context, w relational.Writer, ask peer.Ask, a *peer.Answer) error {
	a.Facets = map[store.Field][]store.Count{}
	few, _ := pivoted(relational.Unfiltered(ask))
	row := make([]int, p.codes.PivotWidth(few))
	targets := make([]any, len(row))
	for i := range row {
		targets[i] = &row[i]
	}
	if err := p.query(ctx, w.Pivot(ask, few), func(rows *sql.Rows) error { return rows.Scan(targets...) }); err != nil {
		return err
	}
	a.Total = p.codes.Pivoted(few, row, a.Facets)
	for _, f := range store.FacetFields {
		if slices.Contains(few, f) {
			continue
		}
		var list []store.Count
		err := p.query(ctx, w.Facet(ask, f), func(rows *sql.Rows) error {
			var code, n int
			if err := rows.Scan(&code, &n); err != nil {
				return err
			}
			if c := p.codes.Count(f, code, n); c.Value != "" {
				list = append(list, c)
			}
			return nil
		})
		if err != nil {
			return err
		}
		a.Facets[f] = peer.SortCounts(list)
	}
	return nil
}

func (p *Peer) groups(ctx context.Context, w relational.Writer, ask peer.Ask, a *peer.Answer) error {
	err := p.query(ctx, w.GroupTotals(ask), func(rows *sql.Rows) error { return rows.Scan(&a.Groups.Count, &a.Groups.Total) })
	if err != nil {
		return err
	}
	err = p.query(ctx, w.GroupRows(ask), func(rows *sql.Rows) error {
		var g relational.Group
		var code int
		value := any(&g.Value)
		if relational.Coded(ask.Group) {
			value = &code
		}
		if err := rows.Scan(value, &g.Count, &g.High, &g.Medium, &g.Low, &g.Updated); err != nil {
			return err
		}
		if relational.Coded(ask.Group) {
			g.Value = p.codes.Value(ask.Group, code)
		}
		a.Groups.Groups = append(a.Groups.Groups, g.Group())
		return nil
	})
	a.Groups.Groups = relational.SortGroups(a.Groups.Groups, ask.Query.Limit)
	return err
}
