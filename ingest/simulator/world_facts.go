package simulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"workbench"
)

// facts are what lists are filtered and ordered by. Texts are empty where the document has null.
type facts struct {
	id                                        string
	created, updated                          time.Time
	status, severity                          string
	classification, determination, assignedTo string
	source                                    string // serviceSource, of alerts
}

// place is a row of a list: its facts, and where its document comes from.
type place struct {
	facts
	incident *incident // kept; of an alert, the incident that it belongs to, if any
	alert    *alert    // kept
	series   int       // of the incident in the series, where nothing is kept
	child    int       // of the alert in it
}

// factsOf reads the facts of a document.
func factsOf(d document) (facts, error) {
	list, err := d.members()
	if err != nil {
		return facts{}, err
	}
	var f facts
	texts := map[string]*string{"id": &f.id, "status": &f.status, "severity": &f.severity, "classification": &f.classification,
		"determination": &f.determination, "assignedTo": &f.assignedTo, "serviceSource": &f.source}
	times := map[string]*time.Time{"createdDateTime": &f.created, "lastUpdateDateTime": &f.updated}
	for _, m := range list {
		if text := texts[m.name]; text != nil {
			*text = unquoted(d[m.from:m.to])
		}
		if when := times[m.name]; when != nil {
			t, _ := workbench.ParseTime(unquoted(d[m.from:m.to]))
			*when = t.Time
		}
	}
	if f.id == "" {
		return facts{}, fmt.Errorf("document has no id: %w", workbench.ErrNotFound)
	}
	return f, nil
}

// text is a field of the facts that is no time.
func (f *facts) text(field string) string {
	switch field {
	case "status":
		return f.status
	case "severity":
		return f.severity
	case "classification":
		return f.classification
	case "determination":
		return f.determination
	case "assignedTo":
		return f.assignedTo
	case "serviceSource":
		return f.source
	}
	return f.id
}

// when is a field of the facts that is a time.
func (f *facts) when(field string) time.Time {
	if field == "createdDateTime" {
		return f.created
	}
	return f.updated
}

// isTime reports whether a field is a time.
func isTime(field string) bool { return strings.HasSuffix(field, "DateTime") }

// elements are the elements of a JSON list; null and nothing have none.
func elements(raw []byte) ([]json.RawMessage, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("reading a list: %w", err)
	}
	return list, nil
}
