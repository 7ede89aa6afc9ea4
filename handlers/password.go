package handlers

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"workbench/views/account"
)

// How passwords are hashed: Argon2id as RFC 9106 has it, above the least that OWASP asks for.
const (
	argonTime    = 2
	argonMemory  = 32 << 10 // KiB
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
	maxPassword  = 1024 // bytes
	maxHashing   = 4    // at once, so that sign-ins can't use up the memory
)

// passwords hashes and checks.
type passwords struct {
	turns chan struct{}
	decoy string // checked where there is no such account, so that both take as long
}

func newPasswords() *passwords {
	p := &passwords{turns: make(chan struct{}, maxHashing)}
	p.decoy = phc(make([]byte, argonSalt), make([]byte, argonKey))
	return p
}

func phc(salt, key []byte) string {
	b := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b(salt), b(key))
}

// hash makes what is kept of a password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key, err := p.key(ctx, password, salt, argonTime, argonMemory, argonThreads, argonKey)
	if err != nil {
		return "", err
	}
	return phc(salt, key), nil
}

// check reports whether a password is the one that was hashed. For an account without password it takes as long and says no.
func (p *passwords) check(ctx context.Context, password, hashed string) (bool, error) {
	none := hashed == ""
	if none {
		hashed = p.decoy
	}
	var version, memory, time, threads int
	parts := strings.Split(hashed, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("checking a password: what is kept is no Argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads); err != nil || version != argon2.Version || memory > 1<<20 || time > 16 || threads > 16 {
		return false, fmt.Errorf("checking a password: the hash has parameters that this version does not take")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("checking a password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("checking a password: %w", err)
	}
	got, err := p.key(ctx, password, salt, uint32(time), uint32(memory), uint8(threads), uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && !none, nil
}

func (p *passwords) key(ctx context.Context, password string, salt []byte, time, memory uint32, threads uint8, length uint32) ([]byte, error) {
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.turns }()
	return argon2.IDKey([]byte(password), salt, time, memory, threads, length), nil
}

// onlyLetters is the text without digits and signs, in lower case.
func onlyLetters(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text))
}

// weak says why a password is not taken, "" where it is. There are no rules of composition; what counts is that it is long, and not one
// that everybody tries.
func weak(password, name string) string {
	switch {
	case len(password) > maxPassword:
		return "This is longer than 1,024 bytes."
	case utf8.RuneCountInString(password) < account.MinPassword:
		return "Use 15 characters or more."
	}
	different := map[rune]bool{}
	steps := 0
	var last rune
	for _, r := range strings.ToLower(password) {
		different[r] = true
		if d := r - last; d == 0 || d == 1 || d == -1 {
			steps++
		}
		last = r
	}
	letters := onlyLetters(password)
	for _, common := range []string{onlyLetters(name), "password", "workbench", "storiesworkbench", "correcthorsebatterystaple", "administrator", "qwertyuiop", "letmein", "welcome", "changeme"} {
		if len(common) > 3 {
			letters = strings.ReplaceAll(letters, common, "")
		}
	}
	digits := 0
	for _, r := range password {
		if !unicode.IsLetter(r) {
			digits++
		}
	}
	if len(different) < 6 || steps > utf8.RuneCountInString(password)*2/3 || len(letters) < 5 && digits < 12 {
		return "This is one of those that are tried first. Use words that have nothing to do with one another, or a password manager."
	}
	return ""
}
