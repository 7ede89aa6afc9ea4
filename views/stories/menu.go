package stories

import (
	"strings"

	"workbench"
)

// Menu is what can be done with a value.
type Menu struct {
	Label       string // says to a screen reader what the menu is about
	For, ForURL string
	OutURL      string // "" where the value cannot be filtered out
	Copy        workbench.Untrusted
	Defang      bool
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// filter is the menu of a value that the list can be filtered by. A value that an address cannot say as itself has none: one that begins
// like the sign for "not", or is longer than a filter may be.
func filter(a address, c column, value string, read workbench.Untrusted) *Menu {
	if value == "" || strings.HasPrefix(value, "!") || len(value) > maxValue {
		return nil
	}
	return &Menu{Label: "Filter by " + c.head + " " + short(read), For: "Filter for it", ForURL: a.filtering(c.key, value, false).url(), OutURL: a.filtering(c.key, value, true).url()}
}

// maxValue is the longest value, in bytes, that the list can be filtered by.
const maxValue = 512

// search is the menu of a value that only the text search finds.
func search(a address, c column, value workbench.Untrusted, defang bool) *Menu {
	if phrases(value) == "" {
		return nil
	}
	m := &Menu{Label: "Filter or copy " + c.head + " " + short(value), For: "Filter for this text", ForURL: a.containing(value).url()}
	if len(value.Raw()) <= maxCopied {
		m.Copy, m.Defang = value, defang && value.Defanged() != value
	}
	return m
}

// short is text for a label that is only heard.
func short(u workbench.Untrusted) string {
	text := []rune(u.String())
	if len(text) > 24 {
		return string(text[:24]) + "…"
	}
	return string(text)
}
