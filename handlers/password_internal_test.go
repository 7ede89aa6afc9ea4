package handlers

import (
	"strings"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	p := newPasswords()
	hashed, err := p.hash(t.Context(), "vier rote Schuhe im Regen")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hashed, "$argon2id$v=19$") || strings.Contains(hashed, "Schuhe") {
		t.Errorf("kept as %q", hashed)
	}
	again, err := p.hash(t.Context(), "vier rote Schuhe im Regen")
	if err != nil || again == hashed {
		t.Errorf("the same password is kept the same way twice (%v)", err)
	}
	for given, want := range map[string]bool{"vier rote Schuhe im Regen": true, "vier rote Schuhe im Regen ": false, "": false} {
		if got, err := p.check(t.Context(), given, hashed); got != want || err != nil {
			t.Errorf("%q: got %t, %v", given, got, err)
		}
	}
	if got, err := p.check(t.Context(), "", ""); got || err != nil {
		t.Errorf("an account without password: got %t, %v", got, err)
	}
	for _, broken := range []string{"plain", "$argon2id$v=19$m=1,t=1$x$y", "$argon2id$v=18$m=32768,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=32768,t=2,p=1$!$AAAA"} {
		if got, err := p.check(t.Context(), "x", broken); got || err == nil {
			t.Errorf("%q: got %t, %v, want an error", broken, got, err)
		}
	}
}

func TestWeakPasswords(t *testing.T) {
	for password, taken := range map[string]bool{
		"short one":                 false,
		"vier rote Schuhe im Regen": true,
		"aaaaaaaaaaaaaaaaaaaa":      false,
		"abcdefghijklmnopqrst":      false,
		"12345678901234567890":      false,
		"PasswordPassword1":         false,
		"m.rossim.rossi123":         false,
		"Kq7!xZ2#vB9$nM4%wT":        true,
		"日本語の文章はここにありますので大丈夫":               true,
		strings.Repeat("long enough ", 100): false,
	} {
		if got := weak(password, "m.rossi") == ""; got != taken {
			t.Errorf("%.40q: taken %t, want %t", password, got, taken)
		}
	}
}

func TestTriesAreLimited(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	t.Run("for one account from one address", func(t *testing.T) {
		l, allowed := newTries(), 0
		for range 1_000 {
			if l.allow("m.rossi", "192.0.2.1", now) {
				allowed++
			}
		}
		if allowed != triesByBoth.burst {
			t.Errorf("%d of 1,000 tries were looked at, want %d", allowed, triesByBoth.burst)
		}
		if !l.allow("m.rossi", "192.0.2.2", now) {
			t.Error("the person is locked out by somebody at another address")
		}
		if !l.allow("m.rossi", "192.0.2.1", now.Add(2*time.Minute)) {
			t.Error("nothing is looked at after two minutes")
		}
	})
	t.Run("for one account from many addresses", func(t *testing.T) {
		l, allowed := newTries(), 0
		for i := range 1_000 {
			if l.allow("m.rossi", "192.0.2."+string(rune('a'+i%26))+string(rune('a'+i/26)), now) {
				allowed++
			}
		}
		if allowed > triesByName.burst {
			t.Errorf("%d of 1,000 tries were looked at", allowed)
		}
	})
	t.Run("for many accounts from one address", func(t *testing.T) {
		l, allowed := newTries(), 0
		for i := range 1_000 {
			if l.allow("name"+string(rune('a'+i%26))+string(rune('a'+i/26)), "192.0.2.1", now) {
				allowed++
			}
		}
		if allowed > triesByAddress.burst {
			t.Errorf("%d of 1,000 tries were looked at", allowed)
		}
	})
	t.Run("in bounded memory", func(t *testing.T) {
		l := newTries()
		for i := range 3 * maxTracked {
			l.allow(string(rune(i)), "::1", now)
		}
		if len(l.known) > maxTracked {
			t.Errorf("%d are remembered", len(l.known))
		}
	})
}
