package connectors

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// hostileWords would do something in one shell or another, if a quote let them.
func hostileWords() []string {
	return []string{
		"", "'", "''", `'\''`, `\`, `\'`, `'; touch pwned; '`, "$(touch pwned)", "`touch pwned`", "${IFS}", "$HOME", "!!", "a\nb", "a\r\nb", "\ttab", "-n", "--consent", "*", "~", "#", "a b",
		"\u2018; Remove-Item x; \u2019", "\u201A\u201B", "\u201Cx\u201D", "'@\n", "\"", "`n", "$(calc)", "@(1)", "\u202Eevil", "é", "😀", "\u00a0", "\u0091", "END", "\x7f", "\x1b[31m",
		"it's", "a'b\u2019c'd", "\ufeff", "\u0085", "\u2028",
	}
}

// TestShellWordsStandForTheirText has bash itself read what was quoted.
func TestShellWordsStandForTheirText(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	check := func(t interface {
		Helper()
		Fatalf(string, ...any)
	}, texts []string) {
		t.Helper()
		command := "printf '%s\\0'"
		for _, text := range texts {
			command += " " + shellQuote(text)
		}
		out, err := exec.Command(bash, "-c", command).Output()
		if err != nil {
			t.Fatalf("bash: %v", err)
		}
		want := ""
		for _, text := range texts {
			want += strings.ReplaceAll(text, "\x00", "") + "\x00"
		}
		if string(out) != want {
			t.Fatalf("bash reads %q, want %q", out, want)
		}
	}
	check(t, append(hostileWords(), "a\x00b", "\xff\xfe"))
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom(hostileWords()), rapid.StringOfN(rapid.RuneFrom([]rune("'\\\"$`!\n ;&|")), 0, 20, -1)), 1, 20).Draw(t, "texts"))
	})
}

// TestPowerShellExpressionsStandForTheirText reads them by PowerShell's rules for texts between single quotes and for numbers made
// characters. Anything else in them, or a character outside printable ASCII, fails.
func TestPowerShellExpressionsStandForTheirText(t *testing.T) {
	check := func(t interface {
		Helper()
		Fatalf(string, ...any)
	}, text string) {
		t.Helper()
		quoted := powerShellQuote(text)
		got, err := readPowerShell(quoted)
		if err != nil || got != strings.ToValidUTF8(text, "\uFFFD") && got != validRunes(text) {
			t.Fatalf("%q is written %s, which stands for %q, %v", text, quoted, got, err)
		}
	}
	for _, text := range append(hostileWords(), "a\x00b", "\xff\xfe", "\uFFFD") {
		check(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("'\u2018\u2019\u201A\u201B\"$`\n ;()+[")), 0, 20, -1)).Draw(t, "text"))
	})
}

// validRunes is the text with each byte that is no UTF-8 as U+FFFD.
func validRunes(text string) string { return string([]rune(text)) }

// readPowerShell evaluates a text between single quotes, or a sum of such texts and [char]0xNNNN between parentheses.
func readPowerShell(expression string) (string, error) {
	for _, c := range []byte(expression) {
		if c < ' ' || c > '~' {
			return "", fmt.Errorf("has the byte %#x", c)
		}
	}
	var units []uint16
	rest, sum := strings.CutPrefix(expression, "(")
	for {
		switch {
		case strings.HasPrefix(rest, "'"):
			for rest = rest[1:]; ; rest = rest[1:] {
				if rest == "" {
					return "", fmt.Errorf("a text does not end")
				}
				if strings.HasPrefix(rest, "''") {
					rest = rest[1:]
				} else if rest[0] == '\'' {
					break
				}
				units = append(units, uint16(rest[0]))
			}
			rest = rest[1:]
		case strings.HasPrefix(rest, "[char]0x") && len(rest) >= 12:
			n, err := strconv.ParseUint(rest[8:12], 16, 16)
			if err != nil {
				return "", err
			}
			units, rest = append(units, uint16(n)), rest[12:]
		default:
			return "", fmt.Errorf("%q is neither a text nor a character", rest)
		}
		if more, ok := strings.CutPrefix(rest, " + "); ok && sum {
			rest = more
			continue
		}
		if sum && rest == ")" || !sum && rest == "" {
			return string(utf16.Decode(units)), nil
		}
		return "", fmt.Errorf("%q follows", rest)
	}
}
