package sample_test

import (
	"reflect"
	"testing"
	"time"

	"workbench/ingest/sample"
)

func TestLaterVersionsAreNewer(t *testing.T) {
	first, alerts := map[string]string{}, map[string]row{}
	key := func(r row) string { return r["tenantId"].(string) + "/" + r["id"].(string) }
	for _, in := range mustRows(t, sample.Page(now)) {
		first[key(in)] = in["lastUpdateDateTime"].(string)
		for _, a := range children(in, "alerts") {
			alerts[key(a)] = a
		}
	}
	redirected, moved := 0, 0
	for _, in := range mustRows(t, sample.Later(now)) {
		got, _ := time.Parse(time.RFC3339Nano, in["lastUpdateDateTime"].(string))
		before, _ := time.Parse(time.RFC3339Nano, first[key(in)])
		if before.IsZero() || !got.After(before) {
			t.Errorf("incident %s: updated %s, before %s", in["id"], got, before)
		}
		for _, a := range children(in, "alerts") {
			old := alerts[key(a)]
			if old != nil && old["incidentId"] != a["incidentId"] {
				moved++
			}
			if old != nil && !reflect.DeepEqual(old, a) && old["lastUpdateDateTime"] == a["lastUpdateDateTime"] {
				t.Errorf("alert %s changes without a new time", a["id"])
			}
		}
		if in["status"] == "redirected" && in["redirectIncidentId"] != nil && len(in["alerts"].([]any)) == 0 {
			redirected++
		}
	}
	if redirected != 1 || moved != 3 {
		t.Errorf("got %d redirected incidents and %d moved alerts, want 1 and 3", redirected, moved)
	}
}
