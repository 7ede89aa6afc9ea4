package boltstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

var (
	ctx      = context.Background()
	everyone = workbench.EveryTenant()
	deriver  = storetest.Deriver{Name: "one"}
)

// filled makes a store with a few stories and returns its path and the id of one of them.
func filled(t testing.TB) (reopened, workbench.StoryID) {
	t.Helper()
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"), deriver)
	done, err := s.Append(ctx, everyone, storetest.BatchOf(
		storetest.Incident(storetest.TenantA, "7", 1, "seven"), storetest.Alert(storetest.TenantA, "mail", "m", "7", 2, "m"), storetest.Alert(storetest.TenantB, "mail", "n", "", 3, "n")))
	if err != nil {
		t.Fatal(err)
	}
	id := workbench.IncidentStory(storetest.TenantA, "mail", "7")
	if _, _, err := s.Act(ctx, everyone, storetest.ActionOn(id, "act", 5, "hello", "status", "closed")); err != nil || len(done.Stories) != 2 {
		t.Fatalf("%v, %v", done, err)
	}
	return s, id
}

func mustClose(t testing.TB, s io.Closer) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func verified(t testing.TB, s *boltstore.Store) []string {
	t.Helper()
	var problems []string
	n, err := s.Verify(ctx, func(p string) { problems = append(problems, p) })
	if err != nil || n != len(problems) {
		t.Fatalf("Verify: got %d, %v for %q", n, err, problems)
	}
	return problems
}

func TestOneProcessHoldsTheStore(t *testing.T) {
	s, _ := filled(t)
	defer s.Close()
	_, err := boltstore.Open(s.path, deriver, boltstore.Options{})
	if !errors.Is(err, workbench.ErrInUse) || !strings.Contains(err.Error(), "another workbench") {
		t.Errorf("got %v, want ErrInUse in words that help", err)
	}
}

func TestNoLeftovers(t *testing.T) {
	s, _ := filled(t)
	mustClose(t, s)
	mustClose(t, s)
	names, err := os.ReadDir(filepath.Dir(s.path))
	if err != nil || len(names) != 1 {
		t.Errorf("got %v, %v, want the store alone", names, err)
	}
	info, err := os.Stat(s.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info.Mode(), err)
	}
	if _, err := s.Story(ctx, everyone, "x"); err == nil || errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("reading after Close: got %v, want that it is closed", err)
	}
	if err := s.Wait(ctx, 99); err == nil {
		t.Error("Wait after Close: got nil, want that it is closed")
	}
}

func TestReadOnly(t *testing.T) {
	if _, err := boltstore.Open(filepath.Join(t.TempDir(), "absent.db"), deriver, boltstore.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a store that is not there: got %v, want fs.ErrNotExist", err)
	}
	made, id := filled(t)
	mustClose(t, made)
	s, err := boltstore.Open(made.path, deriver, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Story(ctx, everyone, id); err != nil {
		t.Errorf("reading: %v", err)
	}
	if problems := verified(t, s); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
	if _, _, err := s.Act(ctx, everyone, storetest.ActionOn(id, "2", 9, "again")); !errors.Is(err, workbench.ErrReadOnly) || s.Err() != nil {
		t.Errorf("writing: got %v, store failed: %v, want ErrReadOnly and a store that goes on", err, s.Err())
	}
}

// TestOpenRefuses gives Open files that are no stores it can use.
func TestOpenRefuses(t *testing.T) {
	made, _ := filled(t)
	defer made.Close()
	var backup bytes.Buffer // without room to grow at its end
	if err := made.Backup(ctx, &backup); err != nil {
		t.Fatal(err)
	}
	whole := backup.Bytes()
	edit := func(t *testing.T, change func(tx *bbolt.Tx) error) []byte {
		path := filepath.Join(t.TempDir(), "edited.db")
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		edited(t, path, change)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"empty", nil, workbench.ErrCorrupt},
		{"something else", bytes.Repeat([]byte("not a store\n"), 10_000), workbench.ErrCorrupt},
		{"cut short", whole[:len(whole)/2], workbench.ErrCorrupt},
		{"cut in the first page", whole[:100], workbench.ErrCorrupt},
		{"of a newer program", edit(t, func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{0, 0, 0, 0, 0, 0, 0, 5})
		}), workbench.ErrNewer},
		{"without a bucket", edit(t, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("audit")) }), workbench.ErrCorrupt},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.db")
			if err := os.WriteFile(path, test.bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			if s, err := boltstore.Open(path, deriver, boltstore.Options{}); !errors.Is(err, test.want) {
				t.Errorf("Open: got %v, %v, want %v", s, err, test.want)
			}
			place := filepath.Join(t.TempDir(), "restored.db")
			if err := boltstore.Restore(bytes.NewReader(test.bytes), place); !errors.Is(err, test.want) {
				t.Errorf("Restore: got %v, want %v", err, test.want)
			}
			if names, err := os.ReadDir(filepath.Dir(place)); err != nil || len(names) != 0 {
				t.Errorf("Restore left %v, %v, want nothing", names, err)
			}
		})
	}
}

// edited changes a closed store behind its back.
func edited(t testing.TB, path string, change func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(change); err != nil {
		t.Fatal(err)
	}
}

func TestRestore(t *testing.T) {
	made, id := filled(t)
	defer made.Close()
	var backup bytes.Buffer
	if err := made.Backup(ctx, &backup); err != nil {
		t.Fatal(err)
	}
	if _, _, err := made.Act(ctx, everyone, storetest.ActionOn(id, "later", 9, "after the backup")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "restored.db")
	if err := boltstore.Restore(bytes.NewReader(backup.Bytes()), path); err != nil {
		t.Fatalf("Restore: %v", err)
	}
	if err := boltstore.Restore(bytes.NewReader(backup.Bytes()), path); !errors.Is(err, workbench.ErrExists) {
		t.Errorf("Restore over a store: got %v, want ErrExists", err)
	}
	s := mustOpen(t, path, deriver)
	defer s.Close()
	if problems := verified(t, s.Store); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
	story, err := s.Story(ctx, everyone, id)
	if err != nil || len(story.State.Actions) != 1 {
		t.Errorf("story: got %d actions, %v, want that of before the backup", len(story.State.Actions), err)
	}
}

func TestSecretsAreNotInTheFile(t *testing.T) {
	s, _ := filled(t)
	defer s.Close()
	now := storetest.Minute(1).Time
	err := errors.Join(s.AddLink(ctx, "token-in-clear", store.Link{Account: "kim", Expires: now.Add(time.Hour)}),
		s.SaveSession(ctx, "session-in-clear", map[string]string{"account": "kim"}, now, now.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.path)
	if err != nil || bytes.Contains(b, []byte("in-clear")) || !bytes.Contains(b, []byte(`"account":"kim"`)) {
		t.Errorf("%v: the file holds a token or session id, or not what was saved", err)
	}
}
