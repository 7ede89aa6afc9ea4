package stories

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"workbench"
	"workbench/views/link"
)

// Menu is what the one menu of the page needs to know of a value: static/js/values.js fills it from here, and puts what is chosen in it
// together with the present address. So a row says the same whatever the list is narrowed by.
type Menu struct {
	Label    string // says to a screen reader what the menu is about
	Filter   string // the value as a query: field=value
	Page     string // address of every story with the value
	Text     string // what copying gives, where it is not the value itself
	Defanged string // what copying defanged gives; "" where that is not offered
	Groups   bool   // the list can be grouped by the field
}

// groupable are the fields that the list can be grouped by.
var groupable = []string{"source", "sourceIp", "indication", "status", "producer", "producerType", "tenant", "incident"}

// maxValue is the longest value, in bytes, that the list can be filtered by.
const maxValue = 512

var numberRange = regexp.MustCompile(`^\d{1,2}\.\.\d{1,2}$`)

// sayable reports whether an address can say a value as itself. What begins like the sign for "not", reads like the word for "not set" or
// like a range, or is longer than a filter may be, it can't.
func sayable(value string) bool {
	return value != "" && !strings.HasPrefix(value, "!") && len(value) <= maxValue && !strings.EqualFold(value, "none") && !numberRange.MatchString(value)
}

// outside is the menu of a value from outside; nil where there is none, or none that an address can say.
func outside(c column, field string, value workbench.Untrusted) *Menu {
	if !sayable(value.Raw()) {
		return nil
	}
	m := newMenu(c, field, value.Raw(), value)
	if defanged := value.Defanged(); (field == "source" || field == "sourceIp") && defanged != value {
		m.Defanged = defanged.Raw()
	}
	return m
}

// own is the menu of a value of ours, or of one that has an id of ours, under the label that people read.
func own(c column, value string, label workbench.Untrusted) *Menu {
	if value == "" {
		value = "none"
	}
	m := newMenu(c, c.key, value, label)
	if text := label.Raw(); text != value && !strings.ContainsRune(text, '\r') { // which markup can't carry
		m.Text = text
	}
	return m
}

func newMenu(c column, field, value string, read workbench.Untrusted) *Menu {
	query := url.Values{field: {value}}
	return &Menu{Label: "Menu of " + c.head + " " + short(read), Filter: query.Encode(), Page: link.Stories(query), Groups: slices.Contains(groupable, field)}
}

// short is text for a label that is only heard.
func short(u workbench.Untrusted) string {
	text := []rune(u.String())
	if len(text) > 24 {
		return string(text[:24]) + "…"
	}
	return string(text)
}
