//go:build sqlite_fts5

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"workbench/bench/peer/sqlite"
)

// sqliteClicks is SQLite in the kindest form: a story's row, the action and an audit entry, no index but primary keys, statements prepared
// once, one connection, which is what makes several clients fastest there.
type sqliteClicks struct {
	db                    *sql.DB
	update, action, audit *sql.Stmt
}

var openSQLiteClicks = func(ctx context.Context, dir string, stories int) (clicker, error) {
	db, err := sql.Open("sqlite3", filepath.Join(dir, "clicks.sqlite")+"?_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for _, s := range append(sqlite.Pragmas, "CREATE TABLE stories (n INTEGER PRIMARY KEY, owner TEXT NOT NULL, updated INTEGER NOT NULL, row BLOB NOT NULL)",
		"CREATE TABLE actions (n INTEGER PRIMARY KEY, story INTEGER NOT NULL, action TEXT NOT NULL)", "CREATE TABLE audit (n INTEGER PRIMARY KEY, what TEXT NOT NULL)",
		fmt.Sprintf("WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < %d) INSERT INTO stories SELECT n, 'nobody', n, randomblob(380) FROM s", stories-1)) {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", s, err), db.Close())
		}
	}
	c := &sqliteClicks{db: db}
	for _, p := range []struct {
		to  **sql.Stmt
		sql string
	}{{&c.update, "UPDATE stories SET owner = ?, updated = ? WHERE n = ?"}, {&c.action, "INSERT INTO actions VALUES (?, ?, ?)"}, {&c.audit, "INSERT INTO audit(what) VALUES (?)"}} {
		if *p.to, err = db.PrepareContext(ctx, p.sql); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return c, nil
}

func (c *sqliteClicks) Click(ctx context.Context, i, k int) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	if _, err := tx.StmtContext(ctx, c.update).ExecContext(ctx, fmt.Sprintf("owner %d", k), k, i); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, c.action).ExecContext(ctx, k, i, fmt.Sprintf(`{"id":"click-%d","byName":"Bench","changes":[{"field":"owner","before":null,"after":"owner %d"}]}`, k, k)); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, c.audit).ExecContext(ctx, fmt.Sprintf("acted on story %d, action click-%d", i, k)); err != nil {
		return err
	}
	return tx.Commit()
}

func (c *sqliteClicks) Close() error { return c.db.Close() }
