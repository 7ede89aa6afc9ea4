package index

import (
	"crypto/sha256"
	"encoding/hex"
)

// Predictable is New, but what is random in a snapshot is always the same.
func Predictable(config Config) *Index {
	x := New(config)
	x.writer.dictionary.table = newTextTable(1, 2)
	return x
}

// FormOf is what Form is for the stories of a predictable index.
func FormOf(x *Index) string {
	s := newSnapshotParts()
	x.table.Load().save(s)
	h := sha256.New()
	for _, part := range s.list {
		h.Write([]byte{byte(len(part)), byte(len(part) >> 8), byte(len(part) >> 16), byte(len(part) >> 24)})
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
