package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Ring is the keys of an installation: the newest seals, all open. It is safe for concurrent use and never changes. However it is printed,
// it shows nothing.
type Ring struct {
	handle   *keyset.Handle
	envelope *aead.KMSEnvelopeAEAD
	primary  uint32
	mark     [32]byte // random; stays when keys come and go
}

// Key is what may be known of a key of a ring.
type Key struct {
	ID      string // 8 hexadecimal digits
	Primary bool   // seals what is new
}

// maxKeys is how many keys a ring has at most.
const maxKeys = 64

// New makes a ring of one new key, which ends with the process unless it is written to a file: see Create.
func New() (*Ring, error) {
	mark, err := newMark()
	if err != nil {
		return nil, err
	}
	return withNewKey(keyset.NewManager(), mark)
}

func withNewKey(m *keyset.Manager, mark [32]byte) (*Ring, error) {
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = m.SetPrimary(id)
	}
	if err != nil {
		return nil, errors.New("making a key failed")
	}
	handle, err := m.Handle()
	if err != nil {
		return nil, errors.New("making a key failed")
	}
	return newRing(handle, mark)
}

// newRing takes keysets of AES-256-GCM keys alone, all of them enabled, each with its id in what it encrypts.
func newRing(handle *keyset.Handle, mark [32]byte) (*Ring, error) {
	if n := handle.Len(); n == 0 || n > maxKeys {
		return nil, fmt.Errorf("it has %d keys, not 1 to %d", n, maxKeys)
	}
	seen := map[uint32]bool{}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return nil, errors.New("a key can't be read")
		}
		key, ok := entry.Key().(*aesgcm.Key)
		if !ok {
			return nil, errors.New("a key is not of AES-256-GCM")
		}
		p, ok := key.Parameters().(*aesgcm.Parameters)
		if !ok || p.KeySizeInBytes() != 32 || p.IVSizeInBytes() != 12 || p.TagSizeInBytes() != 16 || p.Variant() != aesgcm.VariantTink {
			return nil, errors.New("a key is not of AES-256-GCM")
		}
		if entry.KeyStatus() != keyset.Enabled || seen[entry.KeyID()] {
			return nil, errors.New("a key is switched off or there twice")
		}
		seen[entry.KeyID()] = true
	}
	primary, err := handle.Primary()
	if err != nil {
		return nil, errors.New("no key is the one that seals")
	}
	wrapping, err := aead.New(handle)
	if err != nil {
		return nil, errors.New("its keys can't be used")
	}
	return &Ring{handle: handle, envelope: aead.NewKMSEnvelopeAEAD2(aead.AES256GCMKeyTemplate(), wrapping), primary: primary.KeyID(), mark: mark}, nil
}

func (r *Ring) usable() bool { return r != nil && r.envelope != nil }

// Keys lists the keys, oldest first.
func (r *Ring) Keys() []Key {
	var keys []Key
	if !r.usable() {
		return keys
	}
	for i := range r.handle.Len() {
		if entry, err := r.handle.Entry(i); err == nil {
			keys = append(keys, Key{ID: keyID(entry.KeyID()), Primary: entry.KeyID() == r.primary})
		}
	}
	return keys
}

func keyID(id uint32) string { return fmt.Sprintf("%08x", id) }

// Mark is what a store keeps, so that it knows the key file again: it tells nothing of the keys, and stays when keys come and go.
func (r *Ring) Mark() []byte {
	if !r.usable() {
		return nil
	}
	mac := hmac.New(sha256.New, r.mark[:])
	mac.Write([]byte("workbench/seal/mark"))
	return append([]byte{form}, mac.Sum(nil)...)
}

// Knows returns nil where the mark is this key file's, and else an error in words for whoever starts the workbench, which is ErrWrongKey.
func (r *Ring) Knows(mark []byte) error {
	if r.usable() && hmac.Equal(mark, r.Mark()) {
		return nil
	}
	return fmt.Errorf("the secrets of this store %w: the store was used with another one; start with that one", ErrWrongKey)
}

const shown = "seal.Ring (keys hidden)"

// String shows nothing of the keys.
func (r Ring) String() string { return shown }

// GoString shows nothing of the keys.
func (r Ring) GoString() string { return shown }

// Format shows nothing of the keys, whatever the verb.
func (r Ring) Format(f fmt.State, _ rune) { fmt.Fprint(f, shown) }

// LogValue shows nothing of the keys.
func (r Ring) LogValue() slog.Value { return slog.StringValue(shown) }

// MarshalText shows nothing of the keys.
func (r Ring) MarshalText() ([]byte, error) { return []byte(shown), nil }
