//go:build unix

package seal

import (
	"os"
	"syscall"
)

// keepOwner gives f the owner of the file at path, so that a change by root leaves the file to the user that runs the workbench.
func keepOwner(path string, f *os.File) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if of, ok := info.Sys().(*syscall.Stat_t); ok && int(of.Uid) != os.Geteuid() {
		return f.Chown(int(of.Uid), int(of.Gid))
	}
	return nil
}
