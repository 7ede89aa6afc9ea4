// Package seal encrypts what a store keeps of secrets: private keys, client secrets, verifiers. The key that opens them stands in a file of
// its own or in a variable, never in the store. Each record has a data key of its own, wrapped by the newest of the file's keys (Tink's
// envelope encryption), and is bound to the place that it stands in, so that it can't be moved to another.
//
// No error and no printed value of this package shows a key.
package seal

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrWrongKey says that a record was not sealed with any key of the ring, or for another place, or was changed.
var ErrWrongKey = errors.New("can't be opened with this key file")

// Place is where a sealed record stands. It is authenticated with the record.
type Place struct {
	Tenant string // may be empty where it is not known yet
	Record string // id of the registration, connector or flow
	Field  string // what of it
}

// form is the first byte of what Seal returns. Another way to seal gets another number.
const form = 1

// MaxPlain is how many bytes are sealed at most.
const MaxPlain = 1 << 20

// bound is what is authenticated with a record. No two places have the same.
func (p Place) bound() []byte {
	b := []byte("workbench/seal")
	b = append(b, form)
	for _, text := range []string{p.Tenant, p.Record, p.Field} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	return b
}

// Seal encrypts. The caller owns the bytes.
func (r *Ring) Seal(plain []byte, p Place) ([]byte, error) {
	if !r.usable() {
		return nil, errors.New("sealing a secret: there is no key file")
	}
	if len(plain) > MaxPlain {
		return nil, fmt.Errorf("sealing a secret: it has %d bytes, the limit is %d", len(plain), MaxPlain)
	}
	sealed, err := r.envelope.Encrypt(plain, p.bound())
	if err != nil {
		return nil, errors.New("sealing a secret: encryption failed")
	}
	return append([]byte{form}, sealed...), nil
}

// Open decrypts. ErrWrongKey where it can't. The caller owns the bytes.
func (r *Ring) Open(sealed []byte, p Place) ([]byte, error) {
	if !r.usable() || len(sealed) == 0 || sealed[0] != form || len(sealed) > 2*MaxPlain {
		return nil, fmt.Errorf("opening a secret: %w", ErrWrongKey)
	}
	plain, err := r.envelope.Decrypt(sealed[1:], p.bound())
	if err != nil { // what the library says of it helps nobody
		return nil, fmt.Errorf("opening a secret: %w", ErrWrongKey)
	}
	return plain, nil
}

// Resealed returns a record sealed with the newest key: the same bytes, and false, where it is already. ErrWrongKey where it can't be opened
// in its place. Once every record is sealed with the newest key the others can be dropped.
func (r *Ring) Resealed(sealed []byte, p Place) (fresh []byte, changed bool, err error) {
	plain, err := r.Open(sealed, p)
	if err != nil {
		return nil, false, err
	}
	defer clear(plain)
	if sealedWith(sealed) == r.primary {
		return append([]byte{}, sealed...), false, nil
	}
	fresh, err = r.Seal(plain, p)
	return fresh, err == nil, err
}

// sealedWith returns the id of the key that wrapped the data key of a record that could be opened: form, length of the wrapped key in 4
// bytes, then the wrapped key, which Tink begins with the byte 1 and the id in 4 bytes.
func sealedWith(sealed []byte) uint32 {
	const before = 1 + 4 + 1
	if len(sealed) < before+4 {
		return 0
	}
	return binary.BigEndian.Uint32(sealed[before:])
}
