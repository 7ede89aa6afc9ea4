package defender_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"workbench"
)

// TestOrderOfArrival holds that documents with distinct times give the same bytes in whatever order they come.
func TestOrderOfArrival(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var docs []string
		n := rapid.IntRange(1, 12).Draw(rt, "documents")
		for i := range n {
			updated := time.Date(2026, 5, 4, 9, 0, 0, i*100, time.UTC).Format(time.RFC3339Nano)
			incident := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "incident")
			status := rapid.SampledFrom([]string{"new", "resolved", "odd"}).Draw(rt, "status")
			if rapid.IntRange(0, 3).Draw(rt, "kind") == 0 {
				docs = append(docs, incidentJSON(incident, updated, fmt.Sprintf(`,"assignedTo":%q,"comments":[{"comment":"c%d","createdDateTime":%q}]`, status, i, updated)))
				continue
			}
			evidence := fmt.Sprintf(`,"assignedTo":%q,"evidence":[{"@odata.type":"#microsoft.graph.security.deviceEvidence","deviceDnsName":"h%d"},`+
				`{"@odata.type":"#microsoft.graph.security.processEvidence","createdDateTime":%q,"processId":%d,"processCreationDateTime":"2026-05-04T08:00:00Z","verdict":"malicious","remediationStatus":%q},`+
				`{"@odata.type":"#microsoft.graph.security.userEvidence","userAccount":{"accountName":"u","domainName":"D","userSid":"S-%d"}}]`,
				status, i%2, updated, i%3, rapid.SampledFrom([]string{"active", "blocked"}).Draw(rt, "remediation"), i%2)
			docs = append(docs, alertJSON(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "alert"), incident, rapid.SampledFrom([]string{endpoint, endpoint, office}).Draw(rt, "source"), updated, evidence))
		}
		order := rapid.Permutation(docs).Draw(rt, "order")
		first, second := stories(t, docs), stories(t, order)
		if !bytes.Equal(first, second) {
			rt.Fatalf("another order gives other stories:\n%s\n%s", first, second)
		}
	})
}

// stories is every story of the documents, as JSON in the order of ids.
func stories(t testing.TB, docs []string) []byte {
	w := &world{}
	for _, d := range docs {
		w.add(t, d)
	}
	b, err := json.Marshal(w.derive()) // maps are written in the order of their keys
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzDerive holds that no document makes the deriver panic, lose a document, or say two things of one group.
func FuzzDerive(f *testing.F) {
	for _, name := range []string{"intrusion.json", "mail.json", "endpoint_alert.json"} {
		var incident struct{ Alerts []json.RawMessage }
		text := kept(f, name)
		if err := json.Unmarshal([]byte(text), &incident); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(text), []byte(`{}`))
		for _, a := range incident.Alerts {
			f.Add([]byte(`{"status":"redirected","redirectIncidentId":"9"}`), []byte(a))
		}
	}
	f.Add([]byte(`[]`), []byte(`{"evidence":{"@odata.type":"#x.processEvidence","processId":"1e3"},"entities":[[[]]],"devices":7,"comments":"x"}`))
	f.Add([]byte(`{"comments":[{"comment":"\ud800"}]}`), []byte(`{"evidence":[{"@odata.type":"\u00c4Evidence"},{"entityType":"MALWARE","files":[1,{}]}]}`))
	f.Fuzz(func(t *testing.T, incident, alert []byte) {
		docs := []workbench.Observed{
			{Document: workbench.Document{Tenant: "t", Kind: workbench.IncidentDocument, Form: workbench.GraphForm, Object: "1", JSON: incident}},
			{Document: workbench.Document{Tenant: "t", Kind: workbench.AlertDocument, Form: workbench.GraphForm, Object: "a", Incident: "1", Product: "endpoint", JSON: alert}},
			{Document: workbench.Document{Tenant: "t", Kind: workbench.AlertDocument, Form: workbench.EndpointForm, Object: "a", Incident: "1", Product: "endpoint", JSON: incident}},
			{Document: workbench.Document{Tenant: "t", Kind: workbench.AlertDocument, Form: workbench.GraphForm, Object: "b", Incident: "1", Product: "endpoint", JSON: alert}},
		}
		for i := range docs {
			docs[i].Hash, docs[i].Observation, docs[i].ReceivedAt = workbench.HashJSON(docs[i].JSON), uint64(i+1), received
		}
		g := workbench.Group{GroupKey: workbench.GroupKey{Tenant: "t", Incident: "1"}, Documents: docs}
		first, err := json.Marshal(deriver.Derive(g))
		if err != nil {
			t.Fatal(err)
		}
		second, err := json.Marshal(deriver.Derive(g))
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("the same group gives two results: %v", err)
		}
		made := deriver.Derive(g)
		if len(made) != 1 || made[0].AlertCount != 2 || len(made[0].Raw) < 1 {
			t.Fatalf("got %d stories, want one with both alerts", len(made))
		}
		ids := map[string]bool{}
		for _, id := range evidenceIDs(made[0].Evidence) {
			if ids[id] {
				t.Fatalf("evidence %s stands twice", id)
			}
			ids[id] = true
		}
		for _, a := range made[0].Alerts {
			for _, id := range a.EvidenceIDs {
				if !ids[id] {
					t.Fatalf("alert %s names evidence %s, which is not there", a.ID, id)
				}
			}
		}
	})
}

func evidenceIDs(e workbench.Evidence) []string {
	var ids []string
	for _, x := range e.Processes {
		ids = append(ids, x.ID)
	}
	for _, x := range e.Files {
		ids = append(ids, x.ID)
	}
	for _, x := range e.Registry {
		ids = append(ids, x.ID)
	}
	for _, x := range e.Network {
		ids = append(ids, x.ID)
	}
	for _, x := range e.Messages {
		ids = append(ids, x.ID)
	}
	for _, x := range e.Mailboxes {
		ids = append(ids, x.ID)
	}
	for _, x := range e.MailClusters {
		ids = append(ids, x.ID)
	}
	for _, x := range e.MailboxRules {
		ids = append(ids, x.ID)
	}
	for _, x := range e.Other {
		ids = append(ids, x.ID)
	}
	return ids
}

// large is an incident of n alerts that all tell of the same few things, which is when merging costs most.
func large(n int) workbench.Group {
	g := workbench.Group{GroupKey: workbench.GroupKey{Tenant: tenant, Incident: "1"}}
	for i := range n {
		var evidence []string
		for k := range 10 {
			evidence = append(evidence, fmt.Sprintf(`{"@odata.type":"#microsoft.graph.security.processEvidence","createdDateTime":"2026-05-04T08:00:%02dZ","processId":%d,"processCreationDateTime":"2026-05-04T07:00:00Z","verdict":"suspicious","remediationStatus":"active","mdeDeviceId":"d","imageFile":{"fileName":"p.exe","note":"n%d"}}`, i%60, k, i))
		}
		raw := []byte(alertJSON(fmt.Sprint("a", i), "1", endpoint, "2026-05-04T09:00:00Z", `,"evidence":[`+strings.Join(evidence, ",")+`]`))
		g.Documents = append(g.Documents, workbench.Observed{Hash: workbench.HashJSON(raw), Observation: uint64(i + 1), ReceivedAt: received, Document: workbench.Document{
			Tenant: tenant, Kind: workbench.AlertDocument, Form: workbench.GraphForm, Object: fmt.Sprint("a", i), Incident: "1", Own: true, Product: "endpoint", Updated: "2026-05-04T09:00:00Z", JSON: raw}})
	}
	return g
}

// BenchmarkDeriveRatio prints how many times as long an incident of 500 alerts takes as one of 25; 20 is linear. Rounds of both sizes take
// turns, each deriving as many alerts, and their medians are compared.
func BenchmarkDeriveRatio(b *testing.B) {
	const rounds = 15
	few, many := large(25), large(500)
	timed := func(g workbench.Group, times int) time.Duration {
		start := time.Now()
		for range times {
			deriver.Derive(g)
		}
		return time.Since(start)
	}
	var ofFew, ofMany []time.Duration
	for b.Loop() {
		for range rounds {
			ofFew, ofMany = append(ofFew, timed(few, 20)), append(ofMany, timed(many, 1))
		}
	}
	slices.Sort(ofFew)
	slices.Sort(ofMany)
	b.ReportMetric(20*float64(ofMany[len(ofMany)/2])/float64(ofFew[len(ofFew)/2]), "times-as-long")
}
