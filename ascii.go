package workbench

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Text is looked at eight bytes at a time: a one, and the highest bit, in each.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// eight are the first eight bytes of s, which has them.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// isPlain reports whether a text is ASCII without NUL, as most are.
func isPlain(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		w := eight(s)
		if (w|(w-ones))&highs != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i]-1 >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}

// plainEnd returns the offset of the first byte from i on that JSON does not hold as it is: a quote, a backslash or a control character; the
// length of s where there is none.
func plainEnd(s string, i int) int {
	for ; i+8 <= len(s); i += 8 {
		w := eight(s[i : i+8])
		quote, slash := w^'"'*ones, w^'\\'*ones
		if found := ((quote-ones)&^quote | (slash-ones)&^slash | (w-0x20*ones)&^w) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// closingQuote returns the offset of the first quote from i on that no backslash escapes; the length of raw or more where there is none.
func closingQuote(raw []byte, i int) int {
	for i < len(raw) {
		if i+8 <= len(raw) {
			w := binary.LittleEndian.Uint64(raw[i:])
			quote, slash := w^'"'*ones, w^'\\'*ones
			found := ((quote-ones)&^quote | (slash-ones)&^slash) & highs // the highest bit in the first such byte, and maybe in later ones
			if found == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(found) / 8
		}
		switch raw[i] {
		case '"':
			return i
		case '\\':
			i++
		}
		i++
	}
	return i
}
