package msal_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"workbench/ingest/simulator"
)

// filled are the ids that a tenant was given.
type filled struct{ incidents, alerts []string }

// fill gives a tenant five incidents, each with an alert.
func fill(t *testing.T, tenant *simulator.Tenant) filled {
	t.Helper()
	var all filled
	for i := range 5 {
		incident, alert := fmt.Sprint(100+i), fmt.Sprintf("da%d_1", i)
		at := time.Now().Add(time.Duration(i-10) * time.Minute).UTC().Format(time.RFC3339Nano)
		body, err := json.Marshal(map[string]any{"id": incident, "status": "active", "severity": "high", "createdDateTime": at, "lastUpdateDateTime": at, "alerts": []any{
			map[string]any{"id": alert, "incidentId": incident, "status": "new", "severity": "high", "serviceSource": "microsoftDefenderForEndpoint", "createdDateTime": at, "lastUpdateDateTime": at,
				"evidence": []any{}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := tenant.World().Put(body); err != nil {
			t.Fatal(err)
		}
		all.incidents, all.alerts = append(all.incidents, incident), append(all.alerts, alert)
	}
	return all
}
