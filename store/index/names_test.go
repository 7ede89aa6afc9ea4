package index

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// plainNames is the dictionary in the plainest form.
type plainNames struct {
	codes map[string]uint32
	texts []string
}

func (p *plainNames) code(s string) uint32 {
	if c, ok := p.codes[s]; ok {
		return c
	}
	c := uint32(len(p.texts))
	p.codes[s], p.texts = c, append(p.texts, s)
	return c
}

// unlimited is room to walk all texts there are.
func unlimited() *int {
	room := math.MaxInt
	return &room
}

func (p *plainNames) containing(word string, count int) []uint32 {
	var out []uint32
	for i, t := range p.texts[:count] {
		if strings.Contains(t, word) {
			out = append(out, uint32(i))
		}
	}
	return out
}

// someText is a text of few different bytes, so that words are found in many and texts repeat; now and then it is a long one.
func someText(t *rapid.T) string {
	s := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 7, -1),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 0xff, 0xc3, '-', '1'}), 0, 12), func(b []byte) string { return string(b) }),
		rapid.StringN(0, 20, -1),
	).Draw(t, "text")
	switch rapid.IntRange(0, 60).Draw(t, "long") {
	case 0:
		return strings.Repeat(s, 400)
	case 1:
		return noise(rapid.Uint32().Draw(t, "noise"), 9_000)
	}
	return s
}

// noise is bytes without order.
func noise(seed uint32, n int) string {
	b := make([]byte, n)
	x := seed | 1
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return string(b)
}

// hostOf is the text of a number: many share beginnings, few their ends.
func hostOf(i int) string {
	hex := "0123456789abcdef"
	x := uint32(i)*2_654_435_761 + 12_345
	b := []byte("desktop-")
	for range 7 {
		b = append(b, hex[x&15])
		x = x>>4 ^ x<<21
	}
	return string(b) + ".corp" + string(rune('a'+i%17)) + ".example.com"
}

func checkNames(t interface {
	Helper()
	Fatalf(string, ...any)
}, n names, plain *plainNames, count int, words []string) {
	t.Helper()
	if n.len() != count {
		t.Fatalf("len = %d, want %d", n.len(), count)
	}
	for i, want := range plain.texts[:count] {
		if got := n.text(uint32(i)); got != want {
			t.Fatalf("text(%d) = %q, want %q", i, got, want)
		}
		if c, ok := n.find(want); !ok || c != uint32(i) {
			t.Fatalf("find(%q) = %d, %t, want %d", want, c, ok, i)
		}
	}
	for _, s := range plain.texts[count:] {
		if c, ok := n.find(s); ok {
			t.Fatalf("find(%q) = %d in a view from before", s, c)
		}
	}
	for _, w := range words {
		if got, want := n.containing(w, unlimited()), plain.containing(w, count); !slices.Equal(got, want) {
			t.Fatalf("containing(%.40q) = %d codes %.20v, want %d %.20v", w, len(got), got, len(want), want)
		}
	}
}

func TestNamesAreAsAMapOfStringsSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, plain := newDictionary(), &plainNames{codes: map[string]uint32{}}
		type moment struct {
			names
			count int
		}
		var moments []moment
		fill := 0
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			for range rapid.SampledFrom([]int{0, 3, 700, 2_047, 2_048, 2_049, 4_500}).Draw(t, "hosts") {
				s := hostOf(fill)
				fill++
				if got, want := d.code(s), plain.code(s); got != want {
					t.Fatalf("code = %d, want %d", got, want)
				}
			}
			for range rapid.IntRange(0, 40).Draw(t, "texts") {
				s := someText(t)
				if got, want := d.code(s), plain.code(s); got != want {
					t.Fatalf("code(%q) = %d, want %d", s, got, want)
				}
			}
			moments = append(moments, moment{d.view(), len(plain.texts)})
		}
		var words []string
		for range 6 {
			w := someText(t)
			if len(plain.texts) > 0 && rapid.Bool().Draw(t, "part") {
				s := rapid.SampledFrom(plain.texts).Draw(t, "of")
				from := rapid.IntRange(0, len(s)).Draw(t, "from")
				w = s[from:rapid.IntRange(from, min(len(s), from+60)).Draw(t, "to")]
			}
			words = append(words, w)
		}
		words = append(words, "", "com", "e", "\x00")
		m := rapid.SampledFrom(moments).Draw(t, "moment")
		checkNames(t, m.names, plain, m.count, words)
		loaded, err := loadDictionary(m.sections())
		if err != nil {
			t.Fatalf("loading: %v", err)
		}
		checkNames(t, loaded.view(), plain, m.count, words)
		for i, s := range plain.texts {
			if got := loaded.code(s); got != uint32(i) {
				t.Fatalf("code(%q) after loading = %d, want %d", s, got, i)
			}
		}
		checkNames(t, loaded.view(), plain, len(plain.texts), words)
	})
}

func TestNamesAcrossSegmentsOfAllSizes(t *testing.T) {
	d, plain := newDictionary(), &plainNames{codes: map[string]uint32{}}
	for i := range leafTexts*fanout*fanout + leafTexts*fanout + 2*leafTexts + 77 {
		s := hostOf(i)
		switch i % 5_000 {
		case 17:
			s = noise(uint32(i), 33_000)
		case 18:
			s = strings.Repeat(s, 1_200)
		case 19:
			s = strings.Repeat("aaaa", i%9_000)
		}
		d.code(s)
		plain.code(s)
	}
	var sizes []uint32
	for _, s := range d.segments {
		sizes = append(sizes, (s.to-s.from)/leafTexts)
	}
	if want := []uint32{64, 8, 1, 1}; !slices.Equal(sizes, want) {
		t.Errorf("segments have %v leaves, want %v", sizes, want)
	}
	some := noise(10_017, 33_000)
	checkNames(t, d.view(), plain, len(plain.texts), []string{"", "a", "-0", "com", "aaa", strings.Repeat("a", 200), strings.Repeat("a", 20_000), "desktop-", "p-0f", hostOf(9_999)[8:],
		hostOf(100_000), hostOf(147_000)[3:20], "nowhere", some[20_000:20_009], some[32_990:], some[32_990:] + "x", "comdesktop"})
}

func TestNamesAreReadWhileTheDictionaryGrows(t *testing.T) {
	d := newDictionary()
	views, done := make(chan names, 64), make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for n := range views {
				last := uint32(n.len() - 1)
				if c, ok := n.find(hostOf(int(last))); !ok || c != last {
					t.Errorf("find = %d, %t, want %d", c, ok, last)
				}
				if c, ok := n.find(hostOf(int(last) + 1)); ok {
					t.Errorf("a view knows the later code %d", c)
				}
				if got := n.containing(hostOf(int(last)), unlimited()); !slices.Equal(got, []uint32{last}) {
					t.Errorf("containing = %v, want %d", got, last)
				}
				if last%50 == 0 {
					if loaded, err := loadDictionary(n.sections()); err != nil || loaded.len() != n.len() {
						t.Errorf("sections while growing: %v", err)
					}
				}
			}
		})
	}
	go func() {
		defer close(done)
		for i := range 20_000 {
			d.code(hostOf(i))
			if i%97 == 0 {
				views <- d.view()
			}
		}
	}()
	<-done
	close(views)
	readers.Wait()
}

func TestNamesNoneAreThere(t *testing.T) {
	var n names
	if _, ok := n.find("a"); ok || n.len() != 0 || len(n.containing("a", unlimited())) != 0 || len(n.containing("", unlimited())) != 0 || len(n.containing("abc", unlimited())) != 0 {
		t.Error("the zero value has texts")
	}
}
