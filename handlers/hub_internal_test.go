package handlers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
	"workbench/ingest/connect"
	"workbench/store"
)

var hubTenants = []workbench.TenantID{"a", "b", "c"}

// listener is a stream with what a careful bookkeeper says that it has not been told yet.
type listener struct {
	account    workbench.Account
	stream     *stream
	leave      func()
	asOf       store.Change
	connectors map[workbench.ConnectorID]bool
}

func (l *listener) want() string {
	out := ""
	if l.asOf > 0 {
		out += fmt.Sprintf("event: stories\ndata: %d\n\n", l.asOf)
	}
	if ids := slices.Sorted(maps.Keys(l.connectors)); len(ids) > maxConnectorsTold || l.connectors["*"] {
		out += "event: connectors\ndata: *\n\n"
	} else if len(ids) > 0 {
		out += "event: connectors\ndata:"
		for _, id := range ids {
			out += " " + string(id)
		}
		out += "\n\n"
	}
	return out
}

// TestHubTellsEachWhatItMaySee compares the hub with naive bookkeeping over random accounts and changes.
func TestHubTellsEachWhatItMaySee(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := newHub()
		since := store.Change(rapid.IntRange(0, 3).Draw(r, "since"))
		h.begin(since)
		var listeners []*listener
		var changes []map[workbench.TenantID]store.Change
		seesTenant := func(a workbench.Account, tenant workbench.TenantID) bool {
			return a.AllGrants || tenant != "" && slices.Contains(a.Grants, tenant)
		}
		number := since
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			switch rapid.IntRange(0, 5).Draw(r, "step") {
			case 0, 1:
				a := workbench.Account{ID: rapid.SampledFrom([]workbench.AccountID{"x", "y"}).Draw(r, "account"), AllGrants: rapid.Bool().Draw(r, "all"),
					Role: rapid.SampledFrom([]workbench.Role{workbench.Viewer, "unheard of"}).Draw(r, "role"), Grants: rapid.SliceOfDistinct(rapid.SampledFrom(hubTenants), rapid.ID).Draw(r, "grants")}
				st := newStream(0) // not open: it keeps what it is told
				newest, before, leave, err := h.add(a, st)
				if err != nil {
					r.Fatal(err)
				}
				want := since
				for _, c := range changes {
					for tenant, n := range c {
						if seesTenant(a, tenant) {
							want = max(want, n)
						}
					}
				}
				if newest != want || before != h.opened-1 {
					r.Fatalf("newest: got %d, want %d", newest, want)
				}
				listeners = append(listeners, &listener{account: a, stream: st, leave: leave, connectors: map[workbench.ConnectorID]bool{}})
			case 2:
				changed := map[workbench.TenantID]store.Change{}
				for range rapid.IntRange(1, 3).Draw(r, "changes") {
					number++
					changed[rapid.SampledFrom([]workbench.TenantID{"a", "b", "c", ""}).Draw(r, "tenant")] = number
				}
				changes = append(changes, changed)
				h.stories(changed)
				for _, l := range listeners {
					for tenant, n := range changed {
						if seesTenant(l.account, tenant) {
							l.asOf = max(l.asOf, n)
						}
					}
				}
			case 3:
				changed := map[workbench.ConnectorID][]workbench.TenantID{}
				for range rapid.SampledFrom([]int{1, 3, 40}).Draw(r, "connectors") {
					id := workbench.ConnectorID(fmt.Sprint("k", rapid.IntRange(0, 99).Draw(r, "id")))
					changed[id] = []workbench.TenantID{rapid.SampledFrom([]workbench.TenantID{"a", "b", ""}).Draw(r, "was"), rapid.SampledFrom([]workbench.TenantID{"a", "b", ""}).Draw(r, "is")}
				}
				if rapid.IntRange(0, 4).Draw(r, "many") == 0 {
					changed[everyConnector] = nil
				}
				h.connectors(changed)
				for _, l := range listeners {
					for id, tenants := range changed {
						if l.account.May(workbench.ReadIntegration) && (l.account.AllGrants || slices.ContainsFunc(tenants, func(tenant workbench.TenantID) bool { return seesTenant(l.account, tenant) })) {
							l.connectors[id] = true
						}
					}
				}
			case 4:
				if len(listeners) > 0 {
					i := rapid.IntRange(0, len(listeners)-1).Draw(r, "leaving")
					listeners[i].leave()
					listeners = slices.Delete(listeners, i, i+1)
				}
			case 5:
				for _, l := range listeners {
					if want, got := l.want(), l.stream.take(); got != want || l.stream.sending != (want != "") {
						r.Fatalf("an account with %v (all: %v) is told %q (more is sent: %v), want %q", l.account.Grants, l.account.AllGrants, got, l.stream.sending, want)
					}
					l.stream.sending = true // no connection to send over
					l.asOf, l.connectors = 0, map[workbench.ConnectorID]bool{}
				}
			}
			if h.count != len(listeners) {
				r.Fatalf("the hub counts %d streams, want %d", h.count, len(listeners))
			}
		}
		for _, l := range listeners {
			l.leave()
		}
		if h.count != 0 || len(h.audiences) != 0 {
			r.Fatalf("after all left, the hub holds %d streams and %d accounts", h.count, len(h.audiences))
		}
	})
}

func TestHubLimits(t *testing.T) {
	h := newHub()
	account := func(i int) workbench.Account {
		return workbench.Account{ID: workbench.AccountID(fmt.Sprint(i)), Role: workbench.Viewer, AllGrants: true}
	}
	var last func()
	for i := range maxStreams {
		_, _, leave, err := h.add(account(i/maxStreamsEach), newStream(0))
		if err != nil {
			t.Fatalf("stream %d: %v", i, err)
		}
		last = leave
	}
	narrowed := account(0)
	narrowed.AllGrants = false
	if _, _, _, err := h.add(narrowed, newStream(0)); !errors.Is(err, errManyStreamsEach) {
		t.Errorf("one more of an account that sees less by now: got %v, want the limit of an account", err)
	}
	if _, _, _, err := h.add(account(-1), newStream(0)); !errors.Is(err, errManyStreams) {
		t.Errorf("one more of another account: got %v, want the limit of all", err)
	}
	last()
	if _, _, _, err := h.add(account(-1), newStream(0)); err != nil {
		t.Errorf("after one left: %v", err)
	}
	h.end()
	h.end()
	if _, _, _, err := h.add(account(-1), newStream(0)); !errors.Is(err, errEnding) {
		t.Errorf("after the end: got %v", err)
	}
}

func TestOwnersOfChangedConnectors(t *testing.T) {
	state := func(id, tenant string, status workbench.ConnectorStatus) connect.State {
		c := workbench.Connector{ID: workbench.ConnectorID(id), Tenant: workbench.TenantID(tenant)}
		return connect.State{Connector: c, Health: workbench.Health{Connector: c.ID, Status: status}}
	}
	byID := func(states ...connect.State) map[workbench.ConnectorID]connect.State {
		m := map[workbench.ConnectorID]connect.State{}
		for _, st := range states {
			m[st.ID] = st
		}
		return m
	}
	older := state("same", "a", workbench.StatusConnected)
	older.Lag, older.Share = 7, 0.5
	before := byID(older, state("moved", "", workbench.StatusConnected), state("failed", "b", workbench.StatusConnected), state("gone", "c", workbench.StatusConnected))
	after := byID(state("same", "a", workbench.StatusConnected), state("moved", "a", workbench.StatusConnected), state("failed", "b", workbench.StatusError), state("new", "d", workbench.StatusConnected))
	type owned = map[workbench.ConnectorID][]workbench.TenantID
	for _, test := range []struct {
		name string
		ids  []workbench.ConnectorID
		want owned
	}{
		{"nothing", nil, owned{}},
		{"named", []workbench.ConnectorID{"same", "moved", "gone", "new", "never"}, owned{"same": {"a", "a"}, "moved": {"", "a"}, "gone": {"c", ""}, "new": {"", "d"}, "never": {"", ""}}},
		{"many", []workbench.ConnectorID{""}, owned{"*": nil, "moved": {"", "a"}, "failed": {"b", "b"}, "gone": {"c", ""}, "new": {"", "d"}}},
	} {
		if diff := cmp.Diff(test.want, owners(test.ids, before, after)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if got := owners([]workbench.ConnectorID{""}, nil, nil); len(got) != 1 {
		t.Errorf("without connectors: got %v", got)
	}
	if got := strings.Count(fmt.Sprint(owners([]workbench.ConnectorID{"", "same"}, before, after)["same"]), "a"); got != 2 {
		t.Errorf("named beside many: the connector has lost its tenants")
	}
}
