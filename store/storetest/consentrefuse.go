package storetest

import (
	"errors"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

func testConsentRefused(t *testing.T, s store.Store) {
	p, q := mustConnect(t, s, parentOf("p", "Contoso", TenantA)), mustConnect(t, s, parentOf("q", "Fabrikam", TenantB))
	kept := linkFor(p, "kept", 0)
	mustLink(t, s, kept)
	trail := len(mustTrail(t, s))
	var invalid *workbench.Invalid
	for name, test := range map[string]struct {
		change func(*workbench.ConsentLink)
		field  string // that is wrong
	}{
		"no id":           {func(l *workbench.ConsentLink) { l.ID = "" }, "id"},
		"long id":         {func(l *workbench.ConsentLink) { l.ID = strings.Repeat("x", 257) }, "id"},
		"no tenant":       {func(l *workbench.ConsentLink) { l.Tenant = "" }, "tenant"},
		"no tenant's id":  {func(l *workbench.ConsentLink) { l.Tenant = "Not A Tenant" }, "tenant"},
		"used":            {func(l *workbench.ConsentLink) { l.UsedAt = l.MadeAt }, "usedAt"},
		"used by":         {func(l *workbench.ConsentLink) { l.UsedBy = workbench.Text("eve") }, "usedAt"},
		"without end":     {func(l *workbench.ConsentLink) { l.Expires = workbench.Time{} }, "expires"},
		"without moment":  {func(l *workbench.ConsentLink) { l.MadeAt = workbench.Time{} }, "expires"},
		"ended":           {func(l *workbench.ConsentLink) { l.Expires = l.MadeAt }, "expires"},
		"good for longer": {func(l *workbench.ConsentLink) { l.Expires = workbench.At(l.Expires.Add(1)) }, "expires"},
	} {
		l := linkFor(p, "new", 1)
		test.change(&l)
		if err := s.AddConsentLink(ctx, "secret", l); !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[test.field] == "" {
			t.Errorf("%s: got %v, want *Invalid that names %s alone", name, err, test.field)
		}
	}
	absent := linkFor(p, "new", 1)
	absent.Connector = "absent"
	for name, test := range map[string]struct {
		secret string
		link   workbench.ConsentLink
		want   error
	}{
		"connector that is not there":     {"secret", absent, workbench.ErrNotFound},
		"secret of another":               {secretOf("kept"), linkFor(q, "new", 1), workbench.ErrExists},
		"id of another connector's":       {"secret", linkFor(q, "kept", 1), workbench.ErrExists},
		"id of the one it would replace":  {"secret", linkFor(p, "kept", 1), workbench.ErrExists},
		"secret of the one to replace":    {secretOf("kept"), linkFor(p, "new", 1), workbench.ErrExists},
		"one that is added a second time": {secretOf("kept"), kept, workbench.ErrExists},
	} {
		if err := s.AddConsentLink(ctx, test.secret, test.link); !errors.Is(err, test.want) || strings.Contains(err.Error(), "secret of kept") {
			t.Errorf("%s: got %v, want %v, without the secret", name, err, test.want)
		}
	}
	if err := s.AddConsentLink(ctx, "", linkFor(p, "new", 1)); err == nil {
		t.Error("a link without secret: got no error")
	}
	same(t, "links", linkIDs(t, s), "kept")
	linkThere(t, s, kept, true, kept.MadeAt.Time)
	if entries := newEntries(t, s, trail); len(entries) != 0 {
		t.Errorf("audit trail: got %q, want nothing", entries)
	}
}

func testConsentAudit(t *testing.T, s store.Store) {
	p := mustConnect(t, s, parentOf("p", "Contoso", TenantA))
	first, second, third := linkFor(p, "first", 0), linkFor(p, "second", 1), linkFor(p, "third", 2)
	about := " to tenant " + string(TenantA) + ", for connector p, named Contoso, of tenant " + string(TenantA)
	for _, step := range []struct {
		do   func() error
		want string
		by   workbench.AccountID
		at   workbench.Time
	}{
		{func() error { return s.AddConsentLink(ctx, secretOf("first"), first) }, "added consent link: consent link first" + about, "kim", first.MadeAt},
		{func() error { return s.AddConsentLink(ctx, secretOf("second"), second) },
			"added consent link: consent link second" + about + ", in the place of first", "kim", second.MadeAt},
		{func() error {
			_, err := s.UseConsentLink(ctx, "second", workbench.Text("ada\u202e@contoso.example"), Minute(7).Time)
			return err
		}, "used consent link: consent link second" + about + ", by ada[U+202E]@contoso.example", "", Minute(7)},
		{func() error { return s.AddConsentLink(ctx, secretOf("third"), third) }, "added consent link: consent link third" + about, "kim", third.MadeAt},
		{func() error { return s.WithdrawConsentLink(ctx, "third", "lee", Minute(8).Time) }, "withdrew consent link: consent link third" + about, "lee", Minute(8)},
	} {
		before := len(mustTrail(t, s))
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.want, err)
		}
		entries := mustTrail(t, s)[before:]
		if len(entries) != 1 {
			t.Fatalf("got entries %+v, want one", entries)
		}
		e := entries[0]
		if got := e.What + ": " + e.About; got != step.want || e.By != step.by || e.At != step.at || strings.Contains(got, "secret") {
			t.Errorf("got %q by %q at %s, want %q by %q at %s", got, e.By, e.At, step.want, step.by, step.at)
		}
	}
	mustVerify(t, s)
}
