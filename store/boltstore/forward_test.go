package boltstore_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

// manyStories makes a closed store of format 2 with more stories than one transaction brings forward, in two tenants, one of them acted on
// and one damaged, and returns what the feed had to say of the others.
func manyStories(t testing.TB) (path string, feed []store.Entry) {
	t.Helper()
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"), deriver)
	var batch store.Batch
	for n := range boltstore.RenewedAtOnce + 100 {
		tenant := storetest.TenantA
		if n%3 == 0 {
			tenant = storetest.TenantB
		}
		batch.Documents = append(batch.Documents, storetest.Alert(tenant, "mail", fmt.Sprint("m", n), "", n, "title"))
	}
	done, err := s.Append(ctx, everyone, batch)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Act(ctx, everyone, storetest.ActionOn(done.Stories[5].ID, "act", 5, "hello", "status", "closed", "labels", "b, a")); err != nil {
		t.Fatal(err)
	}
	if feed, err = s.Changes(ctx, 0, 10_000); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	aged(t, s.path)
	return s.path, feed
}

// same3 checks that a store says of every story what it said before.
func same3(t testing.TB, s store.Store, want []store.Entry) {
	t.Helper()
	got, err := s.Changes(ctx, 0, 10_000)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("feed: got %d entries, %v, want the %d that were there before", len(got), err, len(want))
	}
}

func TestFormat2IsBroughtForwardInParts(t *testing.T) {
	path, feed := manyStories(t)
	ready, err := boltstore.Open(path, deriver, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	same3(t, ready, feed)
	mustClose(t, ready)
	if n := oldStories(t, path); n != len(feed) {
		t.Fatalf("a store that was only read has %d stories of format 2, want %d", n, len(feed))
	}
	// As a crash after the first part left it: the format is 3, the mark is there, and some stories are of either form.
	var part []byte
	copied := filepath.Join(t.TempDir(), "copied.db")
	whole := mustReadFile(t, path)
	if err := os.WriteFile(copied, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	interrupted := mustOpen(t, copied, deriver)
	same3(t, interrupted, feed)
	mustClose(t, interrupted)
	edited(t, copied, func(tx *bbolt.Tx) error {
		looked := 0
		err := eachStory(tx, func(tenant workbench.TenantID, b *bbolt.Bucket, k, v []byte) error {
			if looked++; looked <= boltstore.RenewedAtOnce {
				part = append(binary.AppendUvarint(nil, uint64(len(tenant))), string(tenant)+string(k)...)
				return nil
			}
			old, err := boltstore.OldStory(tenant, bytes.Clone(v))
			return errors.Join(err, b.Put(k, old))
		})
		return errors.Join(err, tx.Bucket([]byte("meta")).Put([]byte("forward"), part))
	})
	if n := oldStories(t, copied); n != len(feed)-boltstore.RenewedAtOnce {
		t.Fatalf("%d stories of format 2 are left, want %d", n, len(feed)-boltstore.RenewedAtOnce)
	}
	ready, err = boltstore.Open(copied, deriver, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	same3(t, ready, feed)
	if problems := verified(t, ready); len(problems) != 0 {
		t.Errorf("half-way Verify says %q", problems)
	}
	mustClose(t, ready)
	again := mustOpen(t, copied, deriver)
	same3(t, again, feed)
	if problems := verified(t, again.Store); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
	mustClose(t, again)
	if n := oldStories(t, copied); n != 0 {
		t.Errorf("%d stories were not brought forward", n)
	}
}

func mustReadFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDamagedStoryStaysBehind holds that a store is opened although one of its stories cannot be brought forward, and that the others are.
func TestDamagedStoryStaysBehind(t *testing.T) {
	made, id := filled(t)
	mustClose(t, made)
	aged(t, made.path)
	edited(t, made.path, func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("tenants")).Bucket([]byte(storetest.TenantB)).Bucket([]byte("stories"))
		k, v := b.Cursor().First()
		return b.Put(bytes.Clone(k), bytes.Replace(bytes.Clone(v), []byte(`{"id"`), []byte(`["id"`), 1))
	})
	s := mustOpen(t, made.path, deriver)
	if _, err := s.Story(ctx, everyone, id); err != nil {
		t.Errorf("a story that is well: %v", err)
	}
	if _, err := s.Changes(ctx, 0, 10); !errors.Is(err, workbench.ErrCorrupt) {
		t.Errorf("reading the damaged one: got %v, want ErrCorrupt", err)
	}
	if problems := verified(t, s.Store); len(problems) == 0 {
		t.Error("Verify says nothing of it")
	}
	mustClose(t, s)
	if n := oldStories(t, made.path); n != 1 {
		t.Errorf("%d stories are left behind, want the damaged one", n)
	}
}
