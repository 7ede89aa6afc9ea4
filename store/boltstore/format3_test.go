package boltstore_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

// Records as a program of format 3 wrote them.
const (
	parent3 = `{"id":"p","kind":"microsoft365","name":"Contoso","description":"","parent":"","entered":"contoso.example","tenant":"` +
		string(storetest.TenantA) + `","registration":"r","backfillDays":0,"disabled":false,"createdAt":"2026-03-04T05:01:00Z",` +
		`"createdBy":"administrator","authorizedAt":"2026-03-04T05:02:00Z","authorizedBy":"ada@contoso.example","revision":2}`
	child3 = `{"id":"e","kind":"defenderForEndpoint","name":"Endpoint","description":"","parent":"p","entered":"","tenant":"` +
		string(storetest.TenantA) + `","registration":"","backfillDays":30,"disabled":false,"createdAt":"2026-03-04T05:02:00Z",` +
		`"createdBy":"administrator","authorizedAt":null,"authorizedBy":null,"revision":1}`
	registration3 = `{"id":"r","clientId":"client","objectId":"object","credentials":[],` +
		`"renewal":{"triedAt":null,"failures":0,"reason":"","detail":null,"trace":null,"nextAt":null,"warned":0},"revision":4}`
)

// format3 makes a closed store as a program of format 3 left it, with a parent, its registration and a child.
func format3(t testing.TB) string {
	t.Helper()
	s, _ := filled(t)
	connect(t, s)
	mustClose(t, s)
	edited(t, s.path, func(tx *bbolt.Tx) error {
		connectors, registrations := tx.Bucket([]byte("connectors")), tx.Bucket([]byte("registrations"))
		errs := []error{connectors.Put([]byte("p"), []byte(parent3)), connectors.Put([]byte("e"), []byte(child3)), registrations.Put([]byte("r"), []byte(registration3)),
			registrations.Delete([]byte("s")), tx.Bucket([]byte("meta")).Put([]byte("format"), binary.BigEndian.AppendUint64(nil, 3))}
		for _, name := range made4 {
			errs = append(errs, tx.DeleteBucket([]byte(name)))
		}
		return errors.Join(errs...)
	})
	return s.path
}

// tenantsOwn checks that records of format 3 read as those of a tenant with an app of its own, and that there are no links.
func tenantsOwn(t testing.TB, s *boltstore.Store) {
	t.Helper()
	p, err := s.Connector(ctx, everyone, "p")
	e, err2 := s.Connector(ctx, everyone, "e")
	r, err3 := s.Registration(ctx, "r")
	links, err4 := s.ConsentLinks(ctx)
	_, err5 := s.ConsentLink(ctx, "consent-in-clear", storetest.Minute(5).Time)
	_, err6 := s.ConsentLinkNamed(ctx, "c1", storetest.Minute(5).Time)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if p.Topology != workbench.OwnApp || p.Cloud != "" || !p.ConsentedAt.IsZero() || !p.Confirmed() || p.Registration != "r" || p.Revision != 2 ||
		e.Registration != "" || e.Parent != "p" {
		t.Errorf("connectors: got %+v and %+v, want them as they were", p, e)
	}
	if r.Name != "" || r.Tenant != "" || r.Cloud != "" || r.Manager != "" || r.ClientID != "client" || r.Revision != 4 {
		t.Errorf("registration: got %+v, want it as it was", r)
	}
	if len(links) != 0 || !errors.Is(err5, workbench.ErrNotFound) || !errors.Is(err6, workbench.ErrNotFound) {
		t.Errorf("links: got %v, %v, %v, want none", links, err5, err6)
	}
	if problems := verified(t, s); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
}

func TestFormat3ReadOnly(t *testing.T) {
	path := format3(t)
	s, err := boltstore.Open(path, deriver, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	tenantsOwn(t, s)
	if err := s.AddConsentLink(ctx, "new", consentLink("new", "p", 3)); !errors.Is(err, workbench.ErrReadOnly) {
		t.Errorf("adding a link: got %v, want ErrReadOnly", err)
	}
	_, err = s.UseConsentLink(ctx, "c1", workbench.Text("ada"), storetest.Minute(5).Time)
	if err2 := s.WithdrawConsentLink(ctx, "c1", "kim", storetest.Minute(5).Time); !errors.Is(err, workbench.ErrReadOnly) || !errors.Is(err2, workbench.ErrReadOnly) {
		t.Errorf("using and withdrawing a link: got %v and %v, want ErrReadOnly", err, err2)
	}
	mustClose(t, s)
	if got := formatOf(t, path); got != 3 {
		t.Errorf("format: got %d, want it to stay 3", got)
	}
}

func TestFormat3IsBroughtForward(t *testing.T) {
	path := format3(t)
	writes := func() (n uint64) {
		edited(t, path, func(tx *bbolt.Tx) error {
			n = binary.BigEndian.Uint64(tx.Bucket([]byte("meta")).Get([]byte("commit")))
			return nil
		})
		return n
	}
	before := writes()
	s := mustOpen(t, path, deriver)
	tenantsOwn(t, s.Store)
	mustClose(t, s)
	if n := writes() - before; n != 1 {
		t.Errorf("it took %d writes, want 1: its stories are as they should be", n)
	}
	s = mustOpen(t, path, deriver)
	if err := s.AddConsentLink(ctx, "new", consentLink("new", "p", 3)); err != nil {
		t.Fatalf("AddConsentLink: %v", err)
	}
	p, err := s.Connector(ctx, everyone, "p")
	if err != nil {
		t.Fatal(err)
	}
	p.Cloud = "usgov"
	if _, err := s.SaveConnector(ctx, p, "changed", "kim", storetest.Minute(6)); err != nil {
		t.Fatalf("SaveConnector: %v", err)
	}
	mustClose(t, s)
	edited(t, path, func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte("meta")).Get([]byte("forward")) != nil {
			t.Error("its stories are to be brought forward, which they were")
		}
		return nil
	})
	if got := formatOf(t, path); got != 4 {
		t.Errorf("format: got %d, want 4, which earlier versions refuse", got)
	}
	s = mustOpen(t, path, deriver)
	defer s.Close()
	if l, err := s.ConsentLink(ctx, "new", storetest.Minute(6).Time); err != nil || l.ID != "new" {
		t.Errorf("link: got %+v, %v", l, err)
	}
	if problems := verified(t, s.Store); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
}

// TestFormat3GoesOn holds that a store whose stories a program of format 3 was bringing forward when it ended has them brought forward.
func TestFormat3GoesOn(t *testing.T) {
	made, id := filled(t)
	mustClose(t, made)
	aged(t, made.path)
	edited(t, made.path, func(tx *bbolt.Tx) error { // as the first transaction of that program left it
		var errs []error
		for _, name := range made3 {
			_, err := tx.CreateBucket([]byte(name))
			errs = append(errs, err)
		}
		meta := tx.Bucket([]byte("meta"))
		return errors.Join(append(errs, meta.Put([]byte("forward"), make([]byte, 9)), meta.Put([]byte("format"), binary.BigEndian.AppendUint64(nil, 3)))...)
	})
	s := mustOpen(t, made.path, deriver)
	if _, err := s.Story(ctx, everyone, id); err != nil {
		t.Errorf("story: %v", err)
	}
	mustClose(t, s)
	if n := oldStories(t, made.path); n != 0 || formatOf(t, made.path) != 4 {
		t.Errorf("%d stories were not brought forward, format %d", n, formatOf(t, made.path))
	}
}

func TestFormat4NeedsItsBucket(t *testing.T) {
	made, _ := filled(t)
	mustClose(t, made)
	edited(t, made.path, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(made4[0])) })
	if s, err := boltstore.Open(made.path, deriver, boltstore.Options{}); !errors.Is(err, workbench.ErrCorrupt) {
		t.Errorf("a store without the links that it should have: got %v, %v, want ErrCorrupt", s, err)
	}
}
