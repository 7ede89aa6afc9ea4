package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"workbench/store/seal"
)

var here = seal.Place{Tenant: "0a000000-0000-4000-8000-00000000000a", Record: "registration", Field: "credential 1"}

func mustNew(t testing.TB) *seal.Ring {
	t.Helper()
	r, err := seal.New()
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return r
}

func mustSeal(t testing.TB, r *seal.Ring, plain []byte, p seal.Place) []byte {
	t.Helper()
	sealed, err := r.Seal(plain, p)
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	return sealed
}

func opens(t testing.TB, r *seal.Ring, sealed []byte, p seal.Place, want string) {
	t.Helper()
	if got, err := r.Open(sealed, p); err != nil || string(got) != want {
		t.Errorf("Open: got %q, %v, want %q", got, err, want)
	}
}

func refuses(t testing.TB, r *seal.Ring, what string, sealed []byte, p seal.Place) {
	t.Helper()
	if got, err := r.Open(sealed, p); !errors.Is(err, seal.ErrWrongKey) || got != nil {
		t.Errorf("%s: got %q, %v, want ErrWrongKey", what, got, err)
	}
}

// TestRoundTrip also holds that a record opens in no other place, and under no other ring.
func TestRoundTrip(t *testing.T) {
	r, stranger := mustNew(t), mustNew(t)
	text := rapid.SampledFrom([]string{"", "a", "b", "ab", "\x01a", "tenant", "registration"})
	rapid.Check(t, func(rt *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(rt, "plain")
		p := seal.Place{Tenant: text.Draw(rt, "tenant"), Record: text.Draw(rt, "record"), Field: text.Draw(rt, "field")}
		other := seal.Place{Tenant: text.Draw(rt, "other tenant"), Record: text.Draw(rt, "other record"), Field: text.Draw(rt, "other field")}
		sealed := mustSeal(t, r, plain, p)
		got, err := r.Open(sealed, p)
		if err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("Open: got %q, %v, want %q", got, err, plain)
		}
		if _, err := r.Open(sealed, other); (other == p) != (err == nil) {
			rt.Fatalf("sealed at %+v, opened at %+v: got %v", p, other, err)
		}
		if _, err := stranger.Open(sealed, p); !errors.Is(err, seal.ErrWrongKey) {
			rt.Fatalf("under another ring: got %v, want ErrWrongKey", err)
		}
	})
}

// TestTransplants moves a record to the places where an attacker who can write the store would like to have it.
func TestTransplants(t *testing.T) {
	r := mustNew(t)
	sealed := mustSeal(t, r, []byte("a private key"), here)
	opens(t, r, sealed, here, "a private key")
	for name, change := range map[string]func(*seal.Place){
		"tenant":            func(p *seal.Place) { p.Tenant = "0b000000-0000-4000-8000-00000000000b" },
		"no tenant":         func(p *seal.Place) { p.Tenant = "" },
		"record":            func(p *seal.Place) { p.Record = "another" },
		"field":             func(p *seal.Place) { p.Field = "credential 2" },
		"border moved":      func(p *seal.Place) { p.Tenant, p.Record = p.Tenant+p.Record[:1], p.Record[1:] },
		"parts exchanged":   func(p *seal.Place) { p.Record, p.Field = p.Field, p.Record },
		"everything in one": func(p *seal.Place) { *p = seal.Place{Tenant: p.Tenant + p.Record + p.Field} },
	} {
		p := here
		change(&p)
		refuses(t, r, name, sealed, p)
	}
}

func TestDamage(t *testing.T) {
	r := mustNew(t)
	plain := "a private key"
	sealed := mustSeal(t, r, []byte(plain), here)
	if bytes.Contains(sealed, []byte(plain)) {
		t.Error("the sealed record holds the plain text")
	}
	for i := range sealed {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1 << bit
			refuses(t, r, fmt.Sprintf("bit %d of byte %d flipped", bit, i), bad, here)
		}
		refuses(t, r, fmt.Sprintf("cut after %d bytes", i), sealed[:i], here)
		refuses(t, r, fmt.Sprintf("without the first %d bytes", i+1), sealed[i+1:], here)
	}
	refuses(t, r, "with a byte more", append(bytes.Clone(sealed), 0), here)
	refuses(t, r, "nothing", nil, here)
	refuses(t, r, "too long", make([]byte, 3*seal.MaxPlain), here)
	opens(t, r, sealed, here, plain)
	other := mustSeal(t, r, []byte(plain), here)
	for i := range sealed { // the data key of one record does not open another
		joined := append(bytes.Clone(sealed[:i]), other[i:]...)
		if !bytes.Equal(joined, sealed) && !bytes.Equal(joined, other) {
			refuses(t, r, fmt.Sprintf("two records joined at %d", i), joined, here)
		}
	}
	const head = 10 // form, length and id of the key
	for i := head; i+16 <= len(sealed); i += 16 {
		if bytes.Contains(other, sealed[i:i+16]) {
			t.Errorf("two records of the same text share 16 bytes from %d", i)
		}
	}
}

func TestLimits(t *testing.T) {
	r := mustNew(t)
	if _, err := r.Seal(make([]byte, seal.MaxPlain+1), here); err == nil {
		t.Error("sealing more than the limit: got no error")
	}
	most := make([]byte, seal.MaxPlain)
	if got, err := r.Open(mustSeal(t, r, most, here), here); err != nil || !bytes.Equal(got, most) {
		t.Errorf("the most that can be sealed: got %d bytes, %v", len(got), err)
	}
	for name, empty := range map[string]*seal.Ring{"no ring": nil, "a ring without keys": {}} {
		if _, err := empty.Seal(nil, here); err == nil {
			t.Errorf("%s: sealed something", name)
		}
		refuses(t, empty, name, mustSeal(t, r, nil, here), here)
		if len(empty.Keys()) != 0 || empty.Mark() != nil || empty.Knows(nil) == nil {
			t.Errorf("%s: has keys or a mark", name)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	r := mustNew(t)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for n := range 20 {
				text := fmt.Sprint(i, n)
				opens(t, r, mustSeal(t, r, []byte(text), here), here, text)
			}
		})
	}
	group.Wait()
}

func FuzzOpen(f *testing.F) {
	r := mustNew(f)
	sealed := mustSeal(f, r, []byte("a private key"), here)
	for _, seed := range [][]byte{sealed, sealed[:20], {}, {1}, {1, 0, 0, 0, 1, 1}, {1, 255, 255, 255, 255, 1}, bytes.Repeat([]byte{1}, 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := r.Open(b, here)
		switch {
		case bytes.Equal(b, sealed) && (err != nil || string(got) != "a private key"):
			t.Errorf("the record itself: got %q, %v", got, err)
		case !bytes.Equal(b, sealed) && !errors.Is(err, seal.ErrWrongKey):
			t.Errorf("got %q, %v, want ErrWrongKey", got, err)
		}
		if _, _, err := r.Resealed(b, here); (err == nil) != bytes.Equal(b, sealed) {
			t.Errorf("Resealed: got %v", err)
		}
	})
}
