// Package own is the workbench among its peers: a store in a file, and an index over its change feed.
package own

import (
	"context"
	"fmt"
	"os"

	"workbench"
	"workbench/bench/peer"
	"workbench/store"
)

// Peer is the workbench.
type Peer struct {
	store.Queries
	version string
	memory  int64
	texts   int64
	file    string
}

var _ peer.Peer = (*Peer)(nil)

// New makes a peer of an index over a filled store. Memory is what the index takes, texts the bytes of the files of the one over inner texts,
// file that of the store.
func New(queries store.Queries, version string, memory, texts int64, file string) *Peer {
	return &Peer{queries, version, memory, texts, file}
}

// Name implements peer.Peer.
func (p *Peer) Name() string { return "workbench" }

// Version implements peer.Peer.
func (p *Peer) Version(context.Context) (string, error) { return p.version, nil }

// Load implements peer.Peer. The store is filled before, through its own contract, and everybody else's records are read from it.
func (p *Peer) Load(context.Context, func() ([]peer.Record, error)) error { return nil }

// Answer implements peer.Peer.
func (p *Peer) Answer(ctx context.Context, ask peer.Ask) (peer.Answer, error) {
	if ask.Want&peer.Groups != 0 {
		g, err := p.Groups(ctx, workbench.EveryTenant(), ask.Query, ask.Group)
		return peer.Answer{Groups: g}, err
	}
	page, err := p.Stories(ctx, workbench.EveryTenant(), ask.Query)
	return peer.Answer{Rows: page.Rows, Total: page.Total, Facets: page.Facets}, err
}

// Usage implements peer.Peer.
func (p *Peer) Usage(context.Context) (peer.Usage, error) {
	info, err := os.Stat(p.file)
	if err != nil {
		return peer.Usage{}, fmt.Errorf("reading the size of the store: %w", err)
	}
	return peer.Usage{Memory: p.memory, Files: info.Size() + p.texts}, nil
}

// Close implements peer.Peer. Store and index are their maker's.
func (p *Peer) Close() error { return nil }
