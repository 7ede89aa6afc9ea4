package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

func foreign(alert, incident, product string) workbench.Foreign {
	return workbench.Foreign{Tenant: TenantA, Incident: incident, Alert: alert, Product: product, Name: workbench.Text("Product " + product)}
}

func testForeign(t *testing.T, s store.Store) {
	id := workbench.IncidentStory(TenantA, "endpoint", "7")
	mustAppend(t, s, Alert(TenantA, "endpoint", "a", "7", 1, "a"), Incident(TenantA, "8", 1, "eight"))
	lacks := func(id workbench.StoryID, pairs ...any) {
		t.Helper()
		want := []workbench.NotIngested{}
		for i := 0; i+1 < len(pairs); i += 2 {
			product := pairs[i].(string)
			want = append(want, workbench.NotIngested{Product: product, Name: workbench.Text("Product " + product), Alerts: pairs[i+1].(int)})
		}
		got := mustStory(t, s, id).NotIngested
		same(t, "alerts that are not taken in", got, want)
		if got == nil {
			t.Error("got nil, want a list")
		}
	}
	note := func(list ...workbench.Foreign) store.Appended {
		t.Helper()
		done, err := s.Append(ctx, everyone, store.Batch{Foreign: list, Source: "e", At: Minute(5)})
		if err != nil {
			t.Fatalf("Append: %v", err)
		}
		return done
	}
	before, documents, feed := exported(t, s), len(documentsOf(t, s)), mustChanges(t, s, 0, 10)
	lacks(id)
	trail := len(mustTrail(t, s))
	all := []workbench.Foreign{foreign("o1", "7", "office365"), foreign("i1", "7", "identity"), foreign("i2", "7", "identity"), foreign("i3", "8", "identity"),
		foreign("a", "7", "endpoint"), foreign("none", "", "identity")} // a is kept, none belongs to no story
	elsewhere := foreign("i9", "7", "identity")
	elsewhere.Tenant = TenantB
	same(t, "done", note(append(all, elsewhere)...), store.Appended{})
	if len(mustTrail(t, s)) != trail+1 {
		t.Error("new foreign alerts left no audit entry")
	}
	lacks(id, "identity", 2, "office365", 1)
	lacks(workbench.PlaceholderStory(TenantA, "8"), "identity", 1)
	note(all...)
	if len(mustTrail(t, s)) != trail+1 {
		t.Error("known foreign alerts left an audit entry")
	}
	note(foreign("i1", "8", "identity"), foreign("i2", "7", "xdr")) // one moved, one is another's
	lacks(id, "office365", 1, "xdr", 1)
	lacks(workbench.PlaceholderStory(TenantA, "8"), "identity", 2)
	if exported(t, s) != before || len(documentsOf(t, s)) != documents {
		t.Error("foreign alerts changed what is exported")
	}
	same(t, "feed", mustChanges(t, s, 0, 10), feed)
	if err := s.Rebuild(ctx, false, func(e store.StoryEffect) { t.Errorf("story %s differs", e.ID) }); err != nil {
		t.Fatal(err)
	}
	mustVerify(t, s)

	// Once a document comes, whatever incident it names, the alert is foreign no more.
	batch := BatchOf(Alert(TenantA, "office365", "o1", "9", 5, "o1"))
	batch.Foreign = []workbench.Foreign{foreign("o1", "7", "office365")}
	if _, err := s.Append(ctx, everyone, batch); err != nil {
		t.Fatal(err)
	}
	lacks(id, "xdr", 1)
	note(foreign("o1", "7", "office365"))
	lacks(id, "xdr", 1)
	mustAppend(t, s, Alert(TenantA, "xdr", "i2", "7", 6, "i2"))
	lacks(id)
	mustVerify(t, s)
	for name, spoil := range map[string]func(*workbench.Foreign){
		"tenant": func(f *workbench.Foreign) { f.Tenant = "" }, "alert": func(f *workbench.Foreign) { f.Alert = strings.Repeat("x", 257) },
		"incident": func(f *workbench.Foreign) { f.Incident = strings.Repeat("x", 257) }, "product": func(f *workbench.Foreign) { f.Product = "" },
	} {
		bad := foreign("x", "7", "identity")
		spoil(&bad)
		_, err := s.Append(ctx, everyone, store.Batch{Foreign: []workbench.Foreign{foreign("y", "7", "identity"), bad}})
		var invalid *workbench.Invalid
		if !errors.As(err, &invalid) || invalid.Fields[fmt.Sprintf("foreign[1].%s", name)] == "" {
			t.Errorf("bad %s: got %v, want *Invalid that names it", name, err)
		}
	}
	lacks(id)
}
