package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// ErrKeyFile says that a file or variable does not hold what Create writes.
var ErrKeyFile = errors.New("not a key file of the workbench")

const (
	keyFileVersion = 1
	maxKeyFile     = 64 << 10 // bytes
	keyFileComment = "Keys of a Stories Workbench. They open the private keys and client secrets in its store: keep a copy, apart from copies of the store, and show it to nobody."
)

// keyFile is what a key file holds.
type keyFile struct {
	Comment string          `json:"comment"`
	Version int             `json:"version"`
	Mark    string          `json:"mark"`   // 64 hexadecimal digits, by which a store knows the file again
	Keyset  json.RawMessage `json:"keyset"` // Tink's JSON
}

// parse reads a key file. No part of it gets into an error.
func parse(text []byte) (*Ring, error) {
	refused := func(why string) (*Ring, error) { return nil, fmt.Errorf("%w: %s", ErrKeyFile, why) }
	if len(text) > maxKeyFile {
		return refused("it is larger than 64 KiB")
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return refused("it is empty")
	}
	var versioned struct{ Version int }
	if err := json.Unmarshal(text, &versioned); err != nil {
		return refused("it is not JSON, or was cut short")
	}
	switch {
	case versioned.Version > keyFileVersion:
		return refused("a newer program wrote it; use that one")
	case versioned.Version != keyFileVersion:
		return refused("it has no version")
	}
	var f keyFile
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return refused("it has other fields than comment, version, mark and keyset")
	}
	mark, err := hex.DecodeString(f.Mark)
	if err != nil || len(mark) != len(Ring{}.mark) {
		return refused("its mark is not 64 hexadecimal digits")
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Keyset)))
	if err != nil {
		return refused("its keyset can't be read")
	}
	r, err := newRing(handle, [32]byte(mark))
	if err != nil {
		return refused(err.Error())
	}
	return r, nil
}

// text is what parse reads.
func (r *Ring) text() ([]byte, error) {
	var keys bytes.Buffer
	if err := insecurecleartextkeyset.Write(r.handle, keyset.NewJSONWriter(&keys)); err != nil {
		return nil, errors.New("the keys can't be written")
	}
	b, err := json.MarshalIndent(keyFile{keyFileComment, keyFileVersion, hex.EncodeToString(r.mark[:]), keys.Bytes()}, "", "  ")
	if err != nil {
		return nil, errors.New("the keys can't be written")
	}
	return append(b, '\n'), nil
}

func newMark() (mark [32]byte, err error) {
	_, err = io.ReadFull(rand.Reader, mark[:])
	return mark, err
}
