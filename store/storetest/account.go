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
	t.Run("saving and listing", func(t *testing.T) {
		lee := workbench.Account{ID: "a-lee", Name: "Lee", CreatedAt: Minute(2), Role: workbench.Viewer, Grants: []workbench.TenantID{}, Password: "$argon2id$v=19$hidden"}
		if err := s.AddAccount(ctx, lee); err != nil {
			t.Fatal(err)
		}
		trail := len(mustTrail(t, s))
		changed := kim
		changed.Name, changed.Role, changed.Grants, changed.AllGrants, changed.Password, changed.Disabled = "Another", workbench.Analyst, nil, true, "$argon2id$v=19$hidden", true
		if err := s.SaveAccount(ctx, changed, "disabled", lee.ID, Minute(3)); err != nil {
			t.Fatalf("SaveAccount: %v", err)
		}
		changed.Name = kim.Name
		got, err := s.AccountNamed(ctx, kim.Name)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "account", got, changed)
		entries := newEntries(t, s, trail)
		if len(entries) != 1 || entries[0] != "disabled account: account kim-id, named Kim <b>" || mustTrail(t, s)[trail].By != lee.ID {
			t.Errorf("audit trail: got %q, want one entry that names the account", entries)
		}
		if err := s.SaveAccount(ctx, workbench.Account{ID: "other", Name: "Lee"}, "disabled", "", Minute(3)); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("an account that is not there: got %v, want ErrNotFound", err)
		}
		list, err := s.AccountList(ctx)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "accounts", list, []workbench.Account{changed, lee})
		none, err := open.fresh(t).AccountList(ctx)
		if err != nil || none == nil || len(none) != 0 {
			t.Errorf("accounts of an empty store: got %v, %v, want an empty list", none, err)
		}
		mustVerify(t, s)
	})
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
		links["password"] = store.Link{Account: kim.ID, Expires: now.Add(time.Hour), Password: true}
		if err := s.AddLink(ctx, "password", links["password"]); err != nil {
			t.Fatal(err)
		}
		for range 2 { // reading leaves it
			for token, want := range links {
				got, err := s.Link(ctx, token, now)
				if err != nil {
					t.Fatalf("Link(%s): %v", token, err)
				}
				same(t, "link "+token, got, want)
			}
		}
		for token, at := range map[string]time.Time{"once": now.Add(time.Hour), "unknown": now, "": now} {
			if got, err := s.Link(ctx, token, at); !errors.Is(err, workbench.ErrNotFound) || got != (store.Link{}) {
				t.Errorf("Link(%s): got %v, %v, want ErrNotFound", token, got, err)
			}
		}
		use("once", now.Add(time.Hour), workbench.ErrNotFound)
		use("once", now, nil)
		if _, err := s.Link(ctx, "once", now); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("a link that was used: got %v, want ErrNotFound", err)
		}
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
