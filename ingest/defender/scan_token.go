package defender

import (
	"encoding/binary"
	"math/bits"
)

// What a byte means inside a string: nothing, or one of these.
const (
	plain = iota
	ends  // a quote
	escapes
	forbidden // a control character other than NUL
)

var inString = stringClasses()

func stringClasses() (class [256]uint8) {
	for c := 1; c < 0x20; c++ {
		class[c] = forbidden
	}
	class['"'], class['\\'] = ends, escapes
	return class
}

// stringEnd returns the offset after the string that starts at pos, and whether it holds escapes; -1 where it is not well formed.
func stringEnd(src []byte, pos int) (end int, escaped bool) {
	for i := textEnd(src, pos+1); i < len(src); i = textEnd(src, i+1) {
		switch inString[src[i]] {
		case ends:
			return i + 1, escaped
		case forbidden:
			return -1, escaped
		case escapes:
			escaped = true
			i++
			if i >= len(src) {
				return -1, escaped
			}
			switch src[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if i+4 >= len(src) || !isHex(src[i+1]) || !isHex(src[i+2]) || !isHex(src[i+3]) || !isHex(src[i+4]) {
					return -1, escaped
				}
				i += 4
			default:
				return -1, escaped
			}
		}
	}
	return -1, escaped
}

// Eight bytes at a time: a one, and the highest bit, in each.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// textEnd returns the offset of the first byte from i on that is a quote, a backslash or a control character; the length of src where there
// is none.
func textEnd(src []byte, i int) int {
	for ; i+8 <= len(src); i += 8 {
		w := binary.LittleEndian.Uint64(src[i:])
		quote, slash := w^'"'*ones, w^'\\'*ones
		// Each of the three has the highest bit in bytes that are such, and maybe in others after the first of them.
		if found := ((quote-ones)&^quote | (slash-ones)&^slash | (w-0x20*ones)&^w) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(src); i++ {
		if c := src[i]; c == '"' || c == '\\' || c < 0x20 {
			break
		}
	}
	return i
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isDigit(src []byte, i int) bool { return i < len(src) && src[i] >= '0' && src[i] <= '9' }

// numberEnd returns the offset after the number that starts at pos, or -1 where it is not well formed.
func numberEnd(src []byte, pos int) int {
	i := pos
	if i < len(src) && src[i] == '-' {
		i++
	}
	if !isDigit(src, i) {
		return -1
	}
	if src[i] == '0' {
		i++
	} else {
		i = digitsEnd(src, i)
	}
	if i < len(src) && src[i] == '.' {
		if !isDigit(src, i+1) {
			return -1
		}
		i = digitsEnd(src, i+1)
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		i++
		if i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		if !isDigit(src, i) {
			return -1
		}
		i = digitsEnd(src, i)
	}
	return i
}

func digitsEnd(src []byte, i int) int {
	for isDigit(src, i) {
		i++
	}
	return i
}
