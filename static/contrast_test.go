package static_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// palette is the colours of one theme by token.
type palette map[string][3]float64

// palettes reads the three themes from tokens.css.
func palettes(t *testing.T) map[string]palette {
	t.Helper()
	b, err := os.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	usual, rest, ok := strings.Cut(string(b), `:root[data-theme="dim"] {`)
	dimmed, _, closed := strings.Cut(rest, "}")
	if !ok || !closed {
		t.Fatal("tokens.css has no dim theme")
	}
	light, dark, dim := palette{}, palette{}, palette{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`).FindAllStringSubmatch(usual, -1) {
		light[m[1]], dark[m[1]], dim[m[1]] = channels(t, m[2]), channels(t, m[3]), channels(t, m[3])
	}
	replaced := 0
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(dimmed, -1) {
		if _, ok := dark[m[1]]; !ok {
			t.Errorf("dim sets --%s, which nothing else does", m[1])
		}
		dim[m[1]] = channels(t, m[2])
		replaced++
	}
	if len(light) < 20 || replaced < len(light) {
		t.Fatalf("got %d colours, %d of them in dim; want at least 20, all in dim", len(light), replaced)
	}
	return map[string]palette{"light": light, "dark": dark, "dim": dim}
}

func channels(t *testing.T, hex string) [3]float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	return [3]float64{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}
}

// luminance is the relative luminance of WCAG 2.
func luminance(c [3]float64) float64 {
	for i, v := range c {
		v /= 255
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

func contrast(a, b [3]float64) float64 {
	l, m := luminance(a), luminance(b)
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

func TestContrast(t *testing.T) {
	words := strings.Fields
	surfaces := words("bg panel raised sunken hover selected accent-soft")
	pairs := []struct {
		fore, back []string
		least      float64
	}{
		{words("text text-2 text-3 accent high medium low good info"), surfaces, 4.5},
		{words("text text-2 text-3"), words("high-soft medium-soft low-soft good-soft info-soft"), 4.5},
		{words("high"), words("high-soft"), 4.5},
		{words("medium"), words("medium-soft"), 4.5},
		{words("low"), words("low-soft"), 4.5},
		{words("good"), words("good-soft"), 4.5},
		{words("info"), words("info-soft"), 4.5},
		{words("on-accent"), words("accent"), 4.5},
		{words("control"), words("bg panel raised"), 3},
	}
	for theme, colours := range palettes(t) {
		for _, p := range pairs {
			for _, fore := range p.fore {
				for _, back := range p.back {
					f, okF := colours[fore]
					b, okB := colours[back]
					if !okF || !okB {
						t.Fatalf("%s: --%s or --%s is not a colour", theme, fore, back)
					}
					if got := contrast(f, b); got < p.least {
						t.Errorf("%s: --%s on --%s: got contrast %.2f, want at least %.1f", theme, fore, back, got, p.least)
					}
				}
			}
		}
	}
}
