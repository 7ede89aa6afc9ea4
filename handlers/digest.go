package handlers

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// digest stands for everything that went into it.
type digest [16]byte

// ingredients are what an answer depends on. Each is written with its length, so that no two lists of them are the same bytes.
type ingredients []byte

func (i ingredients) text(list ...string) ingredients {
	for _, s := range list {
		i = append(binary.AppendUvarint(i, uint64(len(s))), s...)
	}
	return i
}

func (i ingredients) number(list ...uint64) ingredients {
	for _, n := range list {
		i = binary.AppendUvarint(i, n)
	}
	return i
}

func (i ingredients) flag(on bool) ingredients {
	if on {
		return append(i, 1)
	}
	return append(i, 0)
}

func (i ingredients) digest() digest {
	sum := sha256.Sum256(i)
	return digest(sum[:16])
}

// tag is an entity tag. It is a weak one: compressed or not, the answer is the same.
func (d digest) tag() string { return `W/"` + hex.EncodeToString(d[:]) + `"` }

// matches reports whether an If-None-Match header names a tag. Tags compare without what makes them weak.
func matches(header, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for rest := header; rest != ""; {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "*" {
			return true
		}
		rest = strings.TrimPrefix(rest, "W/")
		if !strings.HasPrefix(rest, `"`) {
			return false // not a list of tags
		}
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 {
			return false
		}
		if rest[:end+2] == tag {
			return true
		}
		rest = rest[end+2:]
	}
	return false
}
