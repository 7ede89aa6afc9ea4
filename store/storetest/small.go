package storetest

import (
	"fmt"
	"sync"
	"testing"

	"workbench"
	"workbench/store"
)

// testSmall tests display names and settings.
func testSmall(t *testing.T, open opener) {
	s := open.fresh(t)
	name := func(id workbench.TenantID, text string) {
		t.Helper()
		if err := s.NameTenant(ctx, id, workbench.Text(text)); err != nil {
			t.Fatalf("NameTenant: %v", err)
		}
	}
	name(TenantA, "Contoso")
	mustAppend(t, s, Alert(TenantB, "p", "b", "", 1, "b"), Alert(TenantA, "p", "a", "", 1, "a"))
	name(TenantB, "Fabrikam")
	name(TenantB, "")
	list, err := s.TenantList(ctx, everyone)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "tenants", list, []workbench.Tenant{{ID: TenantA, Name: workbench.Text("Contoso")}, {ID: TenantB}})
	list, err = s.TenantList(ctx, workbench.ScopeOf(TenantB, "elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "tenants of a scope", list, []workbench.Tenant{{ID: TenantB}})

	var group sync.WaitGroup
	values := make([]string, 8)
	for i := range values {
		group.Go(func() {
			v, err := s.Setting(ctx, "cookie keys", func() []byte { return fmt.Append(nil, "made by ", i) })
			values[i] = fmt.Sprint(string(v), err)
		})
	}
	group.Wait()
	for _, v := range values {
		if v != values[0] {
			t.Errorf("setting: got %q and %q, want one value for all", v, values[0])
		}
	}
	for name, want := range map[string]bool{"cookie keys": true, "other": false} {
		if got, err := s.HasSetting(ctx, name); got != want || err != nil {
			t.Errorf("has setting %s: got %t, %v", name, got, err)
		}
	}
	if err := s.ReplaceSetting(ctx, "cookie keys", []byte("another")); err != nil {
		t.Fatal(err)
	}
	v, err := s.Setting(ctx, "cookie keys", func() []byte { t.Error("a setting that is there is made"); return nil })
	same(t, "replaced setting", string(v), "another")
	if err != nil {
		t.Error(err)
	}
}

func testAudit(t *testing.T, open opener) {
	s := open.fresh(t)
	id := mustAppend(t, s, Alert(TenantA, "p", "a", "", 1, "a")).Stories[0].ID
	mustAct(t, s, ActionOn(id, "1", 5, "hello"))
	if err := s.AddAccount(ctx, workbench.Account{ID: "kim", Name: "Kim", CreatedAt: Minute(6)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(ctx, store.AuditEntry{Number: 77, At: Minute(7), By: "kim", What: "exported <stories>", About: "all", Previous: workbench.Hash{1}}); err != nil {
		t.Fatal(err)
	}
	trail := mustTrail(t, s)
	if len(trail) != 4 {
		t.Fatalf("got %d entries, want those of Append, Act, AddAccount and Record", len(trail))
	}
	for i, e := range trail {
		if e.Number != uint64(i+1) || e.What == "" || (e.Previous == workbench.Hash{}) != (i == 0) {
			t.Errorf("entry %d: got %+v, want the next number and the hash of the entry before", i, e)
		}
	}
	last := trail[3]
	last.Previous = workbench.Hash{}
	same(t, "recorded entry", last, store.AuditEntry{Number: 4, At: Minute(7), By: "kim", What: "exported <stories>", About: "all"})
	page, err := s.AuditTrail(ctx, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "page of the trail", page, trail[1:3])
	if page, err = s.AuditTrail(ctx, 4, 2); err != nil || len(page) != 0 {
		t.Errorf("behind the end: got %v, %v, want nothing", page, err)
	}
	if err := s.Err(); err != nil {
		t.Errorf("Err: %v", err)
	}
	mustVerify(t, s)
}
