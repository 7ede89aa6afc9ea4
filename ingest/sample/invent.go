package sample

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
)

// guid invents a GUID for a name: the same name has the same GUID for ever.
func guid(name string) string {
	sum := sha256.Sum256([]byte("guid\x00" + name))
	sum[6] = sum[6]&0x0F | 0x40
	sum[8] = sum[8]&0x3F | 0x80
	var text [36]byte
	return string(appendGUID(text[:0], sum[:16]))
}

// appendGUID appends 16 bytes in the grouping of a GUID.
func appendGUID(b, raw []byte) []byte {
	for i, part := range [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, raw[part[0]:part[1]])
	}
	return b
}

// inventSHA1 invents the SHA-1 of a named content.
func inventSHA1(name string) string {
	sum := sha1.Sum([]byte("sha1\x00" + name))
	return hex.EncodeToString(sum[:])
}

// inventSHA256 invents the SHA-256 of a named content.
func inventSHA256(name string) string {
	sum := sha256.Sum256([]byte("sha256\x00" + name))
	return hex.EncodeToString(sum[:])
}
