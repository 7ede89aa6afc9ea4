package textindex_test

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"workbench/store/textindex"
)

// FuzzSegment changes bytes of a segment and mends the checksum of its directory, so that what stands behind it is looked at.
func FuzzSegment(f *testing.F) {
	stories := newFeed()
	for i := range 60 {
		stories.put(i, fmt.Sprintf("text %d of all texts", i), fmt.Sprintf("%064x", i*7919), "in every story", fmt.Sprint(637_000_000_000_000_000+i*1_000_003))
	}
	stories.change(3, func(s *story) { s.gone = true })
	dir := f.TempDir()
	x := open(f, dir, textindex.Limits{})
	catchUp(f, x, stories)
	if err := x.Close(); err != nil {
		f.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.texts"))
	if err != nil || len(names) != 1 {
		f.Fatal(names, err)
	}
	whole, err := os.ReadFile(names[0])
	if err != nil {
		f.Fatal(err)
	}
	if err := textindex.Look(whole, []byte("text")); err != nil {
		f.Fatal(err)
	}
	sums := crc32.MakeTable(crc32.Castagnoli)
	foot := len(whole) - 24
	directory := int(binary.LittleEndian.Uint64(whole[foot:]))
	f.Add(uint32(0), uint32(0), []byte{0}, []byte("text"))
	f.Add(uint32(directory), uint32(5), []byte{1, 2, 3}, []byte("e0"))
	f.Add(uint32(directory+20), uint32(0), []byte{255}, []byte("637000000000000000"))
	f.Fuzz(func(t *testing.T, at, cut uint32, with, word []byte) {
		b := append([]byte(nil), whole...)
		at %= uint32(len(b))
		copy(b[at:], with)
		if foot := len(b) - 24; int(at) >= directory {
			binary.LittleEndian.PutUint32(b[foot+12:], crc32.Checksum(b[directory:foot], sums))
		}
		_ = textindex.Look(b[cut%64:], word)
	})
}

// FuzzBlock reads blocks and lists as they come.
func FuzzBlock(f *testing.F) {
	f.Add([]byte{0, 1, 3, 'a', 'b', 'c'}, []byte{3, 5, 7}, 12)
	f.Add([]byte{2, 1, 16, 1, 2, 3, 4, 5, 6, 7, 8}, []byte{4, 255}, 8)
	f.Fuzz(func(t *testing.T, block, list []byte, size int) {
		textindex.LookAtBlock(block, list, size)
	})
}
