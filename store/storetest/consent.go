package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench"
	"workbench/store"
)

// day is how long the ends of links are counted in.
const day = 24 * time.Hour

// linkFor makes a link of a connector that was made so many days after the first minute.
func linkFor(c workbench.Connector, id string, days int) workbench.ConsentLink {
	made := Minute(1).Add(time.Duration(days) * day)
	return workbench.ConsentLink{ID: id, Connector: c.ID, Tenant: TenantA, Requester: "kim", Name: "Kim", MadeAt: workbench.At(made),
		Expires: workbench.At(made.Add(workbench.ConsentLifetime))}
}

// secretOf is what a link of linkFor is added under.
func secretOf(id string) string { return "secret of " + id }

func mustLink(t testing.TB, s store.Store, l workbench.ConsentLink) {
	t.Helper()
	if err := s.AddConsentLink(ctx, secretOf(l.ID), l); err != nil {
		t.Fatalf("AddConsentLink(%s): %v", l.ID, err)
	}
}

// linkThere checks that a link is found by secret and by id at now, or by neither.
func linkThere(t testing.TB, s store.Store, want workbench.ConsentLink, there bool, now time.Time) {
	t.Helper()
	bySecret, err := s.ConsentLink(ctx, secretOf(want.ID), now)
	byID, err2 := s.ConsentLinkNamed(ctx, want.ID, now)
	if !there {
		if !errors.Is(err, workbench.ErrNotFound) || !errors.Is(err2, workbench.ErrNotFound) {
			t.Errorf("link %s at %s: got %v and %v, want ErrNotFound", want.ID, now, err, err2)
		}
		return
	}
	if err := errors.Join(err, err2); err != nil {
		t.Errorf("link %s at %s: %v", want.ID, now, err)
		return
	}
	same(t, "link by its secret", bySecret, want)
	same(t, "link by its id", byID, want)
}

// linkIDs are the ids of all links, in the order of the list.
func linkIDs(t testing.TB, s store.Store) string {
	t.Helper()
	list, err := s.ConsentLinks(ctx)
	if err != nil {
		t.Fatalf("ConsentLinks: %v", err)
	}
	var ids []string
	for _, l := range list {
		ids = append(ids, l.ID)
	}
	return strings.Join(ids, ", ")
}

func testConsentLinks(t *testing.T, open opener) {
	t.Run("added, read, used", func(t *testing.T) { testConsentUsed(t, open.fresh(t)) })
	t.Run("replaced, withdrawn, forgotten", func(t *testing.T) { testConsentReplaced(t, open.fresh(t)) })
	t.Run("refused", func(t *testing.T) { testConsentRefused(t, open.fresh(t)) })
	t.Run("audit", func(t *testing.T) { testConsentAudit(t, open.fresh(t)) })
	t.Run("go with their connector", func(t *testing.T) {
		s := open.fresh(t)
		p, other := mustConnect(t, s, parentOf("p", "Contoso", TenantA)), mustConnect(t, s, parentOf("q", "Fabrikam", TenantB))
		used, stays := linkFor(p, "used", 0), linkFor(other, "stays", 1)
		mustLink(t, s, used)
		if _, err := s.UseConsentLink(ctx, "used", workbench.Text("ada"), used.MadeAt.Time); err != nil {
			t.Fatal(err)
		}
		mustLink(t, s, linkFor(p, "unused", 1))
		mustLink(t, s, stays)
		same(t, "links", linkIDs(t, s), "stays, unused, used")
		if err := s.DeleteConnector(ctx, p.ID, "kim", Minute(3)); err != nil {
			t.Fatal(err)
		}
		same(t, "links", linkIDs(t, s), "stays")
		linkThere(t, s, used, false, used.MadeAt.Time)
		linkThere(t, s, stays, true, stays.MadeAt.Time)
		mustVerify(t, s)
	})
	t.Run("of many who use one, one succeeds", func(t *testing.T) {
		s := open.fresh(t)
		l := linkFor(mustConnect(t, s, parentOf("p", "Contoso", TenantA)), "one", 0)
		mustLink(t, s, l)
		trail := len(mustTrail(t, s))
		const callers = 60
		var group sync.WaitGroup
		results := make([]error, callers)
		for i := range results {
			group.Go(func() {
				if i%6 == 5 {
					results[i] = s.WithdrawConsentLink(ctx, l.ID, "kim", l.MadeAt.Time)
					return
				}
				_, results[i] = s.UseConsentLink(ctx, l.ID, workbench.Text(fmt.Sprint("user", i)), l.MadeAt.Time)
			})
		}
		group.Wait()
		winner := -1
		for i, err := range results {
			switch {
			case err == nil && winner >= 0:
				t.Errorf("callers %d and %d both used or withdrew the link", winner, i)
			case err == nil:
				winner = i
			case !errors.Is(err, workbench.ErrNotFound):
				t.Errorf("caller %d: got %v, want ErrNotFound", i, err)
			}
		}
		if winner < 0 {
			t.Fatal("nobody used the link")
		}
		if winner%6 != 5 {
			l.UsedAt, l.UsedBy = l.MadeAt, workbench.Text(fmt.Sprint("user", winner))
		}
		linkThere(t, s, l, winner%6 != 5, l.MadeAt.Time)
		if entries := newEntries(t, s, trail); len(entries) != 1 {
			t.Errorf("audit trail: got %q, want one entry", entries)
		}
		mustVerify(t, s)
	})
	t.Run("model", func(t *testing.T) { testConsentModel(t, open) })
}

func testConsentUsed(t *testing.T, s store.Store) {
	l := linkFor(mustConnect(t, s, parentOf("p", "Contoso", TenantA)), "one", 0)
	same(t, "links of a new store", linkIDs(t, s), "")
	linkThere(t, s, l, false, l.MadeAt.Time)
	mustLink(t, s, l)
	end, kept := l.Expires.Time, 30*day
	for _, at := range []time.Time{l.MadeAt.Time, end, end.Add(kept - 1)} {
		linkThere(t, s, l, true, at)
	}
	linkThere(t, s, l, false, end.Add(kept))
	for _, secret := range []string{"", "one", "secret of two"} {
		if got, err := s.ConsentLink(ctx, secret, l.MadeAt.Time); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("secret %q: got %+v, %v, want ErrNotFound", secret, got, err)
		}
	}
	for id, at := range map[string]time.Time{"one": end, "": l.MadeAt.Time, secretOf("one"): l.MadeAt.Time} {
		_, err := s.UseConsentLink(ctx, id, workbench.Text("ada"), at)
		if err2 := s.WithdrawConsentLink(ctx, id, "kim", at); !errors.Is(err, workbench.ErrNotFound) || !errors.Is(err2, workbench.ErrNotFound) {
			t.Errorf("using and withdrawing %q at %s: got %v and %v, want ErrNotFound", id, at, err, err2)
		}
	}
	linkThere(t, s, l, true, l.MadeAt.Time)
	last := end.Add(-1)
	got, err := s.UseConsentLink(ctx, l.ID, workbench.Text("ada@contoso.example"), last)
	if err != nil {
		t.Fatalf("UseConsentLink: %v", err)
	}
	l.UsedAt, l.UsedBy = workbench.At(last), workbench.Text("ada@contoso.example")
	same(t, "used", got, l)
	for _, at := range []time.Time{l.MadeAt.Time, last, last.Add(kept - 1)} {
		linkThere(t, s, l, true, at)
		_, err := s.UseConsentLink(ctx, l.ID, workbench.Text("eve"), at)
		if err2 := s.WithdrawConsentLink(ctx, l.ID, "kim", at); !errors.Is(err, workbench.ErrNotFound) || !errors.Is(err2, workbench.ErrNotFound) {
			t.Errorf("a used link at %s: got %v and %v, want ErrNotFound", at, err, err2)
		}
	}
	linkThere(t, s, l, false, last.Add(kept))
	mustVerify(t, s)
}

func testConsentReplaced(t *testing.T, s store.Store) {
	p, q := mustConnect(t, s, parentOf("p", "Contoso", TenantA)), mustConnect(t, s, parentOf("q", "Fabrikam", TenantB))
	others, used, first, expired := linkFor(q, "others", 0), linkFor(p, "used", 0), linkFor(p, "first", 0), linkFor(p, "expired", 1)
	mustLink(t, s, others)
	mustLink(t, s, used)
	now := used.MadeAt.Time
	used, err := s.UseConsentLink(ctx, used.ID, workbench.Text("ada"), now)
	if err != nil {
		t.Fatal(err)
	}
	mustLink(t, s, first)
	same(t, "links made at once, by id", linkIDs(t, s), "first, others, used")
	mustLink(t, s, expired)
	linkThere(t, s, first, false, now)
	if _, err := s.UseConsentLink(ctx, first.ID, workbench.Text("ada"), now); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("a link that another replaced: got %v, want ErrNotFound", err)
	}
	linkThere(t, s, expired, true, now)
	linkThere(t, s, others, true, now)
	later := linkFor(p, "later", 29) // the used one ended 29 days before, the other one expired
	mustLink(t, s, later)
	same(t, "links", linkIDs(t, s), "later, others, used")
	linkThere(t, s, used, true, later.MadeAt.Time)
	if err := s.WithdrawConsentLink(ctx, later.ID, "kim", later.MadeAt.Time); err != nil {
		t.Fatalf("WithdrawConsentLink: %v", err)
	}
	linkThere(t, s, later, false, later.MadeAt.Time)
	mustLink(t, s, linkFor(p, "again", 30)) // the used one ended 30 days before
	same(t, "links", linkIDs(t, s), "again, others")
	mustLink(t, s, linkFor(p, "last", 37)) // others expired 30 days before
	same(t, "links", linkIDs(t, s), "last")
	mustVerify(t, s)
}
