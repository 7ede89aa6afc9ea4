//go:build sqlite_fts5

// Package sqlite is SQLite among the peers, through the driver that links the C library: WAL with synchronous FULL, a cache of 256 MB, the
// file mapped into memory, FTS5 with trigrams, statements prepared once. It is built with the tag sqlite_fts5, which the driver wants too.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "github.com/mattn/go-sqlite3" // registers the driver

	"workbench/bench/peer"
	"workbench/bench/peer/relational"
	"workbench/store"
)

// Pragmas are the settings of every connection.
var Pragmas = []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -262144", "PRAGMA mmap_size = 8589934592", "PRAGMA temp_store = MEMORY"}

// Text is the index over texts: names in one column, what is inside in another, so that no word is found across the two.
const Text = "CREATE VIRTUAL TABLE texts USING fts5(names, inside, tokenize = 'trigram', content = '', columnsize = 0)"

// Peer is SQLite.
type Peer struct {
	db    *sql.DB
	file  string
	codes *relational.Codes
	known map[string]*sql.Stmt
}

var _ peer.Peer = (*Peer)(nil)

// Open makes an empty database in a folder.
func Open(ctx context.Context, dir string) (*Peer, error) {
	p := &Peer{file: filepath.Join(dir, "stories.sqlite"), codes: relational.NewCodes(), known: map[string]*sql.Stmt{}}
	db, err := sql.Open("sqlite3", p.file)
	if err != nil {
		return nil, err
	}
	p.db = db
	db.SetMaxOpenConns(1)
	tables := append(relational.Tables("INTEGER", "INTEGER", "TEXT", "BLOB"), Text)
	for _, s := range slices.Concat(Pragmas, tables) {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", s, err), db.Close())
		}
	}
	return p, nil
}

// Name implements peer.Peer.
func (p *Peer) Name() string { return "SQLite" }

// Version implements peer.Peer.
func (p *Peer) Version(ctx context.Context) (v string, err error) {
	return v, p.db.QueryRowContext(ctx, "SELECT 'SQLite ' || sqlite_version()").Scan(&v)
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
	after := append(relational.Indexes(), "INSERT INTO texts(texts) VALUES('optimize')", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)")
	for _, s := range after {
		if _, err := p.db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func (p *Peer) insert(ctx context.Context, records []peer.Record) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	story, err := tx.PrepareContext(ctx, "INSERT INTO stories VALUES ("+strings.Repeat("?, ", len(relational.Columns)+10)+"?)")
	if err != nil {
		return err
	}
	text, err := tx.PrepareContext(ctx, "INSERT INTO texts(rowid, names, inside) VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	for _, r := range records {
		if _, err := story.ExecContext(ctx, p.codes.Values(r)...); err != nil {
			return err
		}
		if _, err := text.ExecContext(ctx, r.N, r.Names, r.Inside); err != nil {
			return err
		}
		for _, f := range relational.Lists {
			for _, v := range r.Values[f] {
				if _, err := tx.ExecContext(ctx, "INSERT INTO "+relational.Column(f)+"s VALUES (?, ?)", r.N, p.codes.Of(f, v)); err != nil {
					return err
				}
			}
		}
	}
	return tx.Commit()
}

// Usage implements peer.Peer.
func (p *Peer) Usage(context.Context) (u peer.Usage, err error) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(p.file + suffix); err == nil {
			u.Files += info.Size()
		}
	}
	return u, nil
}

// Close implements peer.Peer.
func (p *Peer) Close() error {
	var all []error
	for _, s := range p.known {
		all = append(all, s.Close())
	}
	return errors.Join(append(all, p.db.Close())...)
}

// phrases is every word as a phrase of FTS5, all of which must be found.
func phrases(words []string, argument func(any) string) string {
	quoted := make([]string, 0, len(words))
	for _, w := range words {
		quoted = append(quoted, `"`+strings.ReplaceAll(strings.ToLower(w), `"`, `""`)+`"`)
	}
	return "n IN (SELECT rowid FROM texts WHERE texts MATCH " + argument(strings.Join(quoted, " AND ")) + ")"
}

func (p *Peer) writer() relational.Writer {
	return relational.Writer{Codes: p.codes, Dialect: relational.Dialect{Argument: func(int) string { return "?" }, Text: phrases}}
}

// query runs a statement, prepared at its first use, and calls each for every row.
func (p *Peer) query(ctx context.Context, s relational.Statement, each func(*sql.Rows) error) error {
	prepared := p.known[s.SQL]
	if prepared == nil {
		var err error
		if prepared, err = p.db.PrepareContext(ctx, s.SQL); err != nil {
			return fmt.Errorf("%s: %w", s.SQL, err)
		}
		p.known[s.SQL] = prepared
	}
	rows, err := prepared.QueryContext(ctx, s.Args...)
	if err != nil {
		return fmt.Errorf("%s: %w", s.SQL, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// pivoted are the fields with so few values that all of them are counted in one row.
func pivoted(fields []store.Field) (few, many []store.Field) {
	for _, f := range fields {
		if f == store.Tenant || f == store.Owner {
			many = append(many, f)
		} else {
			few = append(few, f)
		}
	}
	return few, many
}
