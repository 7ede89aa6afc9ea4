package naive_test

import (
	"context"
	"fmt"
	"testing"

	"workbench"
	"workbench/store"
	"workbench/store/naive"
	"workbench/store/storetest"
)

var ctx = context.Background()

func TestLists(t *testing.T) {
	storetest.Lists(t, func(names func(workbench.TenantID) workbench.Untrusted, _ store.Feed) storetest.ListIndex {
		return naive.New(names)
	})
}

func u(s string) workbench.Untrusted { return workbench.Text(s) }

func list(texts ...string) []workbench.Untrusted {
	var out []workbench.Untrusted
	for _, t := range texts {
		out = append(out, u(t))
	}
	return out
}

// entries are five stories of two tenants; the fifth has lost its alerts.
func entries() []store.Entry {
	head := func(id string, tenant workbench.TenantID, product, producer, indication string, criticality, minute int, severity string) workbench.Head {
		return workbench.Head{ID: workbench.StoryID(id), Tenant: tenant, ProducerType: workbench.GenericIncident, Product: product, Producer: u(producer), Indication: u(indication),
			Criticality: criticality, CreatedAt: storetest.Minute(minute), UpdatedAt: storetest.Minute(minute), Severity: u(severity), IncidentID: u(id[1:]), AlertCount: minute}
	}
	one := head("s9", storetest.TenantA, "endpoint", "Defender for Endpoint", "Encoded PowerShell", 9, 1, "high")
	one.ProducerType, one.MitreTechniques, one.Source, one.Names = workbench.MicrosoftEndpointAlert, list("T1059.001"), u("HOST-1"), list("powershell.exe", "Kim Lee")
	two := head("s10", storetest.TenantA, "office365", "Defender for Office 365", "Phishing mail", 5, 2, "medium")
	two.SourceIP, two.Names = u("198.51.100.7"), list("kim@example.com")
	three := head("s11", storetest.TenantB, "office365", "Defender for Office 365", "Spam", 2, 3, "odd word")
	four := head("s12", storetest.TenantA, "identity", "Defender for Identity", "Golden ticket", 10, 4, "high")
	four.LastSignalAt = storetest.Minute(50)
	five := head("s13", storetest.TenantA, "office365", "Defender for Office 365", "Moved mail", 5, 5, "low")
	five.MovedTo = []workbench.StoryID{"s10"}
	state := func(actions ...workbench.Action) workbench.State { return workbench.StateOf(actions) }
	return []store.Entry{
		{ID: "s9", Number: 1, Head: one, State: state(storetest.ActionOn("s9", "1", 1, "", "status", "closed", "verdict", "malicious", "analystSeverity", "high", "owner", "Kim", "labels", "vip, Lab"))},
		{ID: "s10", Number: 2, Head: two, State: state(storetest.ActionOn("s10", "2", 2, "", "verdict", "benign", "labels", "lab"))},
		{ID: "s11", Number: 3, Head: three}, {ID: "s12", Number: 4, Head: four}, {ID: "s13", Number: 5, Head: five},
	}
}

func filled() *naive.Index {
	x := naive.New(func(id workbench.TenantID) workbench.Untrusted {
		return map[workbench.TenantID]workbench.Untrusted{storetest.TenantA: u("Zeta"), storetest.TenantB: u("Alpha")}[id]
	})
	x.Apply(entries())
	return x
}

func BenchmarkStories(b *testing.B) {
	x := naive.New(nil)
	var all []store.Entry
	for i := range 10_000 {
		e := entries()[i%4]
		e.ID, e.Number = workbench.StoryID(fmt.Sprintf("%026d", i)), store.Change(i+1)
		e.Head.ID, e.Head.Criticality, e.Head.UpdatedAt = e.ID, 1+i%10, storetest.Minute(i*7919%10_000)
		all = append(all, e)
	}
	x.Apply(all)
	for name, q := range map[string]store.Query{
		"all":      {},
		"filtered": {Filters: map[store.Field]store.Filter{store.Criticality: {Ranges: []store.Range{{From: 8, To: 10}}}, store.Verdict: {Not: []string{"benign"}}}, Sort: []store.Sort{{By: "criticality", Descending: true}, {By: "source"}}},
		"text":     {Text: "golden ticket"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Stories(ctx, workbench.EveryTenant(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
