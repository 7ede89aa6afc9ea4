package boltstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

// noise is an alert that does not compress.
func noise(n, size int) workbench.Document {
	d := storetest.Alert(storetest.TenantA, "mail", fmt.Sprint("noise", n), fmt.Sprint(n), 1, "")
	r := rand.New(rand.NewPCG(1, uint64(n)))
	d.JSON = make([]byte, size)
	for i := range d.JSON {
		d.JSON[i] = byte(r.Uint32())
	}
	return d
}

func TestFullStoreReadsOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := boltstore.Open(path, deriver, boltstore.Options{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for n := range 50 {
		if _, err = s.Append(ctx, everyone, storetest.BatchOf(noise(n, 100_000))); err != nil {
			break
		}
		kept++
	}
	if !errors.Is(err, workbench.ErrReadOnly) || kept == 0 {
		t.Fatalf("after %d documents: got %v, want ErrReadOnly", kept, err)
	}
	if s.Err() != nil {
		t.Errorf("Err: got %v, want a store that goes on", s.Err())
	}
	entries, err := s.Changes(ctx, 0, 100)
	if err != nil || len(entries) != kept {
		t.Errorf("reading: got %d stories, %v, want %d", len(entries), err, kept)
	}
	if _, err := s.Append(ctx, everyone, storetest.BatchOf(noise(90, 100_000))); !errors.Is(err, workbench.ErrReadOnly) {
		t.Errorf("a later write: got %v, want ErrReadOnly", err)
	}
	if err := s.NameTenant(ctx, storetest.TenantA, workbench.Text("Contoso")); err != nil {
		t.Errorf("a write that fits: %v", err)
	}
	if problems := verified(t, s); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
	mustClose(t, s)
	roomy := mustOpen(t, path, deriver)
	defer roomy.Close()
	if _, err := roomy.Append(ctx, everyone, storetest.BatchOf(noise(90, 100_000))); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestUnknownOutcomeFailsForGood(t *testing.T) {
	made, id := filled(t)
	mustClose(t, made)
	var file *os.File
	s, err := boltstore.Open(made.path, deriver, boltstore.Options{OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error, 1)
	go func() { waiting <- s.Wait(ctx, 1_000) }()
	if err := file.Close(); err != nil { // every write to the file fails from here
		t.Fatal(err)
	}
	_, _, failure := s.Act(ctx, everyone, storetest.ActionOn(id, "2", 9, "lost?"))
	if failure == nil || errors.Is(failure, workbench.ErrReadOnly) || s.Err() == nil {
		t.Fatalf("got %v, store: %v, want a store that failed", failure, s.Err())
	}
	if err := <-waiting; !errors.Is(err, s.Err()) {
		t.Errorf("Wait: got %v, want the reason", err)
	}
	if _, err := s.Story(ctx, everyone, id); !errors.Is(err, s.Err()) {
		t.Errorf("a later call: got %v, want the same error", err)
	}
	if _, err := s.Append(ctx, everyone, storetest.BatchOf(noise(1, 10))); !errors.Is(err, s.Err()) {
		t.Errorf("a later write: got %v, want the same error", err)
	}
	_ = s.Close() // its file is closed already

	again := mustOpen(t, made.path, deriver)
	defer again.Close()
	if problems := verified(t, again.Store); len(problems) != 0 {
		t.Errorf("after starting again Verify says %q", problems)
	}
}

// TestVerifyNames damages one thing at a time, and looks for a sentence about it.
func TestVerifyNames(t *testing.T) {
	tenant := func(tx *bbolt.Tx, bucket string) *bbolt.Bucket {
		return tx.Bucket([]byte("tenants")).Bucket([]byte(storetest.TenantA)).Bucket([]byte(bucket))
	}
	// first changes or, where change returns nil, takes out the first row of a bucket.
	first := func(b *bbolt.Bucket, change func([]byte) []byte) error {
		k, v := b.Cursor().First()
		k = bytes.Clone(k)
		if v = change(bytes.Clone(v)); v == nil {
			return b.Delete(k)
		}
		return b.Put(k, v)
	}
	flip := func(v []byte) []byte { v[len(v)/2] ^= 0x10; return v }
	takeOut := func([]byte) []byte { return nil }
	tests := []struct {
		name   string
		damage func(tx *bbolt.Tx) error
		want   string
	}{
		{"document bytes", func(tx *bbolt.Tx) error { return first(tenant(tx, "frames"), flip) }, "document 1 of tenant"},
		{"document gone", func(tx *bbolt.Tx) error { return first(tenant(tx, "documents"), takeOut) }, "number 1, which is missing"},
		{"receipt gone", func(tx *bbolt.Tx) error { return first(tenant(tx, "receipts"), takeOut) }, "has no fitting receipt"},
		{"hash look-up gone", func(tx *bbolt.Tx) error { return first(tenant(tx, "hashes"), takeOut) }, "is missing from a look-up"},
		{"alert look-up gone", func(tx *bbolt.Tx) error { return first(tenant(tx, "alerts"), takeOut) }, "(alert m) is missing from a look-up"},
		{"id look-up gone", func(tx *bbolt.Tx) error { return first(tenant(tx, "ids"), takeOut) }, "is missing from a look-up"},
		{"content", func(tx *bbolt.Tx) error { return first(tenant(tx, "contents"), flip) }, "content of story"},
		{"content gone", func(tx *bbolt.Tx) error { return first(tenant(tx, "contents"), takeOut) }, "content of story"},
		{"head", func(tx *bbolt.Tx) error {
			return first(tenant(tx, "stories"), func(v []byte) []byte { return bytes.Replace(v, []byte("Product mail"), []byte("Product oops"), 1) })
		}, "head of story"},
		{"state", func(tx *bbolt.Tx) error {
			return first(tenant(tx, "stories"), func(v []byte) []byte { return bytes.Replace(v, []byte("closed"), []byte("opened"), 1) })
		}, "state of story"},
		{"action", func(tx *bbolt.Tx) error {
			return first(tenant(tx, "actions"), func(v []byte) []byte { return bytes.Replace(v, []byte(`"act"`), []byte(`"cat"`), 1) })
		}, "action cat"},
		{"change gone", func(tx *bbolt.Tx) error { return first(tx.Bucket([]byte("changes")), takeOut) }, "is missing from a look-up"},
		{"audit entry changed", func(tx *bbolt.Tx) error {
			return first(tx.Bucket([]byte("audit")), func(v []byte) []byte { return bytes.Replace(v, []byte("added"), []byte("faked"), 1) })
		}, "audit entry 2 does not follow entry 1"},
		{"audit entry gone", func(tx *bbolt.Tx) error { return first(tx.Bucket([]byte("audit")), takeOut) }, "entries were taken out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			made, _ := filled(t)
			mustClose(t, made)
			edited(t, made.path, test.damage)
			s := mustOpen(t, made.path, deriver)
			defer s.Close()
			if problems := strings.Join(verified(t, s.Store), "\n"); !strings.Contains(problems, test.want) {
				t.Errorf("got %q, want %q in it", problems, test.want)
			}
		})
	}
}

// TestDamagedPages flips bits all over a store: whatever is read is an answer or an error, never a panic, and Verify finds what a hash
// covers.
func TestDamagedPages(t *testing.T) {
	made, id := filled(t)
	defer made.Close()
	var backup bytes.Buffer
	if err := made.Backup(ctx, &backup); err != nil {
		t.Fatal(err)
	}
	r, refused, found := rand.New(rand.NewPCG(7, 7)), 0, 0
	for range 300 {
		b := bytes.Clone(backup.Bytes())
		for range 1 + r.IntN(3) {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		place := filepath.Join(t.TempDir(), "restored.db")
		if err := boltstore.Restore(bytes.NewReader(b), place); err != nil {
			refused++
			continue
		}
		s := mustOpen(t, place, deriver)
		n, err := s.Verify(ctx, func(string) {})
		if err != nil {
			t.Errorf("Verify: %v", err)
		}
		found += min(n, 1)
		if story, err := s.Story(ctx, everyone, id); err == nil && story.ID != id {
			t.Errorf("got story %s, want %s", story.ID, id)
		}
		mustClose(t, s)
	}
	t.Logf("of 300 damaged files %d were refused, %d had problems", refused, found)
	if refused == 0 || found == 0 {
		t.Error("no damage was noticed")
	}
}

func TestRebuildMendsContent(t *testing.T) {
	made, id := filled(t)
	want, err := made.Story(ctx, everyone, id)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := made.Changes(ctx, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, made)
	edited(t, made.path, func(tx *bbolt.Tx) error {
		tenant := tx.Bucket([]byte("tenants")).Bucket([]byte(storetest.TenantA))
		k, v := tenant.Bucket([]byte("stories")).Cursor().First()
		state := bytes.Replace(bytes.Clone(v), []byte("closed"), []byte("opened"), 1)
		return errors.Join(tenant.Bucket([]byte("stories")).Put(bytes.Clone(k), state), tenant.Bucket([]byte("contents")).Put(bytes.Clone(k), []byte("damaged")))
	})
	s := mustOpen(t, made.path, deriver)
	defer s.Close()
	if _, err := s.Story(ctx, everyone, id); !errors.Is(err, workbench.ErrCorrupt) {
		t.Errorf("reading it: got %v, want ErrCorrupt", err)
	}
	if err := s.Rebuild(ctx, false, nil); err != nil {
		t.Fatalf("Rebuild: %v", err)
	}
	if got, err := s.Story(ctx, everyone, id); err != nil || got.Indication != want.Indication || len(got.Timeline) != len(want.Timeline) {
		t.Errorf("after rebuilding: got %+v, %v", got.Row, err)
	}
	mended, err := s.Changes(ctx, 0, 10)
	if err != nil || len(mended) != len(entries) || mended[1].State.Status != entries[1].State.Status {
		t.Errorf("after rebuilding the feed says %+v, %v, want the status that was set", mended, err)
	}
	if problems := verified(t, s.Store); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
}
