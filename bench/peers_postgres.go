//go:build postgres

package main

import (
	"context"

	"workbench/bench/peer"
	"workbench/bench/peer/postgres"
)

var openPostgres opener = func(ctx context.Context, dir string) (peer.Peer, error) { return postgres.Open(ctx, dir) }
