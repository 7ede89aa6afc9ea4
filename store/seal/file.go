package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Create makes a key file with one new key, mode 0600, in a folder that is there. It never replaces a file: it fails with fs.ErrExist where
// something is there. The file is whole and durable before it gets its name.
func Create(path string) (*Ring, error) {
	r, err := New()
	if err == nil {
		err = create(r, path)
	}
	if err != nil {
		return nil, fmt.Errorf("making key file %s: %w", path, err)
	}
	return r, nil
}

func create(r *Ring, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fs.ErrExist, err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := write(temp, r); err != nil {
		return err
	}
	err = os.Link(temp.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links: exclusive, but not whole at once
		f, opened := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if opened != nil {
			return opened
		}
		if err = write(f, r); err != nil {
			return errors.Join(err, os.Remove(path))
		}
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// Rotate adds a new key to a key file, which seals from now on; the others stay, so that everything can still be opened. A process that
// runs goes on with the keys that it read. What is kept should then be sealed again: see Resealed.
func Rotate(path string) (*Ring, error) {
	return change(path, func(r *Ring) (*Ring, error) {
		if r.handle.Len() >= maxKeys {
			return nil, fmt.Errorf("it has %d keys already; drop old ones first", maxKeys)
		}
		return withNewKey(keyset.NewManagerFromHandle(r.handle), r.mark)
	})
}

// Drop takes keys out of a key file, by their ids. What they sealed can't be opened any more: see Resealed. It fails, and changes nothing,
// for the key that seals and for one that is not there.
func Drop(path string, ids ...string) (*Ring, error) {
	return change(path, func(r *Ring) (*Ring, error) {
		m := keyset.NewManagerFromHandle(r.handle)
		for _, id := range ids {
			if id == keyID(r.primary) {
				return nil, fmt.Errorf("key %s is the one that seals", id)
			}
			found := false
			for i := range r.handle.Len() {
				if entry, err := r.handle.Entry(i); err == nil && keyID(entry.KeyID()) == id {
					found = m.Delete(entry.KeyID()) == nil
				}
			}
			if !found {
				return nil, fmt.Errorf("it has no key %q, or it was named twice", id)
			}
		}
		handle, err := m.Handle()
		if err != nil {
			return nil, errors.New("the keys that stay can't be used")
		}
		return newRing(handle, r.mark)
	})
}

// change replaces a key file by one with other keys, all at once and durably. Of two that want to at the same time one fails: the file
// that is written first is the lock.
func change(path string, to func(*Ring) (*Ring, error)) (*Ring, error) {
	file, err := filepath.EvalSymlinks(path) // else a link would be replaced, and the file stay
	var r *Ring
	if err == nil {
		r, err = replace(file, to)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(file))
	}
	if err != nil {
		return nil, fmt.Errorf("changing key file %s: %w", path, err)
	}
	return r, nil
}

func replace(path string, to func(*Ring) (*Ring, error)) (r *Ring, err error) {
	next := path + ".new"
	temp, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("it is being changed already; if that was broken off, remove %s, which nothing was sealed with: %w", next, err)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil { // else it has its name now, and what is called so would be the next one's
			err = errors.Join(err, os.Remove(next))
		}
	}()
	former, err := Load(File(path))
	if err == nil {
		r, err = to(former)
	}
	if err != nil {
		return nil, errors.Join(err, temp.Close())
	}
	if err := keepOwner(path, temp); err != nil {
		return nil, errors.Join(err, temp.Close())
	}
	if err := write(temp, r); err != nil {
		return nil, err
	}
	return r, os.Rename(next, path)
}

// write writes the ring to f, durably, and closes it.
func write(f *os.File, r *Ring) error {
	text, err := r.text()
	if err == nil {
		_, err = f.Write(text)
	}
	clear(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes the names in a folder durable, where the system can do that; Windows can't.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
