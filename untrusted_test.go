package workbench_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"workbench"
)

func TestUntrustedShowsWhatIsHidden(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "powershell.exe -nop", "powershell.exe -nop"},
		{"right-to-left override", "invoice_\u202efdp.exe", "invoice_[U+202E]fdp.exe"},
		{"zero width", "a\u200bb\ufeffc", "a[U+200B]b[U+FEFF]c"},
		{"line feed in a name", "a\nb", "a[U+000A]b"},
		{"escape sequence", "\x1b[31mred", "[U+001B][31mred"},
		{"no-break space", "a\u00a0b", "a[U+00A0]b"},
		{"tag characters", "x\U000e0041", "x[U+E0041]"},
		{"variation selector", "a\ufe0f", "a[U+FE0F]"},
		{"NUL", "a\x00b", "a\u2400b"},
		{"bytes that are not UTF-8", "a\xffb", "a[U+FFFD]b"},
		{"combining marks may stand", "e\u0301", "e\u0301"},
		{"other scripts may stand", "счёт 請求書 חשבון", "счёт 請求書 חשבון"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := workbench.Text(c.text).String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestUntrustedCutsPilesOfCombiningMarks(t *testing.T) {
	pile := "a" + strings.Repeat("\u0310", 10_000)
	shown := 0
	for _, s := range workbench.Text(pile).Segments() {
		if !s.Hidden {
			shown += utf8.RuneCountInString(s.Text)
		}
	}
	if shown > 10 {
		t.Errorf("%d characters of a pile of marks are shown as they are, want at most 10", shown)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
		rest int
	}{{"", 3, "", 0}, {"abc", 3, "abc", 0}, {"abcd", 3, "abc", 1}, {"äöü", 3, "äöü", 0}, {"äöüß", 3, "äöü", 1}, {"\u202e\u202e", 1, "\u202e", 1}} {
		got, rest := workbench.Text(c.text).Cut(c.n)
		if got.Raw() != c.want || rest != c.rest {
			t.Errorf("%q cut to %d: got %q and %d, want %q and %d", c.text, c.n, got.Raw(), rest, c.want, c.rest)
		}
	}
}

func TestBrief(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a\u202eb": "a[U+202E]b", strings.Repeat("x", 200): strings.Repeat("x", 200), strings.Repeat("ä", 201): strings.Repeat("ä", 200) + "…",
	} {
		if got := workbench.Text(text).Brief(); got != want {
			t.Errorf("%.20q: got %q, want %q", text, got, want)
		}
	}
}

func TestUntrustedInJSON(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "null"}, {"<b>&\u2028", "\"<b>&\u2028\""}, {"a\"\\\n\t\r\x01", `"a\"\\\n\t\r\u0001"`}, {"\u202e", "\"\u202e\""},
	} {
		got, err := workbench.Text(c.text).MarshalJSON()
		if err != nil || string(got) != c.want {
			t.Errorf("%q: got %s, %v, want %s", c.text, got, err, c.want)
		}
		var back workbench.Untrusted
		if err := json.Unmarshal(got, &back); err != nil || back != workbench.Text(c.text) {
			t.Errorf("%q: read back %q, %v", c.text, back.Raw(), err)
		}
	}
}

func TestDefanged(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"https://login.example.com/a.b?c=d.e", "hxxps://login[.]example[.]com/a.b?c=d.e"},
		{"HTTP://user@evil.example:8080", "hxxp://user[@]evil[.]example:8080"},
		{"203.0.113.7", "203[.]0[.]113[.]7"},
		{"a.b@example.org", "a[.]b[@]example[.]org"},
		{"javascript:alert(1)", "javascript:alert(1)"},
	} {
		if got := workbench.Text(c.text).Defanged().Raw(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func FuzzUntrusted(f *testing.F) {
	f.Add("plain")
	f.Add("\u202e\x00\xff\n" + strings.Repeat("\u0301", 20))
	f.Fuzz(func(t *testing.T, s string) {
		u := workbench.Text(s)
		if !utf8.ValidString(u.Raw()) || strings.Contains(u.Raw(), "\x00") {
			t.Fatalf("%q is kept as %q", s, u.Raw())
		}
		visible := 0
		for _, seg := range u.Segments() {
			if seg.Text == "" {
				t.Fatalf("%q has an empty segment", s)
			}
			if !seg.Hidden {
				visible += utf8.RuneCountInString(seg.Text)
			} else {
				visible++
			}
		}
		if visible != utf8.RuneCountInString(u.Raw()) {
			t.Fatalf("%q: segments stand for %d characters, want %d", s, visible, utf8.RuneCountInString(u.Raw()))
		}
		b, err := u.MarshalJSON()
		if err != nil || !json.Valid(b) {
			t.Fatalf("%q: JSON %s, %v", s, b, err)
		}
		var back workbench.Untrusted
		if err := json.Unmarshal(b, &back); err != nil || back != u {
			t.Fatalf("%q: read back %q, %v", s, back.Raw(), err)
		}
	})
}
