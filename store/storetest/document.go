package storetest

import (
	"encoding/json"
	"fmt"
	"time"

	"workbench"
	"workbench/store"
)

// The tenants that the suite uses.
const (
	TenantA workbench.TenantID = "0a000000-0000-4000-8000-00000000000a"
	TenantB workbench.TenantID = "0b000000-0000-4000-8000-00000000000b"
)

// Minute is a moment of the suite's day.
func Minute(n int) workbench.Time {
	return workbench.At(time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute))
}

// Incident makes an incident as it was at a minute.
func Incident(tenant workbench.TenantID, id string, minute int, title string) workbench.Document {
	return workbench.Document{Tenant: tenant, Kind: workbench.IncidentDocument, Form: workbench.GraphForm, Object: id,
		Updated: Minute(minute).Format(time.RFC3339Nano), JSON: body(id, "", minute, title)}
}

// Alert makes an alert as it was at a minute. An incident that is named is the alert's own word.
func Alert(tenant workbench.TenantID, product, id, incident string, minute int, title string) workbench.Document {
	return workbench.Document{Tenant: tenant, Kind: workbench.AlertDocument, Form: workbench.GraphForm, Object: id, Incident: incident, Own: incident != "",
		Product: product, Updated: Minute(minute).Format(time.RFC3339Nano), JSON: body(id, incident, minute, title)}
}

func body(id, incident string, minute int, title string) []byte {
	quote := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			return `""`
		}
		return string(b)
	}
	return fmt.Appendf(nil, "{ \"id\": %s, \"incidentId\": %s,\n \"minute\": %d, \"title\": %s }", quote(id), quote(incident), minute, quote(title))
}

// BatchOf makes a batch that was received at minute 500.
func BatchOf(documents ...workbench.Document) store.Batch {
	return store.Batch{Documents: documents, Source: "import", At: Minute(500), By: workbench.Administrator}
}

// ActionOn makes an action at a minute that sets fields, given as field, value, field, value.
func ActionOn(story workbench.StoryID, id string, minute int, comment string, pairs ...string) workbench.Action {
	a := workbench.Action{ID: id, Story: story, At: Minute(minute), By: workbench.Administrator, ByName: workbench.Text("administrator"),
		Comment: workbench.Text(comment), Expect: -1}
	for i := 0; i+1 < len(pairs); i += 2 {
		a.Changes = append(a.Changes, workbench.FieldChange{Field: workbench.ActionField(pairs[i]), After: workbench.Text(pairs[i+1])})
	}
	return a
}
