package seal_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"workbench/store/seal"
)

func mustRotate(t testing.TB, path string) *seal.Ring {
	t.Helper()
	r, err := seal.Rotate(path)
	if err != nil {
		t.Fatalf("Rotate: %v", err)
	}
	return r
}

// TestRotation takes a record through a rotation: old ones open, new ones need the new key, and once all are sealed again the old key can go.
func TestRotation(t *testing.T) {
	path, first := mustCreate(t)
	old := mustSeal(t, first, []byte("an old secret"), here)
	if same, changed, err := first.Resealed(old, here); err != nil || changed || !bytes.Equal(same, old) {
		t.Errorf("sealing again with the same key: got changed %v, %v, want the same bytes", changed, err)
	}
	mustRotate(t, path)
	alone(t, path)
	second := mustLoad(t, path)
	if keys := second.Keys(); len(keys) != 2 || keys[0].Primary || !keys[1].Primary || keys[0].ID != first.Keys()[0].ID {
		t.Fatalf("keys: got %v, want the old one and a new one, which seals", keys)
	}
	opens(t, second, old, here, "an old secret")
	fresh := mustSeal(t, second, []byte("a new secret"), here)
	refuses(t, first, "a new record under the old key", fresh, here)

	again, changed, err := second.Resealed(old, here)
	if err != nil || !changed {
		t.Fatalf("sealing again: got changed %v, %v", changed, err)
	}
	refuses(t, first, "a record that was sealed again", again, here)
	elsewhere := here
	elsewhere.Field = "another"
	if _, _, err := second.Resealed(old, elsewhere); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("sealing again elsewhere: got %v, want ErrWrongKey", err)
	}

	before := mustRead(t, path)
	for name, ids := range map[string][]string{"the key that seals": {second.Keys()[1].ID}, "an unknown one": {"00000000x"}, "one twice": {first.Keys()[0].ID, first.Keys()[0].ID}} {
		if _, err := seal.Drop(path, ids...); err == nil || mustRead(t, path) != before {
			t.Errorf("dropping %s: got %v, want an error and the file as it was", name, err)
		}
	}
	if _, err := seal.Drop(path, first.Keys()[0].ID); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	alone(t, path)
	last := mustLoad(t, path)
	refuses(t, last, "an old record after its key was dropped", old, here)
	opens(t, last, again, here, "an old secret")
	opens(t, last, fresh, here, "a new secret")
	if keys := last.Keys(); len(keys) != 1 || keys[0] != second.Keys()[1] {
		t.Errorf("keys: got %v, want the new one", keys)
	}
}

// TestMark holds that a store knows its key file again through rotations, and no other.
func TestMark(t *testing.T) {
	path, first := mustCreate(t)
	_, stranger := mustCreate(t)
	mark := first.Mark()
	second := mustRotate(t, path)
	last, err := seal.Drop(path, first.Keys()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*seal.Ring{"at first": first, "after a rotation": second, "after the old key went": last, "read again": mustLoad(t, path)} {
		if err := r.Knows(mark); err != nil || !bytes.Equal(r.Mark(), mark) {
			t.Errorf("%s: got %v and mark %x, want it to know %x", name, err, r.Mark(), mark)
		}
	}
	for name, bad := range map[string][]byte{"nothing": nil, "cut": mark[:10], "longer": append(bytes.Clone(mark), 0), "another's": stranger.Mark()} {
		if err := first.Knows(bad); !errors.Is(err, seal.ErrWrongKey) || !strings.Contains(err.Error(), "start with that one") {
			t.Errorf("%s: got %v, want ErrWrongKey and the mend", name, err)
		}
	}
	var inFile = keysetOf(t, mustRead(t, path))["mark"].(string)
	if strings.Contains(string(mark), inFile) || len(inFile) != 64 {
		t.Error("the mark in the store is the text in the file")
	}
}

// TestRotationsAtOnce holds that no rotation loses the key of another: what is refused changes nothing.
func TestRotationsAtOnce(t *testing.T) {
	path, first := mustCreate(t)
	made := make([]*seal.Ring, 12)
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() {
			r, err := seal.Rotate(path)
			if err != nil && !errors.Is(err, fs.ErrExist) {
				t.Errorf("Rotate: %v", err)
			}
			made[i] = r
		})
	}
	group.Wait()
	last := mustLoad(t, path)
	done := 0
	for _, r := range made {
		if r == nil {
			continue
		}
		done++
		opens(t, last, mustSeal(t, r, []byte("x"), here), here, "x")
	}
	opens(t, last, mustSeal(t, first, []byte("x"), here), here, "x")
	if done == 0 || len(last.Keys()) != done+1 {
		t.Errorf("%d rotations and %d keys, want one key more than rotations", done, len(last.Keys()))
	}
	alone(t, path)
}

func TestBrokenOffRotation(t *testing.T) {
	path, _ := mustCreate(t)
	before := mustRead(t, path)
	if err := os.WriteFile(path+".new", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Rotate(path); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "remove "+path+".new") {
		t.Errorf("got %v, want words that name the file to remove", err)
	}
	if mustRead(t, path) != before || mustRead(t, path+".new") != "half" {
		t.Error("a refused rotation changed a file")
	}
	if _, err := seal.Rotate(path + ".absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: got %v, want fs.ErrNotExist", err)
	}
}

func TestRotationThroughLink(t *testing.T) {
	path, _ := mustCreate(t)
	link := filepath.Join(t.TempDir(), "link.key")
	if err := os.Symlink(path, link); err != nil {
		t.Skipf("no links here: %v", err)
	}
	r := mustRotate(t, link)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 || !slices.Equal(mustLoad(t, path).Keys(), r.Keys()) {
		t.Errorf("got %v, %v, want the link to stay and the file behind it to change", info.Mode(), err)
	}
	alone(t, path)
}

func TestTooManyKeys(t *testing.T) {
	path, _ := mustCreate(t)
	for range 63 {
		mustRotate(t, path)
	}
	if _, err := seal.Rotate(path); err == nil || len(mustLoad(t, path).Keys()) != 64 {
		t.Errorf("one key too many: got %v and %d keys, want it refused", err, len(mustLoad(t, path).Keys()))
	}
}
