//go:build !postgres

package main

var openPostgres opener
