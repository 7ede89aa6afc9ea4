package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

// withAccounts opens a store with two accounts.
func withAccounts(t *testing.T, open opener) store.Store {
	t.Helper()
	s := open.fresh(t)
	for _, id := range []workbench.AccountID{"kim", "sam"} {
		if err := s.AddAccount(ctx, workbench.Account{ID: id, Name: string(id), CreatedAt: Minute(1)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func mustSaveView(t testing.TB, s store.Store, v workbench.View, minute int) workbench.View {
	t.Helper()
	saved, err := s.SaveView(ctx, v, Minute(minute))
	if err != nil {
		t.Fatalf("SaveView: %v", err)
	}
	return saved
}

// viewNames are the names of what an account can use, in order.
func viewNames(t testing.TB, s store.Store, account workbench.AccountID) string {
	t.Helper()
	views, err := s.Views(ctx, account)
	if err != nil {
		t.Fatalf("Views: %v", err)
	}
	names := make([]string, 0, len(views))
	for _, v := range views {
		names = append(names, v.Name)
	}
	return strings.Join(names, ", ")
}

func testViews(t *testing.T, open opener) {
	view := func(id workbench.ViewID, owner workbench.AccountID, name string) workbench.View {
		return workbench.View{ID: id, Owner: owner, Name: name, Query: "status=open"}
	}
	t.Run("own and shared, in order of name whatever the case", func(t *testing.T) {
		s := withAccounts(t, open)
		if got := viewNames(t, s, "kim"); got != "" {
			t.Errorf("before any is saved: got %q", got)
		}
		shared := view("2", "sam", "ALPHA")
		shared.Shared = true
		saved := mustSaveView(t, s, view("3", "kim", "beta"), 2)
		want := view("3", "kim", "beta")
		want.Revision, want.UpdatedAt = 1, Minute(2)
		same(t, "saved view", saved, want)
		mustSaveView(t, s, view("1", "kim", "Gamma"), 3)
		mustSaveView(t, s, shared, 4)
		mustSaveView(t, s, view("4", "sam", "private"), 5)
		mustSaveView(t, s, view("1", "sam", "alpha's twin, by id of kim's"), 5) // ids are the owner's own
		if got := viewNames(t, s, "kim"); got != "ALPHA, beta, Gamma" {
			t.Errorf("kim: got %q", got)
		}
		if got := viewNames(t, s, "sam"); got != "ALPHA, alpha's twin, by id of kim's, private" {
			t.Errorf("sam: got %q", got)
		}
		if got := viewNames(t, s, "nobody"); got != "ALPHA" {
			t.Errorf("an account that is not there: got %q", got)
		}
		mine := view("0", "kim", "alpha") // the name of another's is free
		mustSaveView(t, s, mine, 6)
		if got := viewNames(t, s, "kim"); got != "alpha, ALPHA, beta, Gamma" {
			t.Errorf("the same name twice, in order of ids: got %q", got)
		}
	})
	t.Run("replaced by who saw the last revision", func(t *testing.T) {
		s := withAccounts(t, open)
		first := mustSaveView(t, s, view("1", "kim", "mine"), 2)
		next := first
		next.Name, next.Query = "MINE", "status=closed"
		second := mustSaveView(t, s, next, 3)
		if second.Revision != first.Revision+1 || second.UpdatedAt != Minute(3) {
			t.Errorf("got %+v, want the next revision", second)
		}
		views, err := s.Views(ctx, "kim")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "views", views, []workbench.View{second})
		again, absent := view("1", "kim", "new"), view("9", "kim", "never there")
		absent.Revision = 1
		others := second
		others.Owner = "sam"
		for name, test := range map[string]struct {
			v    workbench.View
			want error
		}{
			"an old revision": {first, workbench.ErrConflict}, "an id that is taken": {again, workbench.ErrConflict}, "one that is not there": {absent, workbench.ErrNotFound},
			"one of another account": {others, workbench.ErrNotFound}, "an account that is not there": {view("1", "nobody", "x"), workbench.ErrNotFound},
		} {
			if got, err := s.SaveView(ctx, test.v, Minute(4)); !errors.Is(err, test.want) || got != (workbench.View{}) {
				t.Errorf("%s: got %+v, %v, want %v", name, got, err, test.want)
			}
		}
		if got := viewNames(t, s, "kim"); got != "MINE" {
			t.Errorf("after refusals: got %q", got)
		}
	})
	t.Run("refuses", func(t *testing.T) {
		s := withAccounts(t, open)
		mustSaveView(t, s, view("1", "kim", "Mine"), 2)
		long := view("2", "kim", "long")
		long.Query = strings.Repeat("x", workbench.MaxViewQuery+1)
		for field, v := range map[string]workbench.View{"name": view("2", "kim", "mINE"), "query": long, "id": view("", "kim", "no id")} {
			var invalid *workbench.Invalid
			if _, err := s.SaveView(ctx, v, Minute(3)); !errors.As(err, &invalid) || invalid.Fields[field] == "" {
				t.Errorf("%s: got %v, want *Invalid naming it", field, err)
			}
		}
		var invalid *workbench.Invalid
		if _, err := s.SaveView(ctx, view("2", "kim", ""), Minute(3)); !errors.As(err, &invalid) || invalid.Fields["name"] == "" {
			t.Errorf("no name: got %v, want *Invalid naming it", err)
		}
		for n := range workbench.MaxViews - 1 {
			mustSaveView(t, s, view(workbench.ViewID(fmt.Sprint("v", n)), "kim", fmt.Sprint("view ", n)), 3)
		}
		if _, err := s.SaveView(ctx, view("one more", "kim", "one more"), Minute(3)); !errors.As(err, &invalid) {
			t.Errorf("one view too many: got %v, want *Invalid", err)
		}
		full := view("1", "kim", "Mine still")
		full.Revision = 1
		mustSaveView(t, s, full, 4)
		mustSaveView(t, s, view("1", "sam", "sam's"), 4)
		if err := s.DeleteView(ctx, "kim", "v0", Minute(5)); err != nil {
			t.Fatal(err)
		}
		mustSaveView(t, s, view("one more", "kim", "one more"), 6)
	})
	t.Run("deleted by the owner", func(t *testing.T) {
		s := withAccounts(t, open)
		shared := view("1", "kim", "ours")
		shared.Shared = true
		mustSaveView(t, s, shared, 2)
		for _, err := range []error{s.DeleteView(ctx, "sam", "1", Minute(3)), s.DeleteView(ctx, "kim", "2", Minute(3)), s.DeleteView(ctx, "", "", Minute(3))} {
			if !errors.Is(err, workbench.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
		}
		if got := viewNames(t, s, "sam"); got != "ours" {
			t.Errorf("got %q", got)
		}
		if err := s.DeleteView(ctx, "kim", "1", Minute(4)); err != nil {
			t.Fatal(err)
		}
		if got := viewNames(t, s, "kim") + viewNames(t, s, "sam"); got != "" {
			t.Errorf("after deleting it: got %q", got)
		}
	})
	t.Run("only shared views leave audit entries", func(t *testing.T) {
		s := withAccounts(t, open)
		before := len(mustTrail(t, s))
		v := mustSaveView(t, s, view("1", "kim", "mine"), 2)
		if err := s.SavePreferences(ctx, "kim", workbench.Preferences{DefaultView: "1"}); err != nil {
			t.Fatal(err)
		}
		v.Shared = true
		v = mustSaveView(t, s, v, 3) // shared
		v.Shared = false
		v = mustSaveView(t, s, v, 4) // no more
		v = mustSaveView(t, s, v, 5)
		v.Shared = true
		mustSaveView(t, s, v, 6)
		if err := s.DeleteView(ctx, "kim", "1", Minute(7)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range mustTrail(t, s)[before:] {
			if e.By != "kim" || !strings.Contains(e.About, "mine") || strings.Contains(e.About, "status=open") {
				t.Errorf("entry: got %+v, want the owner and the name, and not the query", e)
			}
			got = append(got, fmt.Sprint(e.What, " at ", e.At.Minute()))
		}
		same(t, "audit", got, []string{"saved shared view at 3", "saved shared view at 4", "saved shared view at 6", "deleted shared view at 7"})
		mustVerify(t, s)
	})
	t.Run("deleting an owner's views leaves other accounts' alone", func(t *testing.T) {
		s := withAccounts(t, open)
		mustSaveView(t, s, view("1", "kim", "one"), 2)
		mustSaveView(t, s, view("1", "sam", "one"), 2)
		if err := s.DeleteView(ctx, "kim", "1", Minute(3)); err != nil {
			t.Fatal(err)
		}
		if got := viewNames(t, s, "sam"); got != "one" {
			t.Errorf("got %q", got)
		}
	})
}

func testPreferences(t *testing.T, open opener) {
	s := withAccounts(t, open)
	get := func(account workbench.AccountID) workbench.Preferences {
		t.Helper()
		p, err := s.Preferences(ctx, account)
		if err != nil {
			t.Fatalf("Preferences: %v", err)
		}
		return p
	}
	same(t, "before anything was said", get("kim"), workbench.Preferences{})
	first := workbench.Preferences{DefaultView: "mine", Columns: []string{"status", "owner"}}
	for _, want := range []workbench.Preferences{first, {Columns: []string{"owner"}}, {}} {
		if err := s.SavePreferences(ctx, "kim", want); err != nil {
			t.Fatal(err)
		}
		same(t, "preferences", get("kim"), want)
	}
	if err := s.SavePreferences(ctx, "sam", first); err != nil {
		t.Fatal(err)
	}
	first.Columns[0] = "changed afterwards"
	same(t, "another account's", get("kim"), workbench.Preferences{})
	same(t, "what was kept", get("sam"), workbench.Preferences{DefaultView: "mine", Columns: []string{"status", "owner"}})
	same(t, "an account that is not there", get("nobody"), workbench.Preferences{})
	if err := s.SavePreferences(ctx, "nobody", workbench.Preferences{}); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("an account that is not there: got %v, want ErrNotFound", err)
	}
	for field, p := range map[string]workbench.Preferences{"columns": {Columns: []string{""}}, "defaultView": {DefaultView: workbench.ViewID(strings.Repeat("x", 65))}} {
		var invalid *workbench.Invalid
		if err := s.SavePreferences(ctx, "sam", p); !errors.As(err, &invalid) || invalid.Fields[field] == "" {
			t.Errorf("%s: got %v, want *Invalid naming it", field, err)
		}
	}
	same(t, "after refusals", get("sam"), workbench.Preferences{DefaultView: "mine", Columns: []string{"status", "owner"}})
}
