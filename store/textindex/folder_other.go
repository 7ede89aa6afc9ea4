//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package textindex

import "os"

// hold opens the lock's file. Here nothing but the store's own lock keeps others out.
func hold(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }

// syncFolder does nothing: folders cannot be synced here.
func syncFolder(string) error { return nil }
