package boltstore_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

func connector(id workbench.ConnectorID, name string) workbench.Connector {
	return workbench.Connector{ID: id, Kind: workbench.Microsoft365, Name: name, Tenant: storetest.TenantA, Registration: "r"}
}

func consentLink(id string, c workbench.ConnectorID, minute int) workbench.ConsentLink {
	made := storetest.Minute(minute)
	return workbench.ConsentLink{ID: id, Connector: c, Tenant: storetest.TenantA, Requester: "kim", Name: "Kim", MadeAt: made,
		Expires: workbench.At(made.Add(workbench.ConsentLifetime))}
}

// connect fills everything that connectors keep in a store: a parent p with registration r, a child e, their health and progress, a flow,
// a registration s that tenants share, consent links of p and e, an account kim, if it is not there, and foreign alerts of incident 7.
func connect(t testing.TB, s store.Store) {
	t.Helper()
	child := workbench.Connector{ID: "e", Kind: workbench.DefenderEndpoint, Name: "Endpoint", Parent: "p", Tenant: storetest.TenantA, BackfillDays: 30}
	_, err := s.SaveConnector(ctx, connector("p", "Contoso"), "added", workbench.Administrator, storetest.Minute(1))
	_, err2 := s.SaveConnector(ctx, child, "added", workbench.Administrator, storetest.Minute(2))
	_, err3 := s.SaveRegistration(ctx, workbench.Registration{ID: "r", ClientID: "client", Credentials: []workbench.Credential{{ID: "1", Sealed: []byte("sealed")}}}, "added",
		workbench.Administrator, storetest.Minute(3))
	_, err4 := s.Append(ctx, everyone, store.Batch{Source: "e", At: storetest.Minute(4),
		Progress: []workbench.Progress{{Connector: "e", Covered: []workbench.Span{{From: storetest.Minute(0), To: storetest.Minute(4)}}, Alerts: 3}},
		Foreign:  []workbench.Foreign{{Tenant: storetest.TenantA, Incident: "7", Alert: "i", Product: "identity", Name: workbench.Text("Identity")}}})
	shared := workbench.Registration{ID: "s", Name: "Operator", Tenant: storetest.TenantB, ClientID: "client"}
	if _, err := s.SaveRegistration(ctx, shared, "added", "", storetest.Minute(3)); err != nil {
		t.Fatal(err)
	}
	err5 := s.AddAccount(ctx, workbench.Account{ID: "kim", Name: "Kim", Role: workbench.Viewer})
	if errors.Is(err5, workbench.ErrExists) {
		err5 = nil
	}
	now := storetest.Minute(5).Time
	err = errors.Join(err, err2, err3, err4, err5, s.SaveHealth(ctx, workbench.NewHealth("p", storetest.Minute(5))), s.SaveHealth(ctx, workbench.NewHealth("e", storetest.Minute(5))),
		s.AddFlow(ctx, "state-in-clear", workbench.Flow{Connector: "p", Expires: workbench.At(now.Add(10 * time.Minute))}),
		s.AddConsentLink(ctx, "consent-in-clear", consentLink("c1", "p", 1)), s.AddConsentLink(ctx, "consent-2-in-clear", consentLink("c2", "e", 2)),
		s.AddLink(ctx, "link-in-clear", store.Link{Account: "kim", Expires: now.Add(time.Hour), Password: true}))
	if err != nil {
		t.Fatal(err)
	}
}

// everything is what connectors keep in a store, as JSON.
func everything(t testing.TB, s store.Store) string {
	t.Helper()
	now := storetest.Minute(5).Time
	connectors, err := s.Connectors(ctx, everyone)
	registrations, err2 := s.Registrations(ctx)
	healths, err3 := s.Healths(ctx)
	progresses, err4 := s.Progresses(ctx)
	flow, err5 := s.Flow(ctx, "state-in-clear", now)
	link, err6 := s.Link(ctx, "link-in-clear", now)
	accounts, err7 := s.AccountList(ctx)
	consent, err9 := s.ConsentLink(ctx, "consent-in-clear", now)
	consents, err10 := s.ConsentLinks(ctx)
	story, err8 := s.Story(ctx, everyone, workbench.IncidentStory(storetest.TenantA, "mail", "7"))
	if err := errors.Join(err, err2, err3, err4, err5, err6, err7, err8, err9, err10); err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent([]any{connectors, registrations, healths, progresses, flow, link, accounts, story.NotIngested, consent, consents}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func exports(t testing.TB, s store.Store) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	err := errors.Join(s.Export(ctx, everyone, func(story workbench.Story) error { return e.Encode(story) }),
		s.ExportDocuments(ctx, everyone, func(d workbench.Observed) error { return e.Encode(d) }))
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestConnectorsAreBackedUp(t *testing.T) {
	s, _ := filled(t)
	defer s.Close()
	before := exports(t, s)
	connect(t, s)
	want := everything(t, s)
	if exports(t, s) != before {
		t.Error("connectors changed what is exported")
	}
	if err := s.Rebuild(ctx, false, func(e store.StoryEffect) { t.Errorf("story %s differs", e.ID) }); err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if err := s.Backup(ctx, &backup); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteConnector(ctx, "e", "", storetest.Minute(6)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "restored.db")
	if err := boltstore.Restore(&backup, path); err != nil {
		t.Fatal(err)
	}
	restored := mustOpen(t, path, deriver)
	defer restored.Close()
	if diff := cmp.Diff(want, everything(t, restored)); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	if problems := verified(t, restored.Store); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
}

func TestStatesAreNotInTheFile(t *testing.T) {
	s, _ := filled(t)
	defer s.Close()
	connect(t, s)
	b, err := os.ReadFile(s.path)
	if err != nil || bytes.Contains(b, []byte("in-clear")) || !bytes.Contains(b, []byte("Contoso")) {
		t.Errorf("%v: the file holds a state or token, or not what was saved", err)
	}
}

// TestVerifyFindsDamagedRows changes one row at a time behind the store's back.
func TestVerifyFindsDamagedRows(t *testing.T) {
	type edit = func(*bbolt.Bucket) error
	put := func(key, value string) edit {
		return func(b *bbolt.Bucket) error { return b.Put([]byte(key), []byte(value)) }
	}
	remove := func(key string) edit { return func(b *bbolt.Bucket) error { return b.Delete([]byte(key)) } }
	replace := func(key, old, with string) edit {
		return func(b *bbolt.Bucket) error {
			value := string(b.Get([]byte(key)))
			if !strings.Contains(value, old) {
				return errors.New("row " + key + " does not hold " + old)
			}
			return b.Put([]byte(key), []byte(strings.Replace(value, old, with, 1)))
		}
	}
	first := func(change func(b *bbolt.Bucket, k, v []byte) error) edit {
		return func(b *bbolt.Bucket) error {
			k, v := b.Cursor().First()
			return change(b, bytes.Clone(k), bytes.Clone(v))
		}
	}
	spoil := first(func(b *bbolt.Bucket, k, _ []byte) error { return b.Put(k, []byte("{")) })
	removeFirst := first(func(b *bbolt.Bucket, k, _ []byte) error { return b.Delete(k) })
	for name, test := range map[string]struct {
		bucket string
		change edit
		want   string
	}{
		"connector":                         {"connectors", put("p", "{"), "connector p"},
		"connector without parent":          {"connectors", remove("p"), "connector e"},
		"connector under another id":        {"connectors", replace("e", `"id":"e"`, `"id":"f"`), "stands under"},
		"name of another":                   {"connectors", replace("e", `"name":"Endpoint"`, `"name":"CONTOSO"`), "Another connector has this name"},
		"tenant of another":                 {"connectors", replace("e", string(storetest.TenantA), string(storetest.TenantB)), "belongs to another tenant"},
		"days":                              {"connectors", replace("e", `"backfillDays":30`, `"backfillDays":-1`), "180 days"},
		"look-up":                           {"connector keys", removeFirst, "missing from a look-up"},
		"look-up too much":                  {"connector keys", put("x", "p"), "look-up of connectors"},
		"registration":                      {"registrations", put("r", "[]"), "app registration r"},
		"registration elsewhere":            {"registrations", replace("r", `"id":"r"`, `"id":"q"`), "stands under"},
		"health":                            {"healths", put("p", "no"), "health of connector p"},
		"health of nobody":                  {"healths", put("x", `{"connector":"x"}`), "belongs to no connector"},
		"health of another":                 {"healths", put("p", `{"connector":"e"}`), "belongs to no connector"},
		"progress":                          {"progress", put("e", "no"), "progress of connector e"},
		"progress of nobody":                {"progress", put("x", `{"connector":"x"}`), "belongs to no connector"},
		"progress out of order":             {"progress", replace("e", "05:04:00", "04:04:00"), "not in order"},
		"registration with a bad tenant":    {"registrations", replace("s", string(storetest.TenantB), "No Tenant"), "is not the id of a tenant"},
		"registrations of one name":         {"registrations", replace("r", `"name":""`, `"name":"OPERATOR","tenant":"t"`), "have one name"},
		"named registration of a connector": {"registrations", replace("r", `"name":""`, `"name":"Other"`), "Choose it as a shared app"},
		"shared app gone":                   {"connectors", replace("p", `"topology":""`, `"topology":"shared"`), "belongs to one connector alone"},
		"child without app":                 {"connectors", replace("p", `"topology":""`, `"topology":"managed"`), "needs an app of its own"},
		"child with an app":                 {"connectors", replace("e", `"registration":""`, `"registration":"x"`), "have no app of their own"},
		"cloud of a child":                  {"connectors", replace("e", `"cloud":""`, `"cloud":"usgov"`), "which cloud"},
		"consent link":                      {"consent links", spoil, "consent link cannot be read"},
		"consent link in clear":             {"consent links", put("secret", `{"id":"c3","connector":"p"}`), "consent link cannot be read"},
		"consent link without end":          {"consent links", put(strings.Repeat("x", 32), `{"id":"c3","connector":"p","tenant":"t"}`), "consent link c3 is not right"},
		"consent link twice":                {"consent links", first(func(b *bbolt.Bucket, k, v []byte) error { return b.Put(append(k[:31], k[31]+1), v) }), "is there twice"},
		"consent link of nobody": {"consent links", first(func(b *bbolt.Bucket, k, v []byte) error {
			return b.Put(k, bytes.Replace(v, []byte(`"connector":"`), []byte(`"connector":"x`), 1))
		}), "belongs to no connector"},
		"flow":               {"flows", spoil, "sign-in at Microsoft"},
		"flow in clear":      {"flows", put("state", "{}"), "sign-in at Microsoft"},
		"foreign alert":      {"foreign", spoil, "foreign alert i"},
		"foreign alert gone": {"foreign", removeFirst, "foreign alerts has 1 rows for 0"},
		"foreign alert elsewhere": {"foreign", first(func(b *bbolt.Bucket, k, v []byte) error {
			return b.Put(k, bytes.Replace(v, []byte(`"incident":"7"`), []byte(`"incident":"8"`), 1))
		}), "missing from a look-up"},
		"foreign alert that is kept": {"foreign", first(func(b *bbolt.Bucket, k, v []byte) error {
			return b.Put(append(k[:len(k)-1], 'm'), v)
		}), "has a document"},
		"look-up of foreign alerts": {"foreign incidents", removeFirst, "missing from a look-up"},
		"account":                   {"accounts", put("kim", "{"), "account kim"},
		"account without name":      {"account names", remove("Kim"), "account kim"},
		"name without account":      {"account names", put("Lee", "lee"), "2 names for 1 accounts"},
		"link":                      {"links", spoil, "sign-in link"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := filled(t)
			connect(t, s)
			if problems := verified(t, s.Store); len(problems) != 0 {
				t.Fatalf("before: Verify says %q", problems)
			}
			mustClose(t, s)
			edited(t, s.path, func(tx *bbolt.Tx) error { return test.change(tx.Bucket([]byte(test.bucket))) })
			s = mustOpen(t, s.path, deriver)
			defer s.Close()
			if problems := strings.Join(verified(t, s.Store), "\n"); !strings.Contains(problems, test.want) {
				t.Errorf("Verify says %q, want %q", problems, test.want)
			}
		})
	}
}
