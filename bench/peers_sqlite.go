//go:build sqlite_fts5

package main

import (
	"context"

	"workbench/bench/peer"
	"workbench/bench/peer/sqlite"
)

var openSQLite opener = func(ctx context.Context, dir string) (peer.Peer, error) { return sqlite.Open(ctx, dir) }
