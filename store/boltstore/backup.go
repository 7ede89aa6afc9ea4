package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"workbench"
)

// Backup implements store.Maintenance. It holds one reading transaction until w has taken everything: a slow w belongs behind a file.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(stoppable{ctx, w})
		return err
	})
	if err != nil {
		return fmt.Errorf("writing a backup: %w", err)
	}
	return nil
}

// stoppable ends a copy once its context ends.
type stoppable struct {
	ctx context.Context
	to  io.Writer
}

func (s stoppable) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.to.Write(b)
}

// Restore makes a store at path of what Backup wrote, and fails with ErrExists where path is taken. The copy is whole, synced and its
// structure is checked before it gets its name: ErrCorrupt where it is cut short or damaged, ErrNewer where a newer program wrote it.
// What fails leaves nothing behind.
func Restore(r io.Reader, path string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restoring to %s: %w", path, err)
		}
	}()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%w: choose a new place", workbench.ErrExists), err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".restore-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = io.Copy(temp, r)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := checkCopy(temp.Name()); err != nil {
		return err
	}
	err = settle(temp.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: choose a new place", workbench.ErrExists)
	}
	return err
}

// checkCopy checks length, structure and format of a file that nobody uses yet.
func checkCopy(path string) error {
	if err := checkPages(path); err != nil {
		return err
	}
	return guarded(func() error {
		options := boltOptions()
		options.ReadOnly, options.PreLoadFreelist = true, true
		db, err := bbolt.Open(path, 0o600, options)
		if err != nil {
			return opening(err)
		}
		defer db.Close()
		return db.View(func(tx *bbolt.Tx) error {
			var first error
			checkStructure(tx, func(problem string) {
				if first == nil {
					first = corrupt("%s", problem)
				}
			})
			if first != nil {
				return first
			}
			_, err := checkFormat(tx)
			return err
		})
	})
}
