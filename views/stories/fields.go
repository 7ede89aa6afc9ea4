package stories

import (
	"slices"
	"strconv"
	"strings"

	"workbench"
	"workbench/views/ui"
)

// fieldNames are the fields that the list can be filtered by, as people read them.
var fieldNames = map[string]string{
	"producerType": "Producer type", "producer": "Producer", "status": "Status", "criticality": "Criticality", "severity": "Severity (Microsoft)",
	"verdict": "Verdict", "analystSeverity": "Severity (analyst)", "tenant": "Tenant", "owner": "Owner", "label": "Label", "mitre": "Technique", "moved": "Moved",
	"source": "Source", "sourceIp": "Source IP", "indication": "Indication", "incident": "Incident ID",
}

// fieldOrder is the order in which chips, facets and the filter form have the fields.
var fieldOrder = []string{"criticality", "producerType", "producer", "status", "verdict", "severity", "analystSeverity", "tenant", "owner", "label", "mitre", "moved",
	"source", "sourceIp", "indication", "incident"}

// uncounted are the fields that have too many values for a facet.
var uncounted = []string{"source", "sourceIp", "indication", "incident"}

// labeller knows how the values of fields are read, from the facets.
type labeller map[string]map[string]workbench.Untrusted

func newLabeller(facets []Facet) labeller {
	l := labeller{}
	for _, f := range facets {
		l[f.Field] = map[string]workbench.Untrusted{}
		for _, v := range f.Values {
			l[f.Field][strings.ToLower(v.Value)] = v.Label
		}
	}
	return l
}

// one is how a value is read: by our own name for it, else by the facet's, else as it is.
func (l labeller) one(field, value string) workbench.Untrusted {
	if name := ownLabel(field, value); name != "" {
		return workbench.Text(name)
	}
	raw := workbench.Text(value)
	if label := l[field][strings.ToLower(value)]; !label.IsZero() {
		raw = label
	}
	switch field {
	case "severity":
		return ui.WordLabel(raw)
	case "incident":
		if tenant, id, ok := strings.Cut(value, "/"); ok {
			return workbench.Text(id + " of " + l.one("tenant", tenant).Raw())
		}
	}
	return raw
}

// all reads several values, numbers that follow each other as one span.
func (l labeller) all(field string, values []string) []workbench.Untrusted {
	var out []workbench.Untrusted
	if field == "criticality" {
		var rest []string
		numbers := map[int]bool{}
		for _, v := range values {
			if from, to, ok := span(strings.TrimPrefix(v, "!")); ok {
				for n := from; n <= to; n++ {
					numbers[n] = true
				}
				continue
			}
			rest = append(rest, v)
		}
		out, values = spans(numbers), rest
	}
	for _, v := range values {
		out = append(out, l.one(field, strings.TrimPrefix(v, "!")))
	}
	return out
}

// span reads "7" or "7..10", within 1 and 10.
func span(value string) (from, to int, ok bool) {
	first, second, two := strings.Cut(value, "..")
	if !two {
		second = first
	}
	from, err1 := strconv.Atoi(first)
	to, err2 := strconv.Atoi(second)
	if err1 != nil || err2 != nil || from > to || from > 10 || to < 1 {
		return 0, 0, false
	}
	return max(from, 1), min(to, 10), true
}

func spans(numbers map[int]bool) []workbench.Untrusted {
	var out []workbench.Untrusted
	for n := 1; n <= 10; n++ {
		if !numbers[n] || numbers[n-1] {
			continue
		}
		last := n
		for numbers[last+1] {
			last++
		}
		text := strconv.Itoa(n)
		if last > n {
			text += " to " + strconv.Itoa(last)
		}
		out = append(out, workbench.Text(text))
	}
	return out
}

// ownLabel is our name for a value of an enum of ours; "" where the value is not ours.
func ownLabel(field, value string) string {
	fold := func(want string) bool { return strings.EqualFold(value, want) }
	switch field {
	case "status":
		if i := slices.IndexFunc(workbench.Statuses, func(s workbench.Status) bool { return fold(string(s)) }); i >= 0 {
			return workbench.Statuses[i].Label()
		}
	case "verdict":
		if i := slices.IndexFunc(workbench.Verdicts, func(v workbench.Verdict) bool { return fold(string(v)) }); i >= 0 {
			return workbench.Verdicts[i].Label()
		}
	case "analystSeverity":
		if i := slices.IndexFunc(workbench.AnalystSeverities, func(s workbench.AnalystSeverity) bool { return fold(string(s)) }); i >= 0 {
			return workbench.AnalystSeverities[i].Label()
		}
	case "producerType":
		for _, p := range []workbench.ProducerType{workbench.MicrosoftEndpointAlert, workbench.GenericIncident} {
			if fold(string(p)) {
				return p.Label()
			}
		}
	case "moved":
		return map[string]string{"true": "Moved elsewhere", "false": "Still here"}[strings.ToLower(value)]
	}
	if !fold("none") {
		return ""
	}
	return map[string]string{"verdict": "Not set", "analystSeverity": "Not set", "owner": "Nobody", "label": "None", "mitre": "None", "severity": "None",
		"source": "None", "sourceIp": "None", "indication": "None", "incident": "None"}[field]
}
