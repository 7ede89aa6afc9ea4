package connectors_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
	"workbench/views/connectors"
)

// tenants are parents with a child each, changed by number.
func tenants(n int, change func(i int, parent, child *connectors.Source)) []connectors.Source {
	var all []connectors.Source
	for i := range n {
		p := tenant(connected)
		p.ID, p.Name = workbench.ConnectorID(fmt.Sprintf("p%03d", i)), fmt.Sprintf("Customer %03d", i)
		p.Entered, p.Tenant = fmt.Sprintf("customer%03d.example", i), workbench.TenantID(fmt.Sprintf("00000000-0000-0000-0000-%012d", i))
		c := endpoint(connected, workbench.Progress{})
		c.ID, c.Connector.Parent, c.Parent, c.Name = "c"+p.ID, p.ID, nil, p.Name+" endpoint"
		if change != nil {
			change(i, &p, &c)
		}
		parent := p.Connector
		c.Parent = &parent
		all = append(all, p, c)
	}
	return all
}

func table(in connectors.Input) connectors.Table {
	if l := connectors.NewList(in); l.Table != nil {
		return *l.Table
	}
	return connectors.Table{}
}

func parentsOf(t connectors.Table) []string {
	var out []string
	for _, r := range t.Rows {
		out = append(out, strings.TrimPrefix(r.Parent, "p"))
	}
	return out
}

func TestManyTenantsStandInATable(t *testing.T) {
	if l := connectors.NewList(input(tenants(6, nil)...)); l.Table != nil || len(l.Panels) != 6 {
		t.Error("six tenants have no panels")
	}
	l := connectors.NewList(input(tenants(7, nil)...))
	if l.Table == nil || len(l.Panels) != 0 || len(l.Table.Rows) != 7 {
		t.Fatal("seven tenants do not stand in a table")
	}
	if r := l.Table.Rows[0]; r.Connectors != "p000 cp000" || r.Read.Words != "12 s ago" || r.Badge.Label != "Connected" || r.Tenant.Raw() != "customer000.example" {
		t.Errorf("got %+v", r)
	}
}

func TestTablePages(t *testing.T) {
	seen := map[string]bool{}
	for page, want := range []int{50, 50, 50, 20, 20} { // 0 is the first, and what is beyond the last is the last
		in := input(tenants(120, nil)...)
		in.Query.Page = page
		got := table(in)
		if len(got.Rows) != want || got.Words == "" || (got.Previous == "") != (page <= 1) || (got.Next == "") != (page >= 3) {
			t.Errorf("page %d: got %d rows, %q, previous %q, next %q", page, len(got.Rows), got.Words, got.Previous, got.Next)
		}
		for _, r := range got.Rows {
			seen[r.ID] = true
		}
	}
	if len(seen) != 120 {
		t.Errorf("got %d tenants on all pages, want 120", len(seen))
	}
}

// ofEveryKind are tenants in every way of being.
func ofEveryKind() []connectors.Source {
	active := func(left int, made bool) workbench.Registration {
		return workbench.Registration{Credentials: []workbench.Credential{{Kind: workbench.CertificateCredential, State: workbench.CredentialActive, Made: made, NotAfter: ago(-time.Duration(left)*day - time.Hour)}}}
	}
	return tenants(12, func(i int, p, c *connectors.Source) {
		p.Registration = active(60+i, true)
		switch i {
		case 1:
			c.Health = workbench.Health{Status: workbench.StatusError, Reason: workbench.ReasonUnreadable, Since: ago(3 * day), GoodAt: ago(4 * day)}
		case 2:
			p.Health = workbench.Health{Status: workbench.StatusPending, Reason: workbench.ReasonNotConsented}
			c.Health = p.Health
		case 3:
			p.Health = workbench.Health{Status: workbench.StatusPending, Reason: workbench.ReasonNotConsented}
			p.ConsentedAt, p.Topology, p.Products = ago(day), workbench.SharedApp, []workbench.ConnectorKind{workbench.DefenderOffice365}
			c.Disabled = true
		case 4:
			c.CatchingUp = true
		case 5:
			p.Registration = active(6, true)
		case 6:
			p.Registration = active(29, false)
		case 7:
			p.Disabled = true
		case 8:
			p.Cloud, p.TenantName = "usgov", workbench.Text("Ministry of Silly Walks")
		}
	})
}

func clouds() []connectors.CloudChoice {
	return []connectors.CloudChoice{{Name: "global", Label: "Global"}, {Name: "usgov", Label: "GCC High"}}
}

func TestTableFinds(t *testing.T) {
	for address, want := range map[string]string{
		"":                                  "001 002 003 004 000 005 006 009 010 011 008 007",
		"status=error":                      "001",
		"status=pending":                    "002 003",
		"status=confirm":                    "003",
		"status=catching-up":                "004",
		"status=certificate":                "005 006",
		"status=connected":                  "000 005 006 009 010 011 008",
		"status=off":                        "007",
		"status=other&sort=tenant":          "000 001 002 003 004 005 006 007 009 010 011 008",
		"sort=-tenant":                      "008 011 010 009 007 006 005 004 003 002 001 000",
		"sort=certificate&status=connected": "005 006 000 008 009 010 011",
		"sort=read&status=error":            "001",
		"sort=-status":                      "007 000 005 006 009 010 011 008 004 002 003 001",
		"cloud=usgov":                       "008",
		"cloud=global&status=error":         "001",
		"topology=shared":                   "003",
		"topology=own&cloud=usgov":          "008",
		"q=silly":                           "008",
		"q=SILLY+customer":                  "008",
		"q=customer011.example":             "011",
		"q=000000000007":                    "007",
		"q=007+endpoint":                    "007",
		"q=nowhere":                         "",
	} {
		in := input(ofEveryKind()...)
		in.Clouds = clouds()
		values, err := url.ParseQuery(address)
		if err != nil {
			t.Fatal(err)
		}
		in.Query = connectors.ReadQuery(values)
		if got := strings.Join(parentsOf(table(in)), " "); got != want {
			t.Errorf("%q: got %s, want %s", address, got, want)
		}
		var found []string
		for _, id := range connectors.TenantsFound(in) {
			found = append(found, strings.TrimPrefix(string(id), "p"))
		}
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if slices.Sort(found); !slices.Equal(found, wanted) {
			t.Errorf("%q: found %v, want %v", address, found, wanted)
		}
	}
}

func TestTableCountsAndWidens(t *testing.T) {
	in := input(ofEveryKind()...)
	in.Clouds = clouds()
	counts := map[string]string{}
	for _, s := range table(in).Counts.Statuses {
		counts[s.Label] = s.Number
	}
	want := map[string]string{"Error": "1", "Pending user consent": "2", "Awaiting confirmation": "1", "Catching up": "1", "Certificate ends soon": "2", "Connected": "7", "Switched off": "1"}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
	in.Query = connectors.Query{Search: "customer", Status: "error", Cloud: "usgov"}
	got := table(in)
	if len(got.Rows) != 0 || len(got.Widen) != 2 || got.Widen[0].Label != "Any status" || got.Widen[0].Number != "1 tenant" || got.Widen[1].Label != "Any cloud" || got.Widen[1].URL != "/connectors?q=customer&status=error" {
		t.Errorf("got %+v", got.Widen)
	}
	if len(got.Clouds) != 3 || !got.Clouds[2].Selected || got.Clouds[1].Label != "Global (11)" {
		t.Errorf("got %+v", got.Clouds)
	}
}

func TestTenantRows(t *testing.T) {
	in := input(ofEveryKind()...)
	in.Clouds = clouds()
	in.Query.Sort = "tenant"
	rows := map[string]connectors.TenantRow{}
	for _, r := range table(in).Rows {
		rows[strings.TrimPrefix(r.Parent, "p")] = r
	}
	about := func(id string) string {
		var words []string
		for _, a := range rows[id].About {
			words = append(words, a.Raw())
		}
		return strings.Join(words, " · ")
	}
	what, _ := workbench.ReasonUnreadable.Explain()
	if r := rows["001"]; r.Badge.Label != "Error" || r.Why != "Endpoint: "+what || r.Since.Words != "for 3 d" || r.Read.Words != "4 d ago" {
		t.Errorf("got %+v", r)
	}
	if r := rows["003"]; !r.Confirm || r.Where != "Shared app" || r.Read.Words != "not read yet" {
		t.Errorf("got %+v", r)
	}
	if got := about("003"); got != "Customer 003 · Endpoint" {
		t.Errorf("got %q", got)
	}
	if r := rows["008"]; r.Where != "GCC High" || about("008") != "Customer 008 · customer008.example · Endpoint" {
		t.Errorf("got %q and %q", r.Where, about("008"))
	}
	if r := rows["005"]; r.Credential.Words != "certificate 6 days · being renewed" {
		t.Errorf("got %+v", r.Credential)
	}
	alone := tenants(1, func(_ int, p, _ *connectors.Source) {
		p.Products = []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOther}
	})[:1]
	if r := connectors.TenantRowOf(input(alone...)); len(r.About) != 2 || r.About[1].Raw() != "gets Endpoint, other products once it is confirmed" {
		t.Errorf("got %+v", r.About)
	}
}

// The row of a tenant shows the child that has least of the wanted time.
func TestTenantRowShowsTheLeastCoverage(t *testing.T) {
	all := tenants(1, func(_ int, _, c *connectors.Source) {
		c.Progress, c.Share = workbench.Progress{From: ago(30 * day), Covered: []workbench.Span{{From: ago(30 * day), To: ago(0)}}}, 1
	})
	gap := endpoint(connected, workbench.Progress{From: ago(10 * day), Covered: []workbench.Span{{From: ago(5 * day), To: ago(0)}}})
	gap.ID, gap.Connector.Parent, gap.Parent, gap.Share = "gap", "p000", all[1].Parent, 0.5
	r := connectors.TenantRowOf(input(append(all, gap)...))
	want := []connectors.Segment{{X: "0", Width: "500", Kind: "covered"}, {X: "500", Width: "500", Kind: "missing"}}
	if !strings.HasPrefix(r.Coverage.Label, "50 % of the time") || !slices.Equal(r.Coverage.Segments, want) {
		t.Errorf("got %+v", r.Coverage)
	}
}

// Whatever an address holds, what is read of it says itself again, and asks for nothing that can't be.
func TestQueriesReadThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := url.Values{}
		for _, name := range []string{"q", "status", "cloud", "topology", "sort", "page"} {
			values.Set(name, rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "error", "confirm", "usgov", "own", "shared", "-read", "certificate", "2", "-1", strings.Repeat("é", 150), "a\xffb"})).Draw(t, name))
		}
		q := connectors.ReadQuery(values)
		if again := connectors.ReadQuery(q.Values()); again != q {
			t.Fatalf("%+v is read as %+v", q, again)
		}
		if len(q.Search) > 200 || q.Page < 0 {
			t.Fatalf("got %+v", q)
		}
	})
}
