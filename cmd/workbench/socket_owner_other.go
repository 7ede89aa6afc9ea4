//go:build !unix

package main

// trusted takes every socket where files have no owner in the sense of Unix; their folders guard them.
func trusted(socket, store string) error { return nil }
