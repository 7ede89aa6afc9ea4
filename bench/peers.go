package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"workbench/bench/peer"
	"workbench/bench/peer/pocketbase"
)

// opener makes an empty peer in a folder of its own.
type opener func(ctx context.Context, dir string) (peer.Peer, error)

// openers are the peers that this program was built with.
func openers(module string) map[string]opener {
	all := map[string]opener{"pocketbase": func(ctx context.Context, dir string) (peer.Peer, error) {
		program, err := pocketbase.Build(ctx, module, dir)
		if err != nil {
			return nil, err
		}
		return pocketbase.Open(program, filepath.Join(dir, "data"))
	}}
	if openSQLite != nil {
		all["sqlite"] = openSQLite
	}
	if openPostgres != nil {
		all["postgres"] = openPostgres
	}
	return all
}

// openPeers makes the peers of a list of names, each in an emptied folder below dir.
func openPeers(ctx context.Context, names, module, dir string) (peers []peer.Peer, err error) {
	all := openers(module)
	for _, name := range strings.Split(names, ",") {
		if name == "" {
			continue
		}
		open := all[name]
		if open == nil {
			return peers, fmt.Errorf("there is no peer %q in this program: sqlite needs -tags sqlite_fts5, postgres needs -tags postgres", name)
		}
		own := filepath.Join(dir, name)
		if err := os.RemoveAll(own); err != nil {
			return peers, err
		}
		if err := os.MkdirAll(own, 0o755); err != nil {
			return peers, err
		}
		p, err := open(ctx, own)
		if err != nil {
			return peers, err
		}
		peers = append(peers, p)
	}
	return peers, nil
}
