package naive

import (
	"strconv"
	"strings"

	"workbench"
	"workbench/store"
)

// row is one story, prepared for being found.
type row struct {
	number store.Change
	ref    store.Ref
	first  store.Change  // when it came; 0 = it was there at the start
	story  workbench.Row // without the tenant's name
	text   string        // folded; fields are parted by NUL, which no word contains
	values [][]value     // by the order of store.FilterFields
}

// value is what a filter compares with, and what people read.
type value struct {
	word  string // folded
	other string // a second word that filters may use; "" = none
	count string // as facets report it
	label workbench.Untrusted
}

func newRow(e store.Entry) *row {
	r := &row{number: e.Number, ref: e.Ref, story: workbench.NewRow(e.Head, e.State, workbench.Untrusted{}), values: make([][]value, len(store.FilterFields))}
	for i, f := range store.FilterFields {
		r.values[i] = valuesOf(f, r.story, e.Head)
	}
	s := r.story
	parts := []string{s.Indication.Raw(), s.Source.Raw(), s.SourceIP.Raw(), s.Producer.Raw(), s.IncidentID.Raw(), s.Owner.Raw()}
	for _, list := range [][]workbench.Untrusted{s.Labels, s.MitreTechniques, e.Head.Names} {
		for _, u := range list {
			parts = append(parts, u.Raw())
		}
	}
	r.text = fold(strings.Join(parts, "\x00"))
	return r
}

// fold makes words compare without case.
func fold(s string) string { return strings.ToLower(s) }

func word(v, label string) []value {
	return []value{{word: fold(v), count: v, label: workbench.Text(label)}}
}

// texts are values as they came; those that differ only in case are one value.
func texts(list ...workbench.Untrusted) []value {
	var out []value
	seen := map[string]bool{}
	for _, u := range list {
		if w := fold(u.Raw()); w != "" && !seen[w] {
			seen[w] = true
			out = append(out, value{word: w, count: w, label: u})
		}
	}
	return out
}

// shortened is a single text of which only so much counts as a filter can ask for.
func shortened(v workbench.Untrusted) []value {
	if v.IsZero() {
		return word(store.None, "None")
	}
	w := shorten(fold(v.Raw()))
	return []value{{word: w, count: w, label: v}}
}

func shorten(s string) string {
	if len(s) > store.MaxValueLength {
		s = strings.ToValidUTF8(s[:store.MaxValueLength], "")
	}
	return s
}

// orNone is a single text, or the value that stands for its absence.
func orNone(v workbench.Untrusted, label string) []value {
	if v.IsZero() {
		return word(store.None, label)
	}
	return texts(v)
}

func valuesOf(f store.Field, s workbench.Row, h workbench.Head) []value {
	switch f {
	case store.ProducerType:
		return word(string(s.ProducerType), s.ProducerType.Label())
	case store.Producer:
		return []value{{word: fold(h.Product), other: fold(s.Producer.Raw()), count: h.Product, label: s.Producer}}
	case store.Status:
		return word(string(s.Status), s.Status.Label())
	case store.Criticality:
		n := strconv.Itoa(s.Criticality)
		return word(n, n)
	case store.Severity:
		return texts(s.Severity)
	case store.Verdict:
		if s.Verdict == "" {
			return word(store.None, "No verdict")
		}
		return word(string(s.Verdict), s.Verdict.Label())
	case store.AnalystSeverity:
		if s.AnalystSeverity == "" {
			return word(store.None, "No severity")
		}
		return word(string(s.AnalystSeverity), s.AnalystSeverity.Label())
	case store.Tenant:
		return word(string(s.Tenant.ID), string(s.Tenant.ID))
	case store.Owner:
		return orNone(s.Owner, "Nobody")
	case store.Label:
		return texts(s.Labels...)
	case store.Mitre:
		return texts(s.MitreTechniques...)
	case store.Moved:
		if len(s.MovedTo) > 0 {
			return word("true", "Moved")
		}
		return word("false", "Not moved")
	case store.Source:
		return shortened(s.Source)
	case store.SourceIP:
		return shortened(s.SourceIP)
	case store.Indication:
		return shortened(s.Indication)
	case store.Incident:
		if s.IncidentID.IsZero() {
			return word(store.None, "None")
		}
		both := shorten(fold(string(s.Tenant.ID) + "/" + s.IncidentID.Raw()))
		return []value{{word: shorten(fold(s.IncidentID.Raw())), other: both, count: both, label: s.IncidentID}}
	}
	return nil
}
