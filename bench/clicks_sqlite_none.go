//go:build !sqlite_fts5

package main

import "context"

var openSQLiteClicks func(ctx context.Context, dir string, stories int) (clicker, error)
