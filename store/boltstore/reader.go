package boltstore

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"workbench"
)

var errForm = errors.New("record is not in the form that it names")

// reader reads a form part by part; texts are parts of the one string that it was given. After the first failure everything reads as zero,
// and err says so.
type reader struct {
	rest string
	err  error
}

func (r *reader) fail() {
	r.rest, r.err = "", errShort
}

func (r *reader) end() error {
	if r.err == nil && r.rest != "" {
		return errForm
	}
	return r.err
}

func (r *reader) byte() byte {
	if r.rest == "" {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) uvarint() uint64 {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7F) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.fail()
	return 0
}

func (r *reader) int() int {
	n := r.uvarint()
	return int(int64(n>>1) ^ -int64(n&1))
}

func (r *reader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// word is a text that is UTF-8, as all texts are that were kept as JSON.
func (r *reader) word() string {
	s := r.text()
	if !utf8.ValidString(s) {
		r.fail()
		return ""
	}
	return s
}

func (r *reader) untrusted() workbench.Untrusted {
	s := r.text()
	u := workbench.Text(s)
	if u.Raw() != s {
		r.fail()
		return workbench.Untrusted{}
	}
	return u
}

func (r *reader) time() workbench.Time {
	n := r.uvarint()
	if n == 0 {
		return workbench.Time{}
	}
	n--
	seconds, nanoseconds := int64(n>>1)^-int64(n&1), r.uvarint()
	if nanoseconds >= 1e9 {
		r.fail()
		return workbench.Time{}
	}
	return workbench.Time{Time: time.Unix(seconds, int64(nanoseconds)).UTC()}
}

func list[T any](r *reader, next func() T) []T {
	n := r.uvarint()
	switch {
	case n == 0:
		return nil
	case n-1 > uint64(len(r.rest)): // each takes at least a byte
		r.fail()
		return nil
	}
	out := slices.Grow([]T{}, int(n-1))
	for range n - 1 {
		out = append(out, next())
	}
	return out
}
