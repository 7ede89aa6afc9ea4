//go:build unix

package main

import (
	"fmt"
	"os"
	"syscall"
)

// trusted fails where the socket beside a store belongs neither to this user, nor to root, nor to whom the store belongs. A socket in the
// folder for temporary files could be anybody's, and a command would hand it its files.
func trusted(socket, store string) error {
	owner, there := ownerOf(socket)
	if !there || owner == 0 || int(owner) == os.Getuid() {
		return nil
	}
	if of, there := ownerOf(store); there && of == owner {
		return nil
	}
	return fmt.Errorf("the socket %s belongs to another user than the store, so nothing was sent to it: remove it", socket)
}

// ownerOf is the id of the user that a file belongs to.
func ownerOf(path string) (uint32, bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}
