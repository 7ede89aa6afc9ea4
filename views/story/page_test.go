package story_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"workbench"
	"workbench/views/link"
	"workbench/views/story"
)

// exhibits renders every exhibit once.
func exhibits(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range story.Exhibits() {
		if out[e.Name] != "" {
			t.Errorf("two exhibits are called %q", e.Name)
		}
		out[e.Name] = render(t, e.Component)
	}
	return out
}

func TestAlertsHaveTheFifteenColumns(t *testing.T) {
	want := []string{"Alert Name", "Criticality", "Local IP", "External IP", "Vendor User Name", "Device Name", "OS", "Vendor Domain Name", "Alert ID", "MITRE Techniques",
		"Status", "First Activity Date", "Last Activity Date", "Threat Name", "Description & Recommended Actions"}
	pages := exhibits(t)
	for _, name := range []string{"story/endpoint", "story/mail", "story/shared device"} {
		alerts := one(t, parse(t, pages[name]), id("alerts"))
		table := all(alerts, tag("thead"))[0]
		if diff := cmp.Diff(want, listOf(all(table, tag("th")))); diff != "" {
			t.Errorf("%s: heads of the alerts (-want +got):\n%s", name, diff)
		}
		row := all(alerts, with("class", "alert-row"))[0]
		if got := len(all(row, func(n *html.Node) bool { return n.Data == "td" || n.Data == "th" })); got != 15 {
			t.Errorf("%s: got %d cells in a row, want 15", name, got)
		}
	}
}

func TestEvidenceHasTheColumnsOfItsKind(t *testing.T) {
	shared := []string{"Verdict", "Remediation Status", "Created"}
	tests := []struct {
		exhibit string
		want    []string
	}{
		{"story/endpoint/evidences processes", []string{"Process Name", "Process ID", "Process Command Line", "File Path"}},
		{"story/endpoint/evidences files", []string{"File Path", "File Name", "File Size"}},
		{"story/endpoint/evidences registry", []string{"Registry key Name", "Registry Value Type", "Registry Value"}},
		{"story/endpoint/evidences network", []string{"Destination IP", "Destination Port", "DNS and HTTP data", "URL"}},
		{"story/mail/evidence messages", []string{"Received", "Subject", "From", "Envelope sender", "Recipient", "Direction", "Delivery action", "Delivery location", "Threats", "Detection methods"}},
		{"story/mail/evidence mailClusters", []string{"Alike by", "Value", "Messages", "Query"}},
		{"story/mail/evidence urls", []string{"Kind", "URL"}},
		{"story/mail/evidence mailboxRules", []string{"Rule type", "Name", "Mailbox"}},
	}
	pages := exhibits(t)
	for _, tt := range tests {
		heads := listOf(all(one(t, parse(t, pages[tt.exhibit]), id("evidence")), tag("th")))
		heads = slices.DeleteFunc(heads, func(h string) bool {
			return !slices.Contains(shared, h) && !slices.Contains(tt.want, h)
		})
		if diff := cmp.Diff(append(slices.Clone(shared), tt.want...), heads); diff != "" {
			t.Errorf("%s: heads (-want +got):\n%s", tt.exhibit, diff)
		}
	}
}

func TestWidgetsAreNamedAsTheProducerNamesThem(t *testing.T) {
	pages := exhibits(t)
	tests := map[string][]string{
		"story/endpoint": {"Summary", "Timeline", "Details", "Entities", "Alerts", "Evidences"},
		"story/mail":     {"Summary", "Timeline", "Details", "Entities", "Evidence", "Raw Data"},
	}
	for name, want := range tests {
		got := listOf(all(parse(t, pages[name]), tag("h2")))
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: got widgets %q, want %q among them", name, got, w)
			}
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	for name, page := range exhibits(t) {
		root := parse(t, page)
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if _, inline := attribute(n, "style"); inline || n.Data == "style" {
				t.Errorf("%s: <%s> has a style of its own", name, n.Data)
			}
			if src, _ := attribute(n, "src"); n.Data == "script" && !strings.HasPrefix(src, "/static/") {
				t.Errorf("%s: got a script from %q", name, src)
			}
			for _, a := range n.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s: <%s> has %s", name, n.Data, a.Key)
				case slices.Contains([]string{"href", "action", "src", "hx-get", "hx-post"}, a.Key) && !safeAddress(a.Val):
					t.Errorf("%s: <%s> leads to %q", name, n.Data, a.Val)
				}
			}
		}
	}
	hostile := exhibits(t)["story/hostile text"]
	for _, want := range []string{">U+202E</span>", ">U+200B</span>", "&lt;script&gt;alert(1)&lt;/script&gt;"} {
		if !strings.Contains(hostile, want) {
			t.Errorf("hostile text: got no %q", want)
		}
	}
	for _, bad := range []string{"\u202e", "\u200b", "<script>alert"} {
		if visible := strings.ReplaceAll(hostile, "data-copy", ""); strings.Contains(withoutCopies(visible), bad) {
			t.Errorf("hostile text: got %+q in the page", bad)
		}
	}
}

// withoutCopies drops attribute values, of which only those of copy buttons may hold exact text.
func withoutCopies(page string) string {
	var out strings.Builder
	for i, part := range strings.Split(page, `"`) {
		if i%2 == 0 || !strings.Contains(part, "\u202e") && !strings.Contains(part, "\u200b") {
			out.WriteString(part)
		}
	}
	return out.String()
}

func safeAddress(a string) bool {
	return strings.HasPrefix(a, "/") && !strings.HasPrefix(a, "//") || strings.HasPrefix(a, "#") || strings.HasPrefix(a, "https://security.microsoft.com/")
}

func TestPartialsAreTheBytesOfThePage(t *testing.T) {
	in := sample()
	in.OpenAlerts = []string{in.Story.Alerts[0].ID}
	in.Selected = in.Story.Evidence.Processes[1].ID
	for _, tab := range []string{link.Overview, link.Alerts, link.Evidence, link.Entities, link.Raw, link.Timeline} {
		in.Tab = tab
		v := story.New(in)
		page := render(t, story.Page(v))
		for _, target := range []string{story.SummaryRegion, story.ActionsRegion, story.PanelRegion, story.TabRegion, story.AlertsRegion, story.EvidenceRegion, story.TimelineRegion,
			link.AlertAnchor(in.Story.Alerts[0].ID)} {
			part := render(t, story.Partial(v, target))
			if !strings.Contains(page, part) {
				t.Errorf("tab %q: the partial %q is not part of the page", tab, target)
			}
			if part == "" {
				t.Errorf("tab %q: the partial %q is empty", tab, target)
			}
		}
	}
}

func TestIdsAreUnique(t *testing.T) {
	for name, page := range exhibits(t) {
		seen := map[string]bool{}
		for n := range parse(t, page).Descendants() {
			if v, ok := attribute(n, "id"); ok && n.Type == html.ElementNode {
				if seen[v] {
					t.Errorf("%s: two elements have the id %q", name, v)
				}
				seen[v] = true
			}
		}
	}
}

func TestEveryControlHasAName(t *testing.T) {
	for name, page := range exhibits(t) {
		root := parse(t, page)
		labels := map[string]bool{}
		for _, l := range all(root, tag("label")) {
			v, _ := attribute(l, "for")
			labels[v] = true
		}
		main := root
		for _, n := range all(main, func(n *html.Node) bool { return n.Data == "input" || n.Data == "select" || n.Data == "textarea" }) {
			kind, _ := attribute(n, "type")
			if v, _ := attribute(n, "id"); kind != "hidden" && !labels[v] {
				t.Errorf("%s: field %q has no label", name, v)
			}
		}
		for _, f := range all(main, tag("form")) {
			action, _ := attribute(f, "action")
			if method, _ := attribute(f, "method"); method != "post" || action == "" {
				t.Errorf("%s: a form has method %q and action %q", name, method, action)
			}
		}
		for _, n := range all(main, func(n *html.Node) bool { return n.Data == "a" || n.Data == "button" }) {
			if label, _ := attribute(n, "aria-label"); words(n) == "" && label == "" {
				if hidden, _ := attribute(n, "aria-hidden"); hidden != "true" {
					t.Errorf("%s: a %s says nothing", name, n.Data)
				}
			}
		}
	}
}

func TestSummaryTellsBothSeverities(t *testing.T) {
	in := sample()
	in.Story.AnalystSeverity, in.Story.Verdict = "", ""
	got := words(one(t, parse(t, render(t, story.SummaryPartial(story.NewSummary(in)))), with("class", "drill-facts")))
	for _, want := range []string{"Verdict (analyst) not set", "Severity (analyst) not set", "Severity (Microsoft) High", "Endpoint 2 alerts Office 365 2 alerts, Open"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestActionsFormKeepsWhatWasTyped(t *testing.T) {
	in := sample()
	in.Form = story.Form{Sent: true, Values: map[string]string{"owner": `"><b>`, "comment": "first\nsecond", "verdict": "benign"}, Errors: map[string]string{"owner": "is longer than 200 characters; shorten it"}}
	form := parse(t, render(t, story.ActionsPartial(story.NewActions(in))))
	owner := one(t, form, id("manage-owner"))
	if got, _ := attribute(owner, "value"); got != `"><b>` {
		t.Errorf("got owner %q, want what was typed", got)
	}
	described, _ := attribute(owner, "aria-describedby")
	if got := words(one(t, form, id(described))); got != "Owner is longer than 200 characters; shorten it" {
		t.Errorf("got error %q", got)
	}
	if got := one(t, form, id("manage-comment")).FirstChild.Data; got != "first\nsecond" {
		t.Errorf("got comment %q, want what was typed", got)
	}
	seen, _ := attribute(one(t, form, with("name", "seen")), "value")
	if seen != "1" {
		t.Errorf("got seen %q, want the number of actions", seen)
	}
}

func TestReadersGetNoForm(t *testing.T) {
	in := sample()
	in.CanAct = false
	page := parse(t, render(t, story.Page(story.New(in))))
	if got := all(one(t, page, id("story-actions")), tag("form")); len(got) != 0 {
		t.Errorf("got %d forms for a reader, want none", len(got))
	}
	if got := all(one(t, page, id("timeline")), tag("form")); len(got) != 0 {
		t.Errorf("got %d comment forms for a reader, want none", len(got))
	}
}

func TestDefenderLinkComesFromTheHeadAlone(t *testing.T) {
	in := sample()
	in.Story.Head.IncidentURL = ""
	in.Story.IncidentURL = workbench.Text("https://security.microsoft.com.evil.example/")
	if page := render(t, story.SummaryPartial(story.NewSummary(in))); strings.Contains(page, "evil.example") || strings.Contains(page, "Open in Defender") {
		t.Error("got a link to Defender without a checked address")
	}
}

func TestSummaryNamesWhatIsNotIngested(t *testing.T) {
	in := story.Input{Story: workbench.Story{NotIngested: []workbench.NotIngested{{Product: "identity", Name: workbench.Text("Microsoft Defender for <Identity>"), Alerts: 5}}}}
	page := render(t, story.SummaryPartial(story.NewSummary(in)))
	if want := "5 alerts not ingested"; !strings.Contains(page, want) || !strings.Contains(page, "&lt;Identity&gt;") {
		t.Errorf("the page does not say %q", want)
	}
}
