package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
)

// malformed are alerts as no documentation has them, each with an id of its own where it has one at all: every member as every other kind of
// value, missing, twice and in odd spellings, and values that are too long, too deep or no text.
func malformed() []string {
	members := []string{"id", "incidentId", "tenantId", "status", "severity", "title", "description", "createdDateTime", "lastUpdateDateTime", "evidence", "comments", "mitreTechniques", "category", "classification",
		"determination", "firstActivityDateTime", "lastActivityDateTime", "resolvedDateTime", "assignedTo", "alertWebUrl", "threatFamilyName", "detectionSource"}
	values := []string{"null", "true", "7", "-1e400", `""`, `"\u0000\u202e\ud800"`, `[]`, `[null,[],{},1]`, `{}`, `{"@odata.type":"#x","id":{}}`, "\"" + strings.Repeat("x", 3_000) + "\"", `"0001-01-01T00:00:00Z"`, strings.Repeat("[", 80) + strings.Repeat("]", 80)}
	var all []string
	record := func(skip, with string) {
		text := fmt.Sprintf(`{"serviceSource":%q`, endpoint)
		for _, m := range [][2]string{{"id", fmt.Sprintf(`"m%d"`, len(all))}, {"incidentId", "null"}, {"lastUpdateDateTime", fmt.Sprintf("%q", stamp(time.Now()))}, {"evidence", "[]"}} {
			if m[0] != skip {
				text += fmt.Sprintf(",%q:%s", m[0], m[1])
			}
		}
		all = append(all, text+with+"}")
	}
	for _, m := range members {
		record(m, "")
		for _, v := range values {
			record(m, fmt.Sprintf(",%q:%s", m, v))
		}
		record("", fmt.Sprintf(`,%q:"a",%q:"b"`, m, strings.ToUpper(m)))
	}
	for _, evidence := range []string{"processEvidence", "fileEvidence", "deviceEvidence", "userEvidence", "analyzedMessageEvidence", "novelEvidence"} {
		for _, v := range values[:10] {
			record("evidence", fmt.Sprintf(`,"evidence":[{"@odata.type":"#microsoft.graph.security.%s","userAccount":%s,"imageFile":%s,"processId":%s,"roles":%s,"createdDateTime":%s},%s]`, evidence, v, v, v, v, v, v))
		}
	}
	return append(all, `1`, `"x"`, `null`, `true`, `[]`, `{}`, `[{}]`)
}

// None of them is lost: it is kept, or quarantined with its bytes. No neighbour is, and the tenant goes on.
func TestMalformedRecordsAreKeptOrQuarantined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		texts := malformed()
		if len(texts) < 300 {
			t.Fatalf("only %d kinds", len(texts))
		}
		for i, text := range texts {
			if !json.Valid([]byte(text)) {
				t.Fatalf("%.100s makes the whole page no JSON", text)
			}
			s.world.raw(fmt.Sprint("p", i), "", text, ago(time.Duration(i)*4*time.Minute))
		}
		for i := range 100 {
			s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*13*time.Minute))
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*13*time.Minute))
		}
		s.poll(12 * time.Minute)
		var bytesOf [][]byte
		list, err := s.store.QuarantinedRecords(t.Context(), workbench.EveryTenant())
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range list {
			full, err := s.store.QuarantinedRecord(t.Context(), workbench.EveryTenant(), q.ID)
			if err != nil {
				t.Fatal(err)
			}
			if q.Source != string(parentID) || q.Tenant != aTenant || q.Reason == "" || !full.Whole() {
				t.Errorf("got %+v", q)
			}
			bytesOf = append(bytesOf, full.First)
		}
		kept := s.documents()
		lost := 0
		for _, text := range texts {
			_, have := kept[text]
			for _, b := range bytesOf {
				have = have || bytes.Equal(bytes.TrimSpace(b), []byte(text))
			}
			if !have {
				if lost++; lost < 5 {
					t.Errorf("neither kept nor quarantined: %.300s", text)
				}
			}
		}
		if lost > 0 || len(list) < 20 {
			t.Errorf("%d of %d are lost, %d quarantined", lost, len(texts), len(list))
		}
		for i := range texts {
			s.world.forget(fmt.Sprint("p", i))
		}
		for i := range 100 {
			if _, have := kept[s.world.alerts[fmt.Sprint("a", i)].json]; !have {
				t.Errorf("neighbour a%d is lost", i)
			}
		}
		if p := s.conns.last(); p.fault != nil || len(p.prog[0].Gaps(workbench.At(time.Now()), 2*time.Minute)) > 0 {
			t.Errorf("in the end: got fault %v, covered %v", p.fault, p.prog[0].Covered)
		}
		s.sameElsewhere()
	})
}
