//go:build postgres

package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"workbench"
	"workbench/bench/measure"
	"workbench/bench/peer"
	"workbench/bench/peer/relational"
	"workbench/store"
)

// Text is the tables and indexes for texts, which stand apart so that the stories' own rows stay short.
var Text = []string{"CREATE EXTENSION pg_trgm", "CREATE TABLE texts (n bigint PRIMARY KEY, names text NOT NULL, inside text NOT NULL)"}

// TextIndexes are made after loading.
var TextIndexes = []string{"CREATE INDEX by_names ON texts USING gin (names gin_trgm_ops)", "CREATE INDEX by_inside ON texts USING gin (inside gin_trgm_ops)"}

// Peer is PostgreSQL.
type Peer struct {
	server *server
	conn   *pgx.Conn
	codes  *relational.Codes
}

var _ peer.Peer = (*Peer)(nil)

// Open starts a server with an empty database in a folder, which becomes that of the user it runs as.
func Open(ctx context.Context, dir string) (*Peer, error) {
	s, err := start(ctx, dir)
	if err != nil {
		return nil, err
	}
	p := &Peer{server: s, codes: relational.NewCodes()}
	if p.conn, err = s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	for _, q := range append(relational.Tables("smallint", "bigint", "text", "bytea"), Text...) {
		if _, err := p.conn.Exec(ctx, q); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", q, err), p.Close())
		}
	}
	return p, nil
}

// Name implements peer.Peer.
func (p *Peer) Name() string { return "PostgreSQL" }

// Version implements peer.Peer.
func (p *Peer) Version(ctx context.Context) (v string, err error) {
	err = p.conn.QueryRow(ctx, "SHOW server_version").Scan(&v)
	return "PostgreSQL " + v, err
}

// Load implements peer.Peer.
func (p *Peer) Load(ctx context.Context, next func() ([]peer.Record, error)) error {
	for {
		records, err := next()
		if err != nil {
			return err
		}
		if len(records) == 0 {
			break
		}
		if err := p.insert(ctx, records); err != nil {
			return err
		}
	}
	after := append(relational.Indexes(), TextIndexes...)
	for _, q := range append(after, "VACUUM ANALYZE", "CHECKPOINT") {
		if _, err := p.conn.Exec(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

func (p *Peer) insert(ctx context.Context, records []peer.Record) error {
	tx, err := p.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) // after Commit it does nothing
	columns := []string{"n", "id"}
	for _, f := range relational.Columns {
		columns = append(columns, relational.Column(f))
	}
	columns = append(columns, "created", "updated", "first_signal", "last_signal", "source", "source_ip", "indication", "incident", "row")
	stories, texts, lists := [][]any{}, [][]any{}, map[store.Field][][]any{}
	for _, r := range records {
		stories = append(stories, p.codes.Values(r))
		texts = append(texts, []any{r.N, r.Names, r.Inside})
		for _, f := range relational.Lists {
			for _, v := range r.Values[f] {
				lists[f] = append(lists[f], []any{r.N, p.codes.Of(f, v)})
			}
		}
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"stories"}, columns, pgx.CopyFromRows(stories)); err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"texts"}, []string{"n", "names", "inside"}, pgx.CopyFromRows(texts)); err != nil {
		return err
	}
	for f, rows := range lists {
		c := relational.Column(f)
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{c + "s"}, []string{"story", c}, pgx.CopyFromRows(rows)); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

// Usage implements peer.Peer.
func (p *Peer) Usage(ctx context.Context) (u peer.Usage, err error) {
	if u.CPU, u.Memory, err = measure.Family(p.server.process.Process.Pid); err != nil {
		return u, err
	}
	return u, p.conn.QueryRow(ctx, "SELECT pg_database_size('postgres')").Scan(&u.Files)
}

// Close implements peer.Peer.
func (p *Peer) Close() error { return errors.Join(p.conn.Close(context.Background()), p.server.stop()) }

// contained is that every word is contained in one of the two texts.
func contained(words []string, argument func(any) string) string {
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	var all []string
	for _, w := range words {
		like := "%" + escape.Replace(strings.ToLower(w)) + "%"
		all = append(all, "(names LIKE "+argument(like)+" OR inside LIKE "+argument(like)+")")
	}
	return "n IN (SELECT n FROM texts WHERE " + strings.Join(all, " AND ") + ")"
}

func (p *Peer) query(ctx context.Context, s relational.Statement, each func(pgx.Rows) error) error {
	rows, err := p.conn.Query(ctx, s.SQL, s.Args...)
	if err != nil {
		return fmt.Errorf("%s: %w", s.SQL, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", s.SQL, err)
	}
	return nil
}

// Answer implements peer.Peer.
func (p *Peer) Answer(ctx context.Context, ask peer.Ask) (peer.Answer, error) {
	var a peer.Answer
	w := relational.Writer{Codes: p.codes, Dialect: relational.Dialect{Argument: func(n int) string { return "$" + strconv.Itoa(n) }, Text: contained}}
	if ask.Want&peer.Rows != 0 {
		a.Rows = make([]workbench.Row, 0, ask.Query.Limit)
		err := p.query(ctx, w.Rows(ask), func(rows pgx.Rows) error {
			r, err := peer.ReadRow(rows.RawValues()[0]) // bytes come as they are
			a.Rows = append(a.Rows, r)
			return err
		})
		if err != nil {
			return a, err
		}
	}
	switch {
	case ask.Want&peer.Facets != 0:
		return a, p.facets(ctx, w, ask, &a)
	case ask.Want&peer.Groups != 0:
		return a, p.groups(ctx, w, ask, &a)
	case ask.Want&peer.Total != 0:
		return a, p.query(ctx, w.Total(ask), func(rows pgx.Rows) error { return rows.Scan(&a.Total) })
	}
	return a, nil
}

// facets counts what the question does not filter by in one pass with grouping sets, which gives the total too, and everything else by itself.
func (p *Peer) facets(ctx context.Context, w relational.Writer, ask peer.Ask, a *peer.Answer) error {
	fields := relational.Unfiltered(ask)
	lists := map[store.Field][]store.Count{}
	for _, f := range store.FacetFields {
		lists[f] = nil
	}
	add := func(f store.Field, code, n int) {
		if c := p.codes.Count(f, code, n); c.Value != "" {
			lists[f] = append(lists[f], c)
		}
	}
	err := p.query(ctx, w.Sets(ask, fields), func(rows pgx.Rows) error {
		var field, code, n int
		if err := rows.Scan(&field, &code, &n); err != nil {
			return err
		}
		if field == len(fields) {
			a.Total = n
			return nil
		}
		add(fields[field], code, n)
		return nil
	})
	if err != nil {
		return err
	}
	counted := map[store.Field]bool{}
	for _, f := range fields {
		counted[f] = true
	}
	for _, f := range store.FacetFields {
		if counted[f] {
			continue
		}
		err := p.query(ctx, w.Facet(ask, f), func(rows pgx.Rows) error {
			var code, n int
			if err := rows.Scan(&code, &n); err != nil {
				return err
			}
			add(f, code, n)
			return nil
		})
		if err != nil {
			return err
		}
	}
	a.Facets = map[store.Field][]store.Count{}
	for f, list := range lists {
		a.Facets[f] = peer.SortCounts(list)
	}
	return nil
}

func (p *Peer) groups(ctx context.Context, w relational.Writer, ask peer.Ask, a *peer.Answer) error {
	err := p.query(ctx, w.GroupTotals(ask), func(rows pgx.Rows) error { return rows.Scan(&a.Groups.Count, &a.Groups.Total) })
	if err != nil {
		return err
	}
	err = p.query(ctx, w.GroupRows(ask), func(rows pgx.Rows) error {
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
