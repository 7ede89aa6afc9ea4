package textindex

import "encoding/hex"

const minHex = 16 // digits from which a text of nothing but digits is kept two digits a byte

// isHex reports whether a folded text is kept two digits a byte.
func isHex(text []byte) bool {
	if len(text) < minHex || len(text)%2 != 0 {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// appendPacked appends the digits of a text, two a byte.
func appendPacked(to, text []byte) []byte {
	n := len(to)
	to = append(to, make([]byte, len(text)/2)...)
	_, _ = hex.Decode(to[n:], text) // isHex looked at every digit
	return to
}
