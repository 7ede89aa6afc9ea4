package storetest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"workbench"
	"workbench/store"
)

// ListIndex is what answers lists and follows a feed.
type ListIndex interface {
	store.Queries
	Apply(entries []store.Entry)
	CatchUp(ctx context.Context, feed store.Feed) error
	Follow(ctx context.Context, feed store.Feed) error
}

// Lists holds an implementation of store.Queries to its contract. Open makes an empty one that asks names for the display names of tenants,
// nil for none, and reads rows from a feed.
func Lists(t *testing.T, open func(names func(workbench.TenantID) workbench.Untrusted, rows store.Feed) ListIndex) {
	l := lists{func(names func(workbench.TenantID) workbench.Untrusted) *listIndex {
		rows := &listRows{refs: map[workbench.StoryID]store.Ref{}}
		return &listIndex{open(names, rows), rows}
	}}
	t.Run("filters", l.testFilters)
	t.Run("orders", l.testOrders)
	t.Run("scope", l.testScope)
	t.Run("facets", l.testFacets)
	t.Run("errors", l.testErrors)
	t.Run("following a feed", l.testFollow)
	t.Run("answers are the caller's", l.testAnswersAreTheCallers)
	t.Run("pages while data arrives", l.testPagesWhileDataArrives)
	t.Run("news agrees with a plain count", l.testNewsAgreesWithANaiveCount)
	t.Run("news after a restart", l.testNewsAfterARestart)
	t.Run("news, errors", l.testNewsErrors)
}

type lists struct {
	open func(names func(workbench.TenantID) workbench.Untrusted) *listIndex
}

// listIndex keeps what its index is told, so that rows can be read.
type listIndex struct {
	ListIndex
	rows *listRows
}

func (x *listIndex) Apply(entries []store.Entry) { x.ListIndex.Apply(x.rows.note(entries)) }

func (x *listIndex) CatchUp(ctx context.Context, feed store.Feed) error {
	return x.ListIndex.CatchUp(ctx, noting{feed, x.rows})
}

func (x *listIndex) Follow(ctx context.Context, feed store.Feed) error {
	return x.ListIndex.Follow(ctx, noting{feed, x.rows})
}

// noting is a feed whose entries are noted as they are read.
type noting struct {
	store.Feed
	rows *listRows
}

func (n noting) Changes(ctx context.Context, after store.Change, limit int) ([]store.Entry, error) {
	entries, err := n.Feed.Changes(ctx, after, limit)
	return n.rows.note(entries), err
}

// listRows is the part of a store that rows are read from.
type listRows struct {
	store.Feed
	mu      sync.Mutex
	refs    map[workbench.StoryID]store.Ref
	entries []store.Entry // by place
}

// note keeps entries and returns them with their places.
func (r *listRows) note(entries []store.Entry) []store.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries = slices.Clone(entries)
	for i := range entries {
		e := &entries[i]
		ref, known := r.refs[e.ID]
		if !known {
			ref = store.Ref{Tenant: e.Head.Tenant, Place: uint64(len(r.entries))}
			r.refs[e.ID] = ref
			r.entries = append(r.entries, store.Entry{})
		}
		e.Ref = ref
		r.entries[ref.Place] = *e
	}
	return entries
}

// Entries implements store.Feed.
func (r *listRows) Entries(_ context.Context, refs []store.Ref) ([]store.Entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []store.Entry
	for _, ref := range refs {
		e := r.entries[ref.Place]
		e.Head.MitreTechniques, e.State.Labels = slices.Clone(e.Head.MitreTechniques), slices.Clone(e.State.Labels)
		out = append(out, e)
	}
	return out, nil
}

func untrusted(s string) workbench.Untrusted { return workbench.Text(s) }

func untrustedList(texts ...string) []workbench.Untrusted {
	var out []workbench.Untrusted
	for _, t := range texts {
		out = append(out, untrusted(t))
	}
	return out
}

// entries are five stories of two tenants; the fifth has lost its alerts.
func listEntries() []store.Entry {
	head := func(id string, tenant workbench.TenantID, product, producer, indication string, criticality, minute int, severity string) workbench.Head {
		return workbench.Head{ID: workbench.StoryID(id), Tenant: tenant, ProducerType: workbench.GenericIncident, Product: product, Producer: untrusted(producer), Indication: untrusted(indication),
			Criticality: criticality, CreatedAt: Minute(minute), UpdatedAt: Minute(minute), Severity: untrusted(severity), IncidentID: untrusted(id[1:]), AlertCount: minute}
	}
	one := head("s9", TenantA, "endpoint", "Defender for Endpoint", "Encoded PowerShell", 9, 1, "high")
	one.ProducerType, one.MitreTechniques, one.Source, one.Names = workbench.MicrosoftEndpointAlert, untrustedList("T1059.001"), untrusted("HOST-1"), untrustedList("powershell.exe", "Kim Lee")
	two := head("s10", TenantA, "office365", "Defender for Office 365", "Phishing mail", 5, 2, "medium")
	two.SourceIP, two.Names = untrusted("198.51.100.7"), untrustedList("kim@example.com")
	three := head("s11", TenantB, "office365", "Defender for Office 365", "Spam", 2, 3, "odd word")
	four := head("s12", TenantA, "identity", "Defender for Identity", "Golden ticket", 10, 4, "high")
	four.LastSignalAt = Minute(50)
	five := head("s13", TenantA, "office365", "Defender for Office 365", "Moved mail", 5, 5, "low")
	five.MovedTo = []workbench.StoryID{"s10"}
	state := func(actions ...workbench.Action) workbench.State { return workbench.StateOf(actions) }
	return []store.Entry{
		{ID: "s9", Number: 1, Head: one, State: state(ActionOn("s9", "1", 1, "", "status", "closed", "verdict", "malicious", "analystSeverity", "high", "owner", "Kim", "labels", "vip, Lab"))},
		{ID: "s10", Number: 2, Head: two, State: state(ActionOn("s10", "2", 2, "", "verdict", "benign", "labels", "lab"))},
		{ID: "s11", Number: 3, Head: three}, {ID: "s12", Number: 4, Head: four}, {ID: "s13", Number: 5, Head: five},
	}
}

func (lists lists) filled() *listIndex {
	x := lists.open(func(id workbench.TenantID) workbench.Untrusted {
		return map[workbench.TenantID]workbench.Untrusted{TenantA: untrusted("Zeta"), TenantB: untrusted("Alpha")}[id]
	})
	x.Apply(listEntries())
	return x
}

func mustStories(t testing.TB, x *listIndex, scope workbench.Scope, q store.Query) store.Page {
	t.Helper()
	page, err := x.Stories(ctx, scope, q)
	if err != nil {
		t.Fatalf("Stories: %v", err)
	}
	return page
}

func idsOf(page store.Page) []workbench.StoryID {
	var out []workbench.StoryID
	for _, r := range page.Rows {
		out = append(out, r.ID)
	}
	return out
}
