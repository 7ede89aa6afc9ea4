//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package textindex

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"workbench"
)

// hold takes a folder for this process until the file is closed. ErrInUse where another has it.
func hold(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = fmt.Errorf("%w: another workbench searches in it; end that one first", workbench.ErrInUse)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// syncFolder waits until the names in a folder are safe.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
