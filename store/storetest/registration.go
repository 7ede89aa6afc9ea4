package storetest

import (
	"errors"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

func mustRegister(t testing.TB, s store.Store, r workbench.Registration) workbench.Registration {
	t.Helper()
	saved, err := s.SaveRegistration(ctx, r, "saved", workbench.Administrator, Minute(10))
	if err != nil {
		t.Fatalf("SaveRegistration(%s): %v", r.ID, err)
	}
	return saved
}

func testRegistrations(t *testing.T, s store.Store) {
	r := workbench.Registration{ID: "registration of p", ClientID: "11111111-2222-4333-8444-555555555555", ObjectID: "object",
		Credentials: []workbench.Credential{{ID: "0123456789abcdef", Kind: workbench.CertificateCredential, State: workbench.CredentialOffered, Made: true,
			Certificate: []byte("certificate"), NotBefore: Minute(1), NotAfter: Minute(100), MadeAt: Minute(1), Sealed: []byte("private key, sealed")}},
		Renewal: workbench.Renewal{TriedAt: Minute(2), Failures: 1, Reason: workbench.ReasonKeyPolicy, Detail: workbench.Text("no"), Warned: 6}}
	mustConnect(t, s, parentOf("p", "Contoso", TenantA))
	trail := len(mustTrail(t, s))
	saved, err := s.SaveRegistration(ctx, r, "made a certificate for", "kim", Minute(5))
	if err != nil {
		t.Fatal(err)
	}
	want := r
	want.Revision = 1
	same(t, "saved", saved, want)
	got, err := s.Registration(ctx, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "read", got, want)
	entries := newEntries(t, s, trail)
	if len(entries) != 1 || !strings.HasPrefix(entries[0], "made a certificate for app registration: ") || strings.Contains(entries[0], "private") {
		t.Fatalf("audit trail: got %q, want one entry without secrets", entries)
	}
	for _, part := range []string{string(r.ID), r.ClientID, "Contoso", string(TenantA)} {
		if !strings.Contains(entries[0], part) {
			t.Errorf("audit trail: %q does not name %s", entries[0], part)
		}
	}
	clear(got.Credentials[0].Sealed)
	clear(saved.Credentials[0].Sealed)
	clear(r.Credentials[0].Sealed)
	next, err := s.Registration(ctx, r.ID)
	if err != nil || string(next.Credentials[0].Sealed) != "private key, sealed" {
		t.Errorf("after callers changed what they hold: got %q, %v", next.Credentials[0].Sealed, err)
	}
	next.Renewal = workbench.Renewal{}
	if next, err = s.SaveRegistration(ctx, next, "", "", Minute(6)); err != nil || next.Revision != 2 {
		t.Errorf("without a word: got revision %d, %v, want 2", next.Revision, err)
	}
	if entries := newEntries(t, s, trail); len(entries) != 1 {
		t.Errorf("audit trail: got %q, want none for a save without a word", entries)
	}
	for revision, want := range map[int]error{0: workbench.ErrConflict, 1: workbench.ErrConflict, 3: workbench.ErrConflict} {
		old := next
		old.Revision = revision
		if _, err := s.SaveRegistration(ctx, old, "", "", Minute(7)); !errors.Is(err, want) {
			t.Errorf("revision %d: got %v, want %v", revision, err, want)
		}
	}
	absent := workbench.Registration{ID: "absent", Revision: 1}
	_, err = s.SaveRegistration(ctx, absent, "", "", Minute(7))
	_, err2 := s.Registration(ctx, absent.ID)
	for _, err := range []error{err, err2} {
		if !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("a registration that is not there: got %v, want ErrNotFound", err)
		}
	}
	var invalid *workbench.Invalid
	for name, bad := range map[string]workbench.Registration{"id": {}, "credentials": {ID: "x", Credentials: make([]workbench.Credential, workbench.MaxCredentials+1)}} {
		if _, err := s.SaveRegistration(ctx, bad, "", "", Minute(7)); !errors.As(err, &invalid) || invalid.Fields[name] == "" {
			t.Errorf("bad %s: got %v, want *Invalid that names it", name, err)
		}
	}
	mustRegister(t, s, workbench.Registration{ID: "a"})
	list, err := s.Registrations(ctx)
	if err != nil || len(list) != 2 || list[0].ID != "a" {
		t.Errorf("list: got %v, %v, want both in order of ids", list, err)
	}
	mustVerify(t, s)
}

func testHealth(t *testing.T, s store.Store) {
	mustConnect(t, s, parentOf("p", "Contoso", TenantA))
	trail := len(mustTrail(t, s))
	h := workbench.Health{Connector: "p", Status: workbench.StatusError, Reason: workbench.ReasonSecretWrong, Detail: workbench.Text("AADSTS7000215"), Trace: workbench.Text("trace"),
		Since: Minute(1), CheckedAt: Minute(2), GoodAt: Minute(0), NextAt: Minute(3), Failures: 4, Empty: true}
	for _, h := range []workbench.Health{workbench.NewHealth("p", Minute(1)), h, workbench.NewHealth("absent", Minute(1)), workbench.NewHealth("", Minute(1))} {
		if err := s.SaveHealth(ctx, h); err != nil {
			t.Fatalf("SaveHealth: %v", err)
		}
	}
	got, err := s.Healths(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "healths", got, map[workbench.ConnectorID]workbench.Health{"p": h})
	if entries := newEntries(t, s, trail); len(entries) != 0 {
		t.Errorf("audit trail: got %q, want nothing", entries)
	}
	mustVerify(t, s)
}
