package storetest

import (
	"errors"
	"testing"
	"time"

	"workbench"
	"workbench/store"
)

func testAccounts(t *testing.T, open opener) {
	s := open.fresh(t)
	kim := workbench.Account{ID: "kim-id", Name: "Kim <b>", CreatedAt: Minute(1), Grants: []workbench.TenantID{TenantA}}
	if err := s.AddAccount(ctx, kim); err != nil {
		t.Fatalf("AddAccount: %v", err)
	}
	byID, err := s.Account(ctx, kim.ID)
	byName, err2 := s.AccountNamed(ctx, kim.Name)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	same(t, "account by id", byID, kim)
	same(t, "account by name", byName, kim)
	for name, a := range map[string]workbench.Account{"id": {ID: kim.ID, Name: "Other"}, "name": {ID: "other", Name: kim.Name}} {
		if err := s.AddAccount(ctx, a); !errors.Is(err, workbench.ErrExists) {
			t.Errorf("an account whose %s is taken: got %v, want ErrExists", name, err)
		}
	}
	_, err = s.Account(ctx, "other")
	_, err2 = s.AccountNamed(ctx, "Other")
	_, err3 := s.AccountNamed(ctx, "")
	for _, err := range []error{err, err2, err3} {
		if !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("an account that is not there: got %v, want ErrNotFound", err)
		}
	}
	t.Run("sign-in links", func(t *testing.T) {
		now := Minute(10).Time
		use := func(token string, at time.Time, want error) {
			t.Helper()
			id, err := s.UseLink(ctx, token, at)
			if !errors.Is(err, want) || err == nil && id != kim.ID {
				t.Errorf("UseLink(%s): got %q, %v, want %v", token, id, err, want)
			}
		}
		links := map[string]store.Link{"once": {Account: kim.ID, Expires: now.Add(time.Hour)}, "lasting": {Account: kim.ID, Expires: now.Add(time.Hour), Lasting: true}}
		for token, link := range links {
			if err := s.AddLink(ctx, token, link); err != nil {
				t.Fatal(err)
			}
		}
		use("once", now.Add(time.Hour), workbench.ErrNotFound)
		use("once", now, nil)
		use("once", now, workbench.ErrNotFound)
		use("lasting", now, nil)
		use("lasting", now.Add(time.Hour-1), nil)
		use("lasting", now.Add(time.Hour), workbench.ErrNotFound)
		use("unknown", now, workbench.ErrNotFound)
		use("", now, workbench.ErrNotFound)
	})
}

func testSessions(t *testing.T, open opener) {
	s := open.fresh(t)
	now := Minute(10).Time
	save := func(id string, values map[string]string, at, expires time.Time) {
		t.Helper()
		if err := s.SaveSession(ctx, id, values, at, expires); err != nil {
			t.Fatalf("SaveSession: %v", err)
		}
	}
	read := func(id string, at time.Time, want map[string]string) {
		t.Helper()
		got, err := s.Session(ctx, id, at)
		switch {
		case want == nil && !errors.Is(err, workbench.ErrNotFound):
			t.Errorf("session %s: got %v, %v, want ErrNotFound", id, got, err)
		case want != nil && err != nil:
			t.Errorf("session %s: %v", id, err)
		case want != nil:
			same(t, "session "+id, got, want)
		}
	}
	save("a", map[string]string{"account": "kim"}, now, now.Add(time.Hour))
	save("b", map[string]string{}, now, now.Add(2*time.Hour))
	read("a", now, map[string]string{"account": "kim"})
	read("a", now.Add(time.Hour), nil)
	read("c", now, nil)
	save("a", map[string]string{"flash": "saved"}, now, now.Add(3*time.Hour))
	read("a", now.Add(2*time.Hour), map[string]string{"flash": "saved"})
	save("c", nil, now.Add(150*time.Minute), now.Add(4*time.Hour)) // b has ended and is dropped
	read("b", now, nil)
	read("a", now, map[string]string{"flash": "saved"})
	for range 2 {
		if err := s.DeleteSession(ctx, "a"); err != nil {
			t.Errorf("DeleteSession: %v", err)
		}
	}
	read("a", now, nil)
}
