package stories_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"pgregory.net/rapid"

	"workbench"
	"workbench/views/layout"
	"workbench/views/stories"
	"workbench/views/ui"
)

// drawRow draws a row with texts of every kind, hostile ones too.
func drawRow(t *rapid.T, id string) workbench.Row {
	text := func(name string) workbench.Untrusted {
		if rapid.IntRange(0, 3).Draw(t, name+"?") == 0 {
			return workbench.Text(rapid.SampledFrom([]string{"", `<age of="2026-11-22T09:00:00Z"></age>`, `"></age>`, "a\r\nb\x00", "\u202eevil", "!none", "none", "7..9", "10.0.0.1"}).Draw(t, name))
		}
		return workbench.Text(rapid.StringN(0, 30, 90).Draw(t, name))
	}
	list := func(name string) (out []workbench.Untrusted) {
		for range rapid.IntRange(0, 6).Draw(t, name+"s") {
			out = append(out, text(name))
		}
		return out
	}
	at := func(name string) workbench.Time {
		if rapid.IntRange(0, 4).Draw(t, name+"?") == 0 {
			return workbench.Time{}
		}
		return workbench.At(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, name+"ns")))
	}
	number := func(name string) int { return rapid.IntRange(0, 12_000).Draw(t, name) }
	return workbench.Row{
		ID: workbench.StoryID(id), Tenant: workbench.Tenant{ID: workbench.TenantID(rapid.StringMatching(`[a-z0-9-]{1,12}`).Draw(t, "tenant")), Name: text("tenant name")},
		ProducerType: rapid.SampledFrom([]workbench.ProducerType{workbench.MicrosoftEndpointAlert, workbench.GenericIncident}).Draw(t, "type"), Producer: text("producer"), Vendor: workbench.VendorMicrosoft,
		Indication: text("indication"), Criticality: rapid.IntRange(1, 10).Draw(t, "criticality"), Source: text("source"), SourceIP: text("ip"), Owner: text("owner"), Severity: text("severity"),
		Status: rapid.SampledFrom(workbench.Statuses).Draw(t, "status"), Verdict: rapid.SampledFrom(append([]workbench.Verdict{""}, workbench.Verdicts...)).Draw(t, "verdict"),
		AlertCount: number("alerts"), DeviceCount: number("devices"), UserCount: number("users"), MailboxCount: number("mailboxes"), MitreTechniques: list("technique"), Labels: list("label"),
		CreatedAt: at("created"), UpdatedAt: at("updated"), WaitingSince: at("waiting"), FirstSignalAt: at("first"), LastSignalAt: at("last"),
		IncidentID: text("incident"), IncidentURL: text("incident url"), LastComment: text("comment"), Summary: text("summary"), VendorStatus: text("vendor status"),
	}
}

func drawDisplay(t *rapid.T, name string) ui.Display {
	d := ui.Display{Now: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, name), 0).UTC(), ZoneName: "UTC"}
	if rapid.Bool().Draw(t, name+" zone") {
		d.Zone, d.ZoneName = time.FixedZone("Asia/Somewhere", 19_800), "Asia/Somewhere"
	}
	return d
}

func TestPageOfFragmentsIsThePageOfRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := stories.KnownColumns(rapid.SliceOfNDistinct(rapid.SampledFrom(stories.ColumnKeys()), 0, 12, rapid.ID[string]).Draw(t, "columns"))
		if columns == nil {
			columns = stories.DefaultColumns(rapid.Bool().Draw(t, "tenants"))
		}
		made := drawDisplay(t, "made") // fragments know nothing of when they are used
		var rows []workbench.Row
		var fragments []ui.Kept
		for i := range rapid.IntRange(1, 3).Draw(t, "rows") {
			rows = append(rows, drawRow(t, "story"+string(rune('a'+i))))
			f, err := stories.Fragment(context.Background(), rows[i], columns, made)
			if err != nil {
				t.Fatal(err)
			}
			fragments = append(fragments, f)
		}
		for _, name := range []string{"soon", "later"} {
			d := drawDisplay(t, name)
			d.Zone, d.ZoneName = made.Zone, made.ZoneName
			in := stories.Input{Layout: layout.Props{Account: "m.rossi", Display: d}, Rows: rows, Total: len(rows), Everything: len(rows), Columns: columns, Query: url.Values{"status": {"open"}}}
			want := bytesOf(t, stories.TablePartial(stories.New(in)))
			in.Rows, in.Fragments = nil, fragments
			if got := bytesOf(t, stories.TablePartial(stories.New(in))); !bytes.Equal(got, want) {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
			in.Layout.Display.Kept, in.Layout.Display.Now = true, made.Now
			kept, err := ui.Keep(context.Background(), stories.TablePartial(stories.New(in)))
			if err != nil {
				t.Fatal(err)
			}
			if got := kept.Append(nil, d); !bytes.Equal(got, want) {
				t.Fatalf("a kept page gives\n%s\nwant\n%s", got, want)
			}
		}
	})
}

func bytesOf(t *rapid.T, c templ.Component) []byte {
	var out bytes.Buffer
	if err := c.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRowsDependOnNothingButTheStory(t *testing.T) {
	var first []byte
	for _, q := range []string{"", "status=open&sort=-criticality&after=x&limit=7", "q=a&time=7d"} {
		page := render(t, stories.TablePartial(stories.New(input(t, q))))
		_, body, _ := bytes.Cut(page, []byte("<tbody>"))
		body, _, _ = bytes.Cut(body, []byte("</tbody>"))
		if first == nil {
			first = body
		}
		if !bytes.Equal(body, first) || len(body) == 0 {
			t.Errorf("%q: got another row:\n%s", q, body)
		}
	}
}

func TestEveryMenuNamesItsValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRow(t, "story")
		l := stories.New(stories.Input{Rows: []workbench.Row{r}, Total: 1, Everything: 1, Columns: stories.ColumnKeys()})
		seen := map[string]string{}
		note := func(m *stories.Menu) {
			if m == nil {
				return
			}
			to, err := url.Parse(m.Page)
			if err != nil || to.Path != "/stories" || to.RawQuery != m.Filter || len(to.Query()) != 1 {
				t.Fatalf("got the page %q and the filter %q, %v", m.Page, m.Filter, err)
			}
			for field, values := range to.Query() {
				seen[field+" "+hex.EncodeToString([]byte(values[0]))] = m.Text
			}
		}
		for _, c := range l.Rows[0].Cells {
			note(c.Menu)
			for _, v := range c.Values {
				note(v.Menu)
			}
		}
		wants := map[string]workbench.Untrusted{"source": r.Source, "sourceIp": r.SourceIP, "indication": r.Indication, "producer": r.Producer, "severity": r.Severity, "owner": r.Owner}
		for field, u := range wants {
			value := u.Raw()
			_, found := seen[field+" "+hex.EncodeToString([]byte(value))]
			cannot := value == "" || strings.HasPrefix(value, "!") || len(value) > 512 || strings.EqualFold(value, "none")
			if !cannot && value != "7..9" && !found {
				t.Fatalf("the %s %q has no menu", field, value)
			}
			if cannot && found {
				t.Fatalf("the %s %q has a menu, which no address can say", field, value)
			}
		}
		if _, ok := seen["status "+hex.EncodeToString([]byte(r.Status))]; !ok {
			t.Fatal("the status has no menu")
		}
	})
}

func TestMenusOfOurOwnValues(t *testing.T) {
	r := row()
	r.Source, r.SourceIP, r.Tenant, r.IncidentID = workbench.Text("m.rossi@contoso.example"), workbench.Text("203.0.113.7"), workbench.Tenant{ID: "contoso", Name: workbench.Text("Contoso")}, workbench.Text("77")
	link := r
	link.Source = workbench.Text("https://a.example/@")
	l := stories.New(stories.Input{Rows: []workbench.Row{r, link}, Total: 2, Everything: 2, Columns: stories.ColumnKeys()})
	var got []string
	for _, c := range slices.Concat(l.Rows[0].Cells, l.Rows[1].Cells) {
		if m := c.Menu; m != nil {
			got = append(got, strings.Join([]string{m.Filter, m.Text, m.Defanged}, " | "))
		}
	}
	for _, want := range []string{
		"source=m.rossi%40contoso.example |  | ", "source=https%3A%2F%2Fa.example%2F%40 |  | hxxps://a[.]example/@", "sourceIp=203.0.113.7 |  | ", "tenant=contoso | Contoso | ",
		"incident=contoso%2F77 | 77 | ", "status=open | Open | ", "verdict=none | Not set | ", "owner=none | nobody | ",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("got no menu %q among\n%s", want, strings.Join(got, "\n"))
		}
	}
}

// TestIndicationsThatSayThemselves holds the cell to what the script reads off it.
func TestIndicationsThatSayThemselves(t *testing.T) {
	long := strings.Repeat("x", 301)
	for indication, want := range map[string]string{
		"Malware": "nothing", "  two  spaces ": "nothing", "": "", "none": "", "!not": "", "7..9": "", strings.Repeat("x", 513): "",
		long: "indication=" + long, "a\u200bb": "indication=a%E2%80%8Bb", "a\nb": "indication=a%0Ab",
	} {
		r := row()
		r.Indication = workbench.Text(indication)
		l := stories.New(stories.Input{Rows: []workbench.Row{r}, Total: 1, Everything: 1, Columns: []string{"indication"}})
		got := "nothing"
		if stated := l.Rows[0].Cells[0].Stated; stated != nil {
			got = *stated
		}
		if got != want {
			t.Errorf("%.20q states %.40q, want %.40q", indication, got, want)
		}
	}
}
