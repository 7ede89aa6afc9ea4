//go:build unix

package main

import "syscall"

// freeSpace is how many bytes an ordinary user may still write to the disk of a folder.
func freeSpace(folder string) (uint64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
