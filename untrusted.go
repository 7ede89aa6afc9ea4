package workbench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Untrusted is text that came from outside: command lines, subjects, file names, URLs, names of devices and users, and words of enums
// that nobody knows. Attackers write it. It is a struct, not a string, so that it cannot slip into a page, a header or a file name by
// a plain conversion: a view shows its Segments, a log its String, and only an exact copy asks for Raw.
//
// The zero value means absent and is null in JSON. The text is valid UTF-8 without NUL: see Text. Values compare with ==.
type Untrusted struct{ text string }

// Text wraps outside text. Bytes that are not UTF-8 become U+FFFD and NUL becomes U+2400 (symbol for null), so that every store can
// hold the result and a reader sees that something stood there; the raw document keeps the exact bytes.
func Text(s string) Untrusted {
	if isPlain(s) {
		return Untrusted{s}
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\u2400")
	}
	return Untrusted{s}
}

// Raw returns the exact text, for copying, comparing and searching. It is not safe to show.
func (u Untrusted) Raw() string { return u.text }

// IsZero reports whether the text is absent.
func (u Untrusted) IsZero() bool { return u.text == "" }

// Is reports whether the text equals word, ignoring case. It is meant for words of upstream enums, whose case varies between versions
// of the same interface.
func (u Untrusted) Is(word string) bool { return strings.EqualFold(u.text, word) }

// Or returns u, or other where u is absent.
func (u Untrusted) Or(other Untrusted) Untrusted {
	if u.IsZero() {
		return other
	}
	return u
}

// String returns the text with hidden characters written out as [U+202E], on one line. It is safe in logs and messages.
func (u Untrusted) String() string {
	var b strings.Builder
	for _, s := range u.Segments() {
		if s.Hidden {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// briefLength is how many characters Brief keeps.
const briefLength = 200

// Brief is String of the first 200 characters, with … where there are more. It is for names of pages and regions, which are one line and
// never cut by whoever shows them.
func (u Untrusted) Brief() string {
	shown, rest := u.Cut(briefLength)
	if rest > 0 {
		return shown.String() + "…"
	}
	return shown.String()
}

// Segment is a run of text that is safe to show as it is, or, where Hidden, the name of one character that would not be seen or would
// change the order of its neighbours, such as "U+202E", with Means saying what it does.
type Segment struct {
	Text   string
	Hidden bool
	Means  string
}

// Segments splits the text for showing. Joining the Text of the visible segments and the characters named by the hidden ones gives the
// text again. Runs of more than eight combining marks are cut into hidden segments, because they paint over their neighbours.
func (u Untrusted) Segments() []Segment {
	var out []Segment
	start, marks := 0, 0
	for i, r := range u.text {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		means := hidden(r)
		if means == "" && marks > 8 {
			means = "combining mark"
		}
		if means == "" {
			continue
		}
		if start < i {
			out = append(out, Segment{Text: u.text[start:i]})
		}
		out = append(out, Segment{Text: fmt.Sprintf("U+%04X", r), Hidden: true, Means: means})
		start = i + utf8.RuneLen(r)
	}
	if start < len(u.text) {
		out = append(out, Segment{Text: u.text[start:]})
	}
	return out
}

// hidden says what a character does that a reader would not see, or "" for one that is plainly visible.
func hidden(r rune) string {
	switch {
	case r == '\n':
		return "line feed"
	case r == '\r':
		return "carriage return"
	case r == '\t':
		return "tab"
	case r == 0x1B:
		return "escape"
	case r < 0x20, r >= 0x7F && r <= 0x9F:
		return "control character"
	case r == 0x00AD:
		return "soft hyphen"
	case r == 0x061C, r == 0x200E, r == 0x200F:
		return "direction mark"
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return map[rune]string{0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "pop direction", 0x202D: "left-to-right override",
			0x202E: "right-to-left override", 0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate", 0x2069: "pop isolate"}[r]
	case r == 0x2028, r == 0x2029:
		return "line separator"
	case r == 0x00A0, r == 0x202F, r >= 0x2000 && r <= 0x200A, r == 0x205F, r == 0x3000, r == 0x1680:
		return "unusual space"
	case r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x3164, r == 0xFFA0, r == 0x2800:
		return "blank character"
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF, r >= 0x180B && r <= 0x180F:
		return "variation selector"
	case r >= 0xE0000 && r <= 0xE007F:
		return "tag character"
	case r >= 0xE000 && r <= 0xF8FF, r >= 0xF0000:
		return "private character"
	case r >= 0xFFF9 && r <= 0xFFFB:
		return "annotation character"
	case r == 0xFFFD:
		return "replaces bytes that are not text"
	case unicode.Is(unicode.Cf, r):
		return "invisible character"
	}
	return ""
}

// Cut returns the first n characters of the text and how many characters are left out.
func (u Untrusted) Cut(n int) (Untrusted, int) {
	if len(u.text) <= n {
		return u, 0
	}
	seen := 0
	for i := range u.text {
		if seen == n {
			return Untrusted{u.text[:i]}, utf8.RuneCountInString(u.text[i:])
		}
		seen++
	}
	return u, 0
}

// Lines splits text that is meant to have lines (descriptions, recommended actions) at line feeds, without the line ends.
func (u Untrusted) Lines() []Untrusted {
	if u.IsZero() {
		return nil
	}
	var out []Untrusted
	for _, line := range strings.Split(strings.ReplaceAll(u.text, "\r\n", "\n"), "\n") {
		out = append(out, Untrusted{line})
	}
	return out
}

// Defanged returns the text with what makes an address clickable taken out: http becomes hxxp, and dots and the at sign of host names,
// addresses and mailboxes stand in brackets. It is for showing and copying into tickets; it is not reversible in general.
func (u Untrusted) Defanged() Untrusted {
	s := u.text
	scheme := ""
	if i := strings.Index(s, "://"); i >= 0 && i < 32 {
		scheme, s = s[:i]+"://", s[i+3:]
		for from, to := range map[string]string{"http://": "hxxp://", "https://": "hxxps://", "ftp://": "fxp://"} {
			if strings.EqualFold(scheme, from) {
				scheme = to
			}
		}
	}
	host, rest := s, ""
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		host, rest = s[:i], s[i:]
	}
	host = strings.ReplaceAll(strings.ReplaceAll(host, "@", "[@]"), ".", "[.]")
	return Untrusted{scheme + host + rest}
}

// MarshalJSON writes the text as a JSON string, or null where absent.
func (u Untrusted) MarshalJSON() ([]byte, error) { return u.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON returns.
func (u Untrusted) AppendJSON(b []byte) []byte { return appendJSONString(b, u.text) }

// UnmarshalJSON reads a JSON string or null.
func (u *Untrusted) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*u = Untrusted{}
		return nil
	}
	if n := len(b); n >= 2 && b[0] == '"' && b[n-1] == '"' && bytes.IndexByte(b, '\\') < 0 { // nothing to undo: most texts
		*u = Text(string(b[1 : n-1]))
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*u = Text(s)
	return nil
}

// appendJSONString appends s quoted without HTML escaping, or null for "".
func appendJSONString(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := plainEnd(s, 0); i < len(s); i = plainEnd(s, i+1) {
		c := s[i]
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		start = i + 1
	}
	return append(append(b, s[start:]...), '"')
}

var errNotText = errors.New("not a JSON string")

// word is the JSON behaviour that our own enums share: "" is null.
func marshalWord[T ~string](w T) ([]byte, error) { return appendJSONString(nil, string(w)), nil }

func unmarshalWord[T ~string](w *T, b []byte) error {
	if string(b) == "null" {
		*w = ""
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("%w: %s", errNotText, b)
	}
	*w = T(s)
	return nil
}
