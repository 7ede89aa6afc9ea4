package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"workbench"
	"workbench/store"
)

// model is a store without storage: facts in lists, everything else made of them when asked.
type model struct {
	documents []workbench.Observed
	actions   map[workbench.StoryID][]workbench.Action
	foreign   map[foreignID]workbench.Foreign // also of alerts that came since
	covered   workbench.Time                  // where the progress of the connector ends
}

type foreignID struct {
	tenant workbench.TenantID
	alert  string
}

func (m *model) kept(id foreignID) bool {
	return slices.ContainsFunc(m.documents, func(o workbench.Observed) bool {
		return o.Tenant == id.tenant && o.Kind == workbench.AlertDocument && o.Object == id.alert
	})
}

// note remembers foreign alerts, after the documents of their batch.
func (m *model) note(list []workbench.Foreign) {
	for _, f := range list {
		if id := (foreignID{f.Tenant, f.Alert}); !m.kept(id) {
			m.foreign[id] = f
		}
	}
}

// notIngested says for each story's incident how many alerts of each product no document came of.
func (m *model) notIngested(tenant workbench.TenantID, incident string) map[string]int {
	counts := map[string]int{}
	for id, f := range m.foreign {
		if f.Tenant == tenant && f.Incident == incident && incident != "" && !m.kept(id) {
			counts[f.Product]++
		}
	}
	return counts
}

func (m *model) append(documents []workbench.Document) {
	for _, d := range documents {
		hash := workbench.HashJSON(d.JSON)
		if !slices.ContainsFunc(m.documents, func(o workbench.Observed) bool { return o.Tenant == d.Tenant && o.Hash == hash && o.Kind == d.Kind }) {
			m.documents = append(m.documents, workbench.Observed{Document: d, Hash: hash, Observation: uint64(len(m.documents) + 1)})
		}
	}
}

// stories derives everything there is.
func (m *model) stories() map[workbench.StoryID]workbench.Story {
	groups := map[workbench.GroupKey]bool{}
	for _, d := range m.documents {
		groups[d.Groups()] = true
	}
	out := map[workbench.StoryID]workbench.Story{}
	for key := range groups {
		g := workbench.Group{GroupKey: key}
		alerts := map[string]bool{}
		for _, d := range m.documents {
			alerts[d.Object] = alerts[d.Object] || d.Groups() == key && d.Kind == workbench.AlertDocument
		}
		for _, d := range m.documents {
			if d.Tenant == key.Tenant && (d.Groups() == key || d.Kind == workbench.AlertDocument && alerts[d.Object]) {
				g.Documents = append(g.Documents, d)
			}
		}
		for id := range m.actions {
			g.Acted = append(g.Acted, id)
		}
		slices.Sort(g.Acted)
		for _, c := range (Deriver{Name: "one"}).Derive(g) {
			out[c.ID] = workbench.NewStory(c, workbench.StateOf(m.actions[c.ID]), workbench.Untrusted{}, nil)
		}
	}
	return out
}

// testModel takes random steps with a store and a model, and compares what they have at the end; then it brings the same documents to an
// empty store in another order.
func testModel(t *testing.T, open opener) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, Deriver{Name: "one"})
		defer s.Close()
		m := model{actions: map[workbench.StoryID][]workbench.Action{}, foreign: map[foreignID]workbench.Foreign{}}
		mustConnect(t, s, parentOf("p", "Contoso", TenantA))
		live := map[workbench.StoryID]store.Entry{} // kept up by the feed alone
		var applied store.Change
		for step := range rapid.IntRange(1, 8).Draw(r, "steps") {
			var change store.Change
			ids := storyIDs(m.stories())
			if len(ids) == 0 || rapid.IntRange(0, 2).Draw(r, "kind of step") > 0 {
				documents := rapid.SliceOfN(rapid.Custom(drawDocument), 1, 6).Draw(r, "documents")
				batch := BatchOf(documents...)
				batch.Foreign = rapid.SliceOfN(rapid.Custom(drawForeign), 0, 3).Draw(r, "foreign")
				batch.Progress = []workbench.Progress{{Connector: "p", LatestAt: Minute(step)}}
				if rapid.IntRange(0, 4).Draw(r, "spoilt") == 0 {
					batch.Quarantined = []workbench.Quarantined{{Tenant: TenantA}}
				}
				done, err := s.Append(ctx, everyone, batch)
				if (err == nil) != (len(batch.Quarantined) == 0) {
					r.Fatalf("Append: %v", err)
				}
				if change = done.Change; err == nil {
					m.append(documents)
					m.note(batch.Foreign)
					m.covered = Minute(step)
				}
			} else {
				a := drawAction(r, rapid.SampledFrom(ids).Draw(r, "story"), step)
				prepared, err := workbench.StateOf(m.actions[a.Story]).Prepare(a)
				stored, at, err2 := s.Act(ctx, everyone, a)
				if change = at; (err == nil) != (err2 == nil) {
					r.Fatalf("Act: got %v, want %v", err2, err)
				}
				if err == nil && (len(prepared.Changes) > 0 || !prepared.Comment.IsZero()) {
					m.actions[a.Story] = append(m.actions[a.Story], stored)
				}
			}
			for _, e := range mustChanges(t, s, applied, 100) {
				if e.Number <= applied {
					r.Fatalf("feed: number %d after %d", e.Number, applied)
				}
				if live[e.ID] = e; e.Gone {
					delete(live, e.ID)
				}
				applied = e.Number
			}
			if change != 0 && change != applied {
				r.Fatalf("the feed ends at %d, the write returned %d", applied, change)
			}
		}
		want := lines(m.stories())
		if got := exported(t, s); got != want {
			r.Fatalf("export: got\n%s\nwant\n%s", got, want)
		}
		fed := map[workbench.StoryID]workbench.Row{}
		for id, e := range live {
			fed[id] = workbench.NewRow(e.Head, e.State, workbench.Untrusted{})
		}
		rows := map[workbench.StoryID]workbench.Row{}
		for id, story := range m.stories() {
			rows[id] = story.Row
		}
		same(t, "rows that the feed gave", fed, rows)
		for id, story := range m.stories() {
			counts := map[string]int{}
			for _, n := range mustStory(t, s, id).NotIngested {
				counts[n.Product] = n.Alerts
			}
			if want := m.notIngested(story.Tenant.ID, story.IncidentID.Raw()); fmt.Sprint(counts) != fmt.Sprint(want) {
				r.Fatalf("story %s: got %v that are not taken in, want %v", id, counts, want)
			}
		}
		if got := mustProgress(t, s)["p"].LatestAt; got != m.covered {
			r.Fatalf("progress: got %s, want %s", got, m.covered)
		}
		for _, d := range m.documents {
			if _, err := s.StoryOfAlert(ctx, everyone, d.Object); d.Kind == workbench.AlertDocument && err != nil {
				r.Fatalf("story of alert %s: %v", d.Object, err)
			}
		}
		mustVerify(t, s)
		if len(m.actions) > 0 {
			return
		}
		other := open(t, Deriver{Name: "one"})
		defer other.Close()
		for part := range slices.Chunk(rapid.Permutation(m.documents).Draw(r, "order of arrival"), 4) {
			var documents []workbench.Document
			for _, d := range part {
				documents = append(documents, d.Document)
			}
			mustAppend(t, other, documents...)
		}
		if got := exported(t, other); got != want {
			r.Fatalf("in another order: got\n%s\nwant\n%s", got, want)
		}
	})
}

func storyIDs(stories map[workbench.StoryID]workbench.Story) []workbench.StoryID {
	var ids []workbench.StoryID
	for id := range stories {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func lines(stories map[workbench.StoryID]workbench.Story) string {
	var b strings.Builder
	for _, id := range storyIDs(stories) {
		line, err := json.Marshal(stories[id])
		if err != nil {
			return err.Error()
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// drawDocument draws from few ids, so that versions meet, move and repeat. The title follows from the minute, so that no two versions of
// an object share their time.
func drawDocument(r *rapid.T) workbench.Document {
	tenant := rapid.SampledFrom([]workbench.TenantID{TenantA, TenantA, TenantB}).Draw(r, "tenant")
	incident := rapid.SampledFrom([]string{"1", "2", "3", ""}).Draw(r, "incident")
	minute := rapid.IntRange(0, 30).Draw(r, "minute")
	if incident != "" && rapid.IntRange(0, 3).Draw(r, "kind") == 0 {
		return Incident(tenant, incident, minute, fmt.Sprint("incident at ", minute))
	}
	alert := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(r, "alert")
	// One minute, one incident: an alert is in one place at a time.
	place := []string{"1", "2", "3", ""}[(minute+len(alert))%4]
	return Alert(tenant, map[string]string{"x": "mail", "y": "endpoint", "z": "mail"}[alert], alert, place, minute, fmt.Sprint("alert at ", minute))
}

func drawForeign(r *rapid.T) workbench.Foreign {
	product := rapid.SampledFrom([]string{"identity", "xdr"}).Draw(r, "product")
	f := foreign(rapid.SampledFrom([]string{"x", "y", "z", "f1", "f2", "f3"}).Draw(r, "foreign alert"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(r, "foreign incident"), product)
	f.Tenant = rapid.SampledFrom([]workbench.TenantID{TenantA, TenantB}).Draw(r, "foreign tenant")
	return f
}

func drawAction(r *rapid.T, story workbench.StoryID, step int) workbench.Action {
	value := rapid.SampledFrom([]string{"status=closed", "status=monitoring", "verdict=malicious", "verdict=benign", "analystSeverity=high", "owner=kim", "labels=b, a", "owner="})
	a := ActionOn(story, fmt.Sprint("action", step), 100+step, rapid.SampledFrom([]string{"", "a comment"}).Draw(r, "comment"))
	for _, v := range rapid.SliceOfN(value, 0, 3).Draw(r, "changes") {
		field, after, _ := strings.Cut(v, "=")
		a.Changes = append(a.Changes, workbench.FieldChange{Field: workbench.ActionField(field), After: workbench.Text(after)})
	}
	return a
}
