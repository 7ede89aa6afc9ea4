package generate

import (
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

// dice are the random choices of one story.
type dice struct{ *rand.Rand }

func roll(seed, number uint64) dice { return dice{rand.New(rand.NewPCG(seed, number))} }

// chance is true so many times of a hundred.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// share picks a place in a list of shares that come to a hundred.
func (d dice) share(of func(int) int) int {
	left := d.IntN(100)
	for i := 0; ; i++ {
		if left -= of(i); left < 0 {
			return i
		}
	}
}

// few is 0 or more, each further one half as likely as the one before, at most so many.
func (d dice) few(most int) int {
	n := 0
	for n < most && d.IntN(2) == 0 {
		n++
	}
	return n
}

// skewed is a number below n of which small ones are far more frequent: Zipf's law with an exponent of 1.1.
func (d dice) skewed(n int) int { return int(rand.NewZipf(d.Rand, 1.1, 8, uint64(n-1)).Uint64()) }

// hash is an invented SHA-256; the same for the same number.
func hash(seed uint64, number int) string {
	var b [32]byte
	r := rand.New(rand.NewPCG(seed^0x5ca1ab1e, uint64(number)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(b[:])
}

// word is an invented word of that many syllables.
func (d dice) word(syllables int) string {
	var b strings.Builder
	for range syllables {
		b.WriteByte("bdfgklmnprstvz"[d.IntN(14)])
		b.WriteByte("aeiou"[d.IntN(5)])
	}
	return b.String()
}
