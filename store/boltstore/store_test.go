package boltstore_test

import (
	"path/filepath"
	"testing"

	"workbench"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, d workbench.Deriver) store.Store {
		return mustOpen(t, filepath.Join(t.TempDir(), "store.db"), d)
	})
}

// reopened makes the store under test a storetest.Reopener.
type reopened struct {
	*boltstore.Store
	path string
}

func (r reopened) Reopen(d workbench.Deriver) (store.Store, error) {
	if err := r.Close(); err != nil {
		return nil, err
	}
	s, err := boltstore.Open(r.path, d, boltstore.Options{})
	return reopened{s, r.path}, err
}

func mustOpen(t testing.TB, path string, d workbench.Deriver) reopened {
	t.Helper()
	s, err := boltstore.Open(path, d, boltstore.Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return reopened{s, path}
}
