package index

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"workbench"
	"workbench/store"
)

// The faceted fields, by their place in store.FacetFields.
const (
	producerType = iota
	producer
	status
	criticality
	severity
	verdict
	analystSeverity
	tenant
	owner
	label
	technique
	moved
	fields
)

// small are the fields of few values: a story has one value of each, and the values that it has of all of them are its cell.
var small = [...]int{producerType, producer, status, criticality, severity, verdict, analystSeverity, moved}

// large are the fields of more values; a story can have several labels and techniques, or none.
var large = [...]int{tenant, owner, label, technique}

// value is one value of a faceted field, as it is spelled.
type value struct {
	word    string // folded
	other   string // a second word that filters may use; "" = none
	count   string // as facets report it
	label   workbench.Untrusted
	group   uint32 // code of the first value that facets report alike
	counted bool
	number  int64 // of criticality
}

func (v *value) among(words map[string]bool) bool {
	return words[v.word] || v.other != "" && words[v.other]
}

// spelled tells values of one field apart.
type spelled struct{ count, label string }

// values gives codes to the values of one field, from 0 on. It only grows; its list up to any length never changes.
type values struct {
	codes  map[spelled]uint32
	groups map[string]uint32
	list   []value
	made   []spelled // what they were made of

	// What was asked for last, by places that quick gives: 1 + codes. Most stories say what others said.
	recent, recentAsIs [512]uint32
}

func newValues() *values { return &values{codes: map[spelled]uint32{}, groups: map[string]uint32{}} }

// quick is a number below 512 that tells most texts apart.
func quick(s string) int {
	h := uint32(len(s))
	for i := max(0, len(s)-8); i < len(s); i++ {
		h = h*31 + uint32(s[i])
	}
	if len(s) > 8 {
		h += uint32(s[0])*17 + uint32(s[len(s)/2])*13
	}
	return int((h ^ h>>9) & 511)
}

// code returns the code of a value, after making it where it is new.
func (v *values) code(field int, s spelled) uint32 {
	at := &v.recent[quick(s.count)]
	if *at == 0 || v.made[*at-1] != s {
		*at = 1 + v.coded(field, s)
	}
	return *at - 1
}

// codeAsIs is code of a value whose spellings are one value whatever their case.
func (v *values) codeAsIs(field int, text string) uint32 {
	at := &v.recentAsIs[quick(text)]
	if *at == 0 || v.made[*at-1].label != text {
		*at = 1 + v.coded(field, asIs(text))
	}
	return *at - 1
}

func (v *values) coded(field int, s spelled) uint32 {
	if code, ok := v.codes[s]; ok {
		return code
	}
	s = spelled{strings.Clone(s.count), strings.Clone(s.label)} // not parts of something large
	made := newValue(field, s)
	code := uint32(len(v.list))
	group, ok := v.groups[made.count]
	if !ok {
		group = code
		v.groups[made.count] = code
	}
	made.group = group
	v.codes[s] = code
	v.list, v.made = append(v.list, made), append(v.made, s)
	return code
}

// newValue makes a value of what a story says. The labels are those that people read.
func newValue(field int, s spelled) value {
	v := value{word: fold(s.count), count: s.count, label: workbench.Text(s.label)}
	switch field {
	case status:
		v.label = workbench.Text(workbench.Status(s.count).Label())
	case verdict:
		if s.label == "" {
			v.label = workbench.Text(workbench.Verdict(s.count).Label())
		}
	case analystSeverity:
		if s.label == "" {
			v.label = workbench.Text(workbench.AnalystSeverity(s.count).Label())
		}
	case criticality:
		v.number, _ = strconv.ParseInt(s.count, 10, 64)
	case producer:
		v.other = fold(s.label)
	case severity, label, technique:
		v.counted = s.label != ""
	}
	if field != severity && field != label && field != technique {
		v.counted = true
	}
	v.counted = v.counted && len(v.count) <= store.MaxValueLength
	return v
}

// nothing is the value of a story that has none, in a field that has a word for it.
func nothing(label string) spelled { return spelled{store.None, label} }

// asIs is a value whose spellings are one value whatever their case.
func asIs(text string) spelled { return spelled{fold(text), text} }

// fold makes texts compare without case.
func fold(s string) string { return strings.ToLower(s) }

// cut keeps at most n bytes of a valid text, whole characters only.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shorten keeps so much of a text as a filter can ask for.
func shorten(s string) string { return cut(s, store.MaxValueLength) }

// smallValues are the values of a story in the order of small, but for its severity, which is as it is. Labels that follow from the value are
// left to newValue.
func smallValues(r *workbench.Row, product string) [len(small)]spelled {
	n := strconv.Itoa(r.Criticality)
	out := [len(small)]spelled{
		{string(r.ProducerType), r.ProducerType.Label()}, {product, r.Producer.Raw()}, {string(r.Status), ""}, {n, n}, {},
		nothing("No verdict"), nothing("No severity"), {"false", "Not moved"},
	}
	if r.Verdict != "" {
		out[5] = spelled{string(r.Verdict), ""}
	}
	if r.AnalystSeverity != "" {
		out[6] = spelled{string(r.AnalystSeverity), ""}
	}
	if len(r.MovedTo) > 0 {
		out[7] = spelled{"true", "Moved"}
	}
	return out
}
