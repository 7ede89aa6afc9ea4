package defender

import (
	"bytes"
	"strings"
	"testing"
)

func TestTextEndAtEveryOffset(t *testing.T) {
	for at := range 30 {
		for c := range 256 {
			for _, next := range []byte{'a', '"', '\\', 0, 0x21, 0xff} {
				src := []byte(strings.Repeat("x", at) + string([]byte{byte(c), next}) + strings.Repeat("y", at%11))
				for from := range min(at, 9) + 1 {
					want := bytes.IndexFunc(src[from:], func(r rune) bool { return r == '"' || r == '\\' || r < 0x20 })
					if want += from; want < from {
						want = len(src)
					}
					if got := textEnd(src, from); got != want {
						t.Fatalf("%q from %d: got %d, want %d", src, from, got, want)
					}
				}
			}
		}
	}
}
