package ui

import (
	"encoding/json"
	"strconv"
	"strings"

	"workbench"
)

// The most characters of one text that a page shows, and the most bytes that it carries for copying. A command line of Windows has at most
// 32,767 characters; what is longer was written to choke whoever reads it, and stands in the raw document.
const (
	maxShown = 4_000 // anywhere
	maxWhole = 32_768
	maxCopy  = 64 << 10
)

// copyable reports whether a text is there and short enough to be carried for copying.
func copyable(u workbench.Untrusted) bool { return !u.IsZero() && len(u.Raw()) <= maxCopy }

// token is one piece of outside text for showing: plain text, or a hidden character written out, with how often it stands in a row.
type token struct {
	Text   string
	Hidden bool
	Title  string
	Break  bool // a line feed: a break follows it where white space counts
}

// tokens splits outside text for showing. Runs of one hidden character are one token, so that ten thousand of them stay readable.
func tokens(u workbench.Untrusted) []token {
	segments := u.Segments()
	out := make([]token, 0, len(segments))
	for i := 0; i < len(segments); {
		s := segments[i]
		if !s.Hidden {
			out = append(out, token{Text: s.Text})
			i++
			continue
		}
		n := 1
		for i+n < len(segments) && segments[i+n].Hidden && segments[i+n].Text == s.Text {
			n++
		}
		t := token{Text: s.Text, Hidden: true, Title: s.Text + " " + s.Means, Break: s.Text == "U+000A"}
		if n > 1 {
			t.Text += " ×" + strconv.Itoa(n)
			t.Title += ", " + strconv.Itoa(n) + " in a row"
		}
		out = append(out, t)
		i += n
	}
	return out
}

// paragraphs groups the lines of a text into paragraphs at empty lines.
func paragraphs(u workbench.Untrusted) [][]workbench.Untrusted {
	var out [][]workbench.Untrusted
	var open []workbench.Untrusted
	for _, line := range u.Lines() {
		if blank(line) {
			if open != nil {
				out, open = append(out, open), nil
			}
			continue
		}
		open = append(open, line)
	}
	if open != nil {
		out = append(out, open)
	}
	return out
}

func blank(line workbench.Untrusted) bool {
	for _, s := range line.Segments() {
		if s.Hidden || strings.TrimSpace(s.Text) != "" {
			return false
		}
	}
	return true
}

// copyAttributes carries the exact text to the script. A browser turns carriage returns in markup into line feeds, so a text with one
// travels as a JSON string instead.
func copyAttributes(u workbench.Untrusted) (plain, quoted string) {
	raw := u.Raw()
	if !strings.Contains(raw, "\r") {
		return raw, ""
	}
	b, err := json.Marshal(raw)
	if err != nil { // a string always encodes
		return raw, ""
	}
	return "", string(b)
}
