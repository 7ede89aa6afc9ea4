package sample

import (
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"strings"
)

// dice invents random names and texts for streams. They are put together from syllables, so that they resemble no list of words.
type dice struct{ *rand.Rand }

// roll makes the dice of one incident of a stream.
func roll(seed, incident uint64) dice { return dice{rand.New(rand.NewPCG(seed, incident))} }

// pick is one of the choices.
func pick[T any](d dice, choices ...T) T { return choices[d.IntN(len(choices))] }

// chance is true in so many of a hundred cases.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// The parts of syllables. Nothing changes them.
var (
	onsets = strings.Fields("b c ch d dr f fl g gr h j k kl l m n p pr qu r s sh sk st t tr v w z br cr")
	vowels = strings.Fields("a e i o u ai ea io ou y")
	codas  = append(strings.Fields("n r s t l x m nd rk st ck"), "", "")
)

// word is a made-up word of so many syllables.
func (d dice) word(syllables int) string {
	var b strings.Builder
	for range syllables {
		b.WriteString(pick(d, onsets...))
		b.WriteString(pick(d, vowels...))
		b.WriteString(pick(d, codas...))
	}
	return b.String()
}

// sentence is a made-up sentence of so many words.
func (d dice) sentence(words int) string {
	var b strings.Builder
	for i := range words {
		w := d.word(1 + d.IntN(3))
		if i == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	b.WriteByte('.')
	return b.String()
}

// hex is so many random bytes in hexadecimal.
func (d dice) hex(bytes int) string {
	raw := make([]byte, bytes)
	for i := range raw {
		raw[i] = byte(d.Uint32())
	}
	return hex.EncodeToString(raw)
}

// number is a random number below n, as text.
func (d dice) number(n int) string { return strconv.Itoa(d.IntN(n)) }

// publicIP is an address of a range reserved for documentation.
func (d dice) publicIP() string {
	return pick(d, "192.0.2.", "198.51.100.", "203.0.113.") + d.number(256)
}

// host is a made-up host name under a reserved domain.
func (d dice) host() string { return d.word(2) + "." + d.word(2) + pick(d, ".example", ".test") }

// url is a made-up address on a made-up host.
func (d dice) url() string {
	u := pick(d, "https://", "http://") + d.host() + "/" + d.word(2)
	if d.chance(60) {
		u += "/" + d.word(1) + "?" + d.word(1) + "=" + d.hex(6)
	}
	return u
}

// file is a made-up file in the manner of the platform.
func (d dice) file(linux bool) file {
	f := file{size: 1 + d.Int64N(1<<22), content: d.hex(8), md5: d.chance(20)}
	if linux {
		f.folder, f.name = pick(d, "/tmp", "/usr/bin", "/opt/"+d.word(2), "/home/"+d.word(2)+"/.cache"), d.word(2)
		return f
	}
	f.folder = pick(d, `C:\Windows\System32`, `C:\ProgramData\`+d.word(2), `C:\Users\`+d.word(2)+`\AppData\Local\Temp`,
		`C:\Program Files\`+d.word(2)+`\`+d.word(1))
	f.name = d.word(2) + pick(d, ".exe", ".dll", ".ps1", ".js", ".tmp", ".bat")
	if d.chance(40) {
		f.publisher = d.word(2) + " " + d.word(1)
	}
	return f
}

// command is a made-up command line of a file; now and then it is long.
func (d dice) command(f file) string {
	var b strings.Builder
	b.WriteString(`"` + f.folder + `\` + f.name + `"`)
	for range 1 + d.IntN(7) {
		b.WriteString(pick(d, " --", " /", " -") + d.word(1) + pick(d, " ", "=", ":") + pick(d, d.word(2), d.hex(8), d.url(), f.folder))
	}
	if d.chance(4) {
		b.WriteString(" -e " + d.hex(300+d.IntN(1200)))
	}
	return b.String()
}
