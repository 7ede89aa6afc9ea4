package boltstore

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"workbench"
	"workbench/store"
)

const lockTimeout = time.Second

// Options are what Open may be told. The zero value is right for a store that is served.
type Options struct {
	// ReadOnly opens the store for reading: writes fail with ErrReadOnly, and the store must exist.
	ReadOnly bool
	// MaxSize is the size in bytes that the file may not pass; 0 = as large as the disk allows. A write that needs more fails with
	// ErrReadOnly, and reads go on.
	MaxSize int
	// Logger is told of failed commits; nil = nobody.
	Logger *slog.Logger
	// OpenFile opens the store's file; nil = os.OpenFile. Tests put faults in here.
	OpenFile func(name string, flag int, mode os.FileMode) (*os.File, error)
}

// Store is a store in one file. It is safe for concurrent use. One process at a time may hold the file for writing.
type Store struct {
	db      *bbolt.DB
	deriver workbench.Deriver
	codec   *codec
	log     *slog.Logger
	path    string

	appendContent, appendAction appendFunc

	turns       turns
	clicks      clicks
	whereabouts *whereabouts

	mu      sync.Mutex
	failed  error         // why the store failed for good
	closed  bool          // Close was called
	last    store.Change  // last committed change
	changed chan struct{} // closed at the next commit of a change, failure or close
}

var _ store.Store = (*Store)(nil)

// Open opens the store at path, which it makes where it is absent. It fails with ErrInUse where another process holds the store, with
// ErrNewer where a newer program wrote it, with ErrCorrupt where the file is cut short or not a store. Options may be the zero value.
func Open(path string, deriver workbench.Deriver, opts Options) (*Store, error) {
	if !opts.ReadOnly {
		if err := create(path, deriver); err != nil {
			return nil, fmt.Errorf("making store %s: %w", path, err)
		}
	}
	if err := checkLength(path); err != nil {
		if held := checkLock(path); errors.Is(held, workbench.ErrInUse) { // what looks damaged is being written
			err = held
		}
		return nil, fmt.Errorf("opening store %s: %w", path, opening(err))
	}
	bolt := boltOptions()
	bolt.ReadOnly, bolt.MaxSize, bolt.OpenFile = opts.ReadOnly, opts.MaxSize, opts.OpenFile
	if runtime.GOOS != "windows" && strconv.IntSize == 64 {
		bolt.InitialMmapSize = 1 << 30 // so that readers seldom hold up a growing file; it takes addresses, not memory
	}
	var db *bbolt.DB
	err := guarded(func() (err error) {
		db, err = bbolt.Open(path, 0o600, bolt)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening store %s: %w", path, opening(err))
	}
	s := &Store{db: db, deriver: deriver, log: opts.Logger, path: path, changed: make(chan struct{}), whereabouts: newWhereabouts(),
		appendContent: encoderOf(reflect.TypeFor[workbench.Content]()), appendAction: encoderOf(reflect.TypeFor[workbench.Action]())}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	forward := false
	if s.codec, err = newCodec(); err == nil {
		err = db.View(func(tx *bbolt.Tx) error {
			found, err := checkFormat(tx)
			if err != nil {
				return err
			}
			forward = found < format || tx.Bucket(bucketMeta).Get(metaForward) != nil
			s.last = store.Change(parseNumber(tx.Bucket(bucketMeta).Get(metaChange)))
			return nil
		})
	}
	if err == nil && forward && !opts.ReadOnly {
		err = s.bringForward()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening store %s: %w", path, err), db.Close())
	}
	return s, nil
}

// boltOptions leave every sync on; the list of free pages is kept in the file, so that opening does not read all of it. In memory it is an
// array, which is in order: a map would be sorted at every commit, for that is how the file has it.
func boltOptions() *bbolt.Options {
	return &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistArrayType}
}

// checkLock returns ErrInUse where another process holds the store for writing.
func checkLock(path string) error {
	options := boltOptions()
	options.ReadOnly = true
	db, err := bbolt.Open(path, 0o600, options)
	if err != nil {
		return opening(err)
	}
	return db.Close()
}

// opening turns bbolt's reasons for not opening a file into ours.
func opening(err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w: another workbench holds it; end that one, or choose another place with --store", workbench.ErrInUse)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%w: the file is not a store of the workbench: %v", workbench.ErrCorrupt, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the file may not be opened by this user: %w", err)
	}
	return err
}

// create makes an empty store, unless something is there. The file is whole before it gets its name, so that a power cut leaves either no
// store or an empty one; of two processes that make the same store at once one wins and both use it.
func create(path string, deriver workbench.Deriver) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(temp.Name(), 0o600, boltOptions())
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range slices.Concat(rootBuckets1, rootBuckets2, rootBuckets3, rootBuckets4) {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		if err := tx.Bucket(bucketMeta).Put(metaDerivation, []byte(deriver.Version())); err != nil {
			return err
		}
		return tx.Bucket(bucketMeta).Put(metaFormat, number(format))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if err := settle(temp.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
