//go:build !sqlite_fts5

package main

var openSQLite opener
