package stories

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"workbench"
	"workbench/views/link"
)

// Menu is what the one menu of the page needs to know of a value: static/js/values.js fills it from here, and puts what is chosen in it
// together with the present address. So a row says the same whatever the list is narrowed by.
type Menu struct {
	Filter   string // the value as a query: field=value
	Page     string // address of every story with the value
	Text     string // what copying gives, where it is not the value itself
	Defanged string // what copying defanged gives, where it is not the value with every . and @ in brackets
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
func outside(field string, value workbench.Untrusted) *Menu {
	if !sayable(value.Raw()) {
		return nil
	}
	m := newMenu(field, value.Raw())
	if defanged := value.Defanged(); (field == "source" || field == "sourceIp") && defanged != value && strings.ContainsAny(value.Raw(), "/?#:") {
		m.Defanged = defanged.Raw()
	}
	return m
}

// own is the menu of a value of ours, or of one that has an id of ours, under the label that people read.
func own(c column, value string, label workbench.Untrusted) *Menu {
	if value == "" {
		value = "none"
	}
	m := newMenu(c.key, value)
	if text := label.Raw(); text != value && !strings.ContainsRune(text, '\r') { // which markup can't carry
		m.Text = text
	}
	return m
}

func newMenu(field, value string) *Menu {
	query := url.Values{field: {value}}
	return &Menu{Filter: query.Encode(), Page: link.Stories(query)}
}

// attributes tell the script what it cannot see.
func (m *Menu) attributes() templ.OrderedAttributes {
	var out templ.OrderedAttributes
	if m != nil && m.Text != "" {
		out = append(out, templ.KeyValue[string, any]{Key: "data-text", Value: m.Text})
	}
	if m != nil && m.Defanged != "" {
		out = append(out, templ.KeyValue[string, any]{Key: "data-defanged", Value: m.Defanged})
	}
	return out
}

// stated is what the script is told of a value that its cell does not lead to. An indication it reads off the page, unless that shows something
// else: nil says so. "" says that the value has no menu.
func (c Cell) stated(value workbench.Untrusted) *string {
	filter := ""
	switch {
	case c.Menu != nil:
		filter = c.Menu.Filter
	case c.Kind == kindIncident:
		return nil
	}
	if c.Kind == kindIndication && c.Menu != nil && c.Text == value && value.String() == value.Raw() {
		return nil
	}
	return &filter
}

// short is text for a label that is only heard.
func short(u workbench.Untrusted) string {
	text := []rune(u.String())
	if len(text) > 24 {
		return string(text[:24]) + "…"
	}
	return string(text)
}
