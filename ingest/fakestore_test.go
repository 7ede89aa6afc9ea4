package ingest_test

import (
	"context"
	"slices"
	"strings"

	"workbench"
	"workbench/store"
)

// fakeStore keeps documents in memory as the store contract says, and makes the stories that architecture names without what is in them.
type fakeStore struct {
	docs        []workbench.Observed
	quarantined []workbench.Quarantined
	stories     map[workbench.StoryID]int // documents of the story's group when it was last derived
	appends     []int                     // documents of each Append
	failAt      int                       // number of the Append that fails, from 1; 0 = none
}

var _ store.Facts = (*fakeStore)(nil)

func (f *fakeStore) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (store.Appended, error) {
	if err := ctx.Err(); err != nil {
		return store.Appended{}, err
	}
	f.appends = append(f.appends, len(b.Documents))
	if f.failAt == len(f.appends) {
		return store.Appended{}, workbench.ErrReadOnly
	}
	touched := map[workbench.GroupKey]bool{}
	for _, d := range b.Documents {
		if !scope.Sees(d.Tenant) || d.Tenant == "" || d.Object == "" || d.Kind == "" || len(d.JSON) == 0 {
			return store.Appended{}, workbench.ErrForbidden
		}
		touched[d.Groups()] = true
		o := workbench.Observed{Document: d, Hash: workbench.HashJSON(d.JSON), Observation: uint64(len(f.docs) + 1), ReceivedAt: b.At}
		o.JSON = slices.Clone(d.JSON)
		if !slices.ContainsFunc(f.docs, func(have workbench.Observed) bool {
			return have.Tenant == o.Tenant && have.Kind == o.Kind && have.Object == o.Object && have.Hash == o.Hash && (have.Own || have.Incident == o.Incident)
		}) {
			f.docs = append(f.docs, o)
		}
	}
	for _, q := range b.Quarantined {
		if !slices.ContainsFunc(f.quarantined, func(have workbench.Quarantined) bool { return have.Tenant == q.Tenant && have.Hash == q.Hash }) {
			f.quarantined = append(f.quarantined, q)
		}
	}
	return store.Appended{Change: 1, Stories: f.derive(touched)}, nil
}

func (f *fakeStore) derive(touched map[workbench.GroupKey]bool) []store.StoryEffect {
	if f.stories == nil {
		f.stories = map[workbench.StoryID]int{}
	}
	now, placeholders := map[workbench.StoryID]int{}, map[workbench.StoryID]bool{}
	for g := range touched {
		alerts, incidents := 0, 0
		for _, d := range f.docs {
			switch {
			case d.Groups() != g:
			case d.Kind == workbench.IncidentDocument:
				incidents++
			case g.Incident == "":
				now[workbench.AlertStory(g.Tenant, d.Product, g.Alert)]++
			default:
				alerts++
				now[workbench.IncidentStory(g.Tenant, d.Product, g.Incident)]++
			}
		}
		if g.Incident != "" {
			placeholder := workbench.PlaceholderStory(g.Tenant, g.Incident)
			placeholders[placeholder] = true
			if alerts == 0 {
				now[placeholder] = incidents
			}
		}
	}
	var out []store.StoryEffect
	for id, n := range now {
		before, had := f.stories[id]
		effect := store.Unchanged
		switch {
		case !had:
			effect = store.New
		case before != n:
			effect = store.Changed
		}
		f.stories[id] = n
		out = append(out, store.StoryEffect{ID: id, Effect: effect})
	}
	for id := range placeholders {
		if _, had := f.stories[id]; had && now[id] == 0 {
			delete(f.stories, id)
			out = append(out, store.StoryEffect{ID: id, Effect: store.Gone})
		}
	}
	slices.SortFunc(out, func(a, b store.StoryEffect) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

func (f *fakeStore) Act(context.Context, workbench.Scope, workbench.Action) (workbench.Action, store.Change, error) {
	return workbench.Action{}, 0, workbench.ErrNotFound
}

func (f *fakeStore) ExportDocuments(_ context.Context, scope workbench.Scope, yield func(workbench.Observed) error) error {
	for _, o := range f.docs {
		if !scope.Sees(o.Tenant) {
			continue
		}
		if err := yield(o); err != nil {
			return err
		}
	}
	return nil
}

func (f *fakeStore) QuarantinedRecord(_ context.Context, _ workbench.Scope, id string) (workbench.Quarantined, error) {
	for _, q := range f.quarantined {
		if q.ID == id {
			return q, nil
		}
	}
	return workbench.Quarantined{}, workbench.ErrNotFound
}

func (f *fakeStore) Discard(_ context.Context, _ workbench.Scope, id string, _ workbench.AccountID, _ workbench.Time) error {
	n := len(f.quarantined)
	f.quarantined = slices.DeleteFunc(f.quarantined, func(q workbench.Quarantined) bool { return q.ID == id })
	if len(f.quarantined) == n {
		return workbench.ErrNotFound
	}
	return nil
}
