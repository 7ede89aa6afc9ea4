package stories

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/views/layout"
	"workbench/views/ui"
)

// Exhibits shows the list in every state.
func Exhibits() []ui.Exhibit {
	states := []struct {
		name string
		in   Input
	}{
		{"empty", exhibit(nil, nil)},
		{"none-match", noneMatch()},
		{"none-match-widened", noneMatchWidened()},
		{"one", exhibit(samples(1), nil)},
		{"many", many()},
		{"filtered", filtered()},
		{"filter-form", filterForms("owner", senseNot)},
		{"filter-form-range", filterForms("criticality", senseAny)},
		{"filter-form-uncounted", filterForms("source", senseIs)},
		{"filter-form-text", filterForms(fieldText, senseAny)},
		{"long-facets", longFacets()},
		{"all-columns", everyColumn()},
		{"long-text", exhibit(longRows(), nil)},
		{"hostile-text", hostile()},
		{"many-tenants", manyTenants()},
		{"invalid-query", invalid()},
		{"later-page", laterPage()},
	}
	var out []ui.Exhibit
	for _, s := range states {
		out = append(out, ui.Exhibit{Name: "stories/list/" + s.name, Component: TablePartial(New(s.in)), Page: true})
	}
	return slices.Concat(out, groupExhibits(), viewExhibits())
}

var exhibitNow = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func exhibit(rows []workbench.Row, query url.Values) Input {
	return Input{
		Layout: layout.Props{Title: "Stories", Section: "stories", Account: "m.rossi", Path: "/stories", Return: "/stories",
			Display: ui.Display{Theme: "light", Density: "standard", ZoneName: "UTC", Now: exhibitNow}},
		Rows: rows, Total: len(rows), Everything: len(rows), Query: query, Facets: facetsOf(rows), AsOf: 812,
	}
}

// samples makes n rows that differ as real ones do.
func samples(n int) []workbench.Row {
	shapes := []workbench.Row{
		{Criticality: 9, Indication: t("Hands-on-keyboard attack was launched from a compromised account"), Source: t("fin-lt-204"), SourceIP: t("10.4.18.32"), DeviceCount: 5, UserCount: 2, AlertCount: 40,
			Severity: t("high"), Verdict: workbench.VerdictMalicious, AnalystSeverity: workbench.SeverityHigh, Status: workbench.StatusOpen, Owner: t("m.rossi"), MitreTechniques: ts("T1003", "T1021.002", "T1059.001", "T1543.003")},
		{Criticality: 9, Indication: t("Ransomware activity on one endpoint"), Source: t("vm-build-07"), DeviceCount: 1, AlertCount: 6, Severity: t("high"), Status: workbench.StatusReopened, MitreTechniques: ts("T1486", "T1490")},
		{Criticality: 8, Indication: t("A potentially malicious URL click was detected"), Source: t("l.kovacs@contoso.example"), MailboxCount: 12, UserCount: 1, AlertCount: 2, Severity: t("high"),
			Status: workbench.StatusPendingMoreInfo, Verdict: workbench.VerdictSuspicious, Owner: t("a.singh"), MitreTechniques: ts("T1566.002")},
		{Criticality: 6, Indication: t("Possible lateral movement with PsExec"), Source: t("srv-files-02"), DeviceCount: 2, AlertCount: 3, Severity: t("medium"), Status: workbench.StatusPendingAnalysis, MitreTechniques: ts("T1569.002", "T1570")},
		{Criticality: 5, Indication: t("Email messages containing malicious URL removed after delivery"), Source: t("n.berg@contoso.example"), MailboxCount: 1, AlertCount: 1, Severity: t("informational"), Status: workbench.StatusMonitoring, MitreTechniques: ts("T1566")},
		{Criticality: 4, Indication: t("Suspicious scheduled task on a Linux server"), Source: t("srv-build-3"), DeviceCount: 1, AlertCount: 2, Severity: t("low"), Status: workbench.StatusOpen, MitreTechniques: ts("T1053.003")},
		{Criticality: 2, Indication: t("Unwanted software was blocked"), Source: t("mkt-lt-118"), DeviceCount: 1, AlertCount: 1, Severity: t("low"), Verdict: workbench.VerdictBenign, Status: workbench.StatusClosed},
	}
	var rows []workbench.Row
	for i := range n {
		r := shapes[i%len(shapes)]
		r.ID = workbench.StoryID(workbench.NewID("exhibit", strconv.Itoa(i)))
		r.Tenant = workbench.Tenant{ID: "contoso", Name: t("Contoso")}
		r.Producer, r.ProducerType, r.Vendor = t("Microsoft Defender for Endpoint"), workbench.MicrosoftEndpointAlert, workbench.VendorMicrosoft
		if r.DeviceCount == 0 {
			r.Producer, r.ProducerType = t("Microsoft Defender for Office 365"), workbench.GenericIncident
		}
		r.IncidentID = t(strconv.Itoa(2800 + i))
		r.IncidentURL = t("https://security.microsoft.com/incidents/" + strconv.Itoa(2800+i))
		r.VendorStatus, r.Summary = t("active"), t("Several alerts of one incident. Nothing of it is known to go on.")
		age := time.Duration(i*i*7+2) * time.Minute
		r.UpdatedAt, r.CreatedAt = workbench.At(exhibitNow.Add(-age)), workbench.At(exhibitNow.Add(-3*age))
		r.FirstSignalAt, r.LastSignalAt = workbench.At(exhibitNow.Add(-4*age)), workbench.At(exhibitNow.Add(-2*age))
		if r.Status != workbench.StatusClosed {
			r.WaitingSince = r.CreatedAt
		}
		rows = append(rows, r)
	}
	return rows
}

func many() Input {
	in := exhibit(samples(50), nil)
	in.Total, in.Everything, in.Next = 1284, 1284, "cursor-of-the-next-page"
	return in
}

func noneMatch() Input {
	in := exhibit(nil, url.Values{"status": {"closed", "monitoring"}, "producerType": {"!genericIncident"}, "q": {`"rundll32" invoice`}, "time": {"48h"}})
	in.Everything = 214
	return in
}

func filtered() Input {
	in := exhibit(samples(14), url.Values{"criticality": {"7..10", "5"}, "status": {"!closed"}, "severity": {"high"}, "mitre": {"T9999"}, "sort": {"-criticality,updated"},
		"time": {"2026-11-20T00:00:00Z..2026-11-22T09:00:00Z"}, "timeField": {"created"}})
	in.Everything = 1284
	return in
}

func noneMatchWidened() Input {
	in := noneMatch()
	in.Wider = Wider(in)
	for i := range in.Wider {
		in.Wider[i].Count = []int{0, 3, 1284}[i%3]
	}
	return in
}

func filterForms(field, sense string) Input {
	in := exhibit(samples(5), url.Values{"owner": {"!anna", "!bob"}, "criticality": {"!4..6"}, "source": {"fin-lt-204"}, "q": {"rundll32"}, "sort": {"-criticality,source,-created"}})
	in.Edit = Edit{Field: field, Sense: sense}
	if in.Edit.Uncounted() {
		in.Edit.Known = []FacetValue{{Value: "fin-lt-204", Label: t("FIN-LT-204"), Count: 12}, {Value: "srv-files-02", Label: t("srv-files-02"), Count: 3}, {Value: `"><b>`, Label: t(`"><b>`), Count: 1}}
	}
	return in
}

func longFacets() Input {
	in := exhibit(samples(3), url.Values{"label": {"label-90", "!label-03", "an old one"}})
	labels := Facet{Field: "label"}
	for i := range MaxFacet {
		name := "Label-" + strconv.Itoa(100 + i)[1:]
		labels.Values = append(labels.Values, FacetValue{Value: strings.ToLower(name), Label: t(name), Count: MaxFacet - i})
	}
	labels.Values = append(labels.Values, FacetValue{Value: "an old one", Label: t("an old one"), Count: NotCounted})
	in.Facets = slices.DeleteFunc(in.Facets, func(f Facet) bool { return f.Field == "label" })
	in.Facets = append(in.Facets, labels)
	return in
}

func everyColumn() Input {
	in := exhibit(samples(7), nil)
	in.Columns = ColumnKeys()
	in.Rows[0].Labels, in.Rows[0].LastComment = ts("finance", "week 47"), t("Isolated by the service desk, waiting for the image.")
	in.Rows[0].ThreatType, in.Rows[0].Classification, in.Rows[0].AdditionalInfo = t("Ransomware"), t("True positive"), t("The account was locked at 09:12.")
	in.Rows[1].MovedTo = []workbench.StoryID{in.Rows[0].ID, in.Rows[2].ID}
	in.Rows[2].AlertCount, in.Rows[2].Placeholder, in.Rows[2].IncidentURL = 0, true, workbench.Untrusted{}
	return in
}

func longRows() []workbench.Row {
	rows := samples(3)
	rows[0].Indication = t(strings.Repeat("A very long title that somebody's detection rule made out of a whole command line ", 40))
	rows[0].Source = t(strings.Repeat("x", 300))
	rows[1].Owner, rows[1].Tenant.Name = t(strings.Repeat("Maximiliane-", 20)), t(strings.Repeat("Contoso and Sons ", 30))
	rows[1].Producer = t("Microsoft " + strings.Repeat("Exceptionally ", 20) + "Named Product")
	rows[2].MitreTechniques = ts(strings.Split(strings.Repeat("T1059.001 ", 60), " ")...)
	return rows
}

func hostile() Input {
	rows := samples(6)
	rows[0].Indication = t(`<script>alert("story")</script><img src=x onerror=alert(1)>`)
	rows[1].Indication = t("invoice\u202Efdp.exe \u200B\u200B\u200Bin the mail\r\nof\ttoday")
	rows[2].Indication = t(`=HYPERLINK("https://evil.example","open")`)
	rows[3].Indication = t("Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030Calgo")
	rows[4].Indication = workbench.Untrusted{}
	rows[0].Source, rows[0].Owner = t(`"><a href="https://evil.example">host</a>`), t("!nobody")
	rows[1].Source, rows[1].IncidentURL = t("https://evil.example/?a=1&b=2"), t("javascript:alert(1)")
	rows[2].Producer, rows[2].ProducerType = t("＝Product\u2028of somebody"), workbench.GenericIncident
	rows[3].Severity, rows[3].MitreTechniques = t("<b>catastrophic</b>"), ts("T1059\u202E", "<i>")
	rows[4].Tenant = workbench.Tenant{ID: "\u202Etnanet"}
	rows[5].Source, rows[5].Indication = t("\u0645\u062D\u0645\u062F-\u0644\u0627\u0628\u062A\u0648\u0628"), t("\u0646\u0634\u0627\u0637 \u0645\u0634\u0628\u0648\u0647 PowerShell (T1059)")
	in := exhibit(rows, url.Values{"q": {"<script>\u202E"}, "owner": {`"><script>`}})
	in.ManyTenants = true
	return in
}

func manyTenants() Input {
	rows := samples(12)
	for i := range rows {
		if i%3 == 1 {
			rows[i].Tenant = workbench.Tenant{ID: "6a2f6c5e-7c0b-4b9e-9a0f-5d1f1f3c2b11"}
		}
	}
	in := exhibit(rows, nil)
	in.ManyTenants = true
	return in
}

func invalid() Input {
	in := exhibit(nil, url.Values{"status": {"opne"}})
	in.Everything = 214
	in.Invalid = map[string]string{"status": "“opne” is not a status; the statuses are open, reopened, pendingAnalysis, pendingMoreInfo, monitoring and closed",
		"sort": "“colour” is not a column that the list can be sorted by"}
	return in
}

func laterPage() Input {
	in := exhibit(samples(20), url.Values{"after": {"cursor-of-this-page"}, "limit": {"20"}, "sort": {"indication"}})
	in.Total, in.Everything, in.Next = 214, 214, "cursor-of-the-next-page"
	return in
}

// facetsOf counts rows as the list's own index does, but without leaving a field's own filter aside.
func facetsOf(rows []workbench.Row) []Facet {
	counts := map[string]map[string]int{}
	for _, r := range rows {
		for field, value := range map[string]string{"criticality": strconv.Itoa(r.Criticality), "producerType": string(r.ProducerType), "producer": r.Producer.Raw(), "status": string(r.Status),
			"verdict": cmp.Or(string(r.Verdict), "none"), "severity": r.Severity.Raw(), "analystSeverity": cmp.Or(string(r.AnalystSeverity), "none"), "tenant": string(r.Tenant.ID), "owner": cmp.Or(r.Owner.Raw(), "none")} {
			add(counts, field, value)
		}
		for _, technique := range r.MitreTechniques {
			add(counts, "mitre", technique.Raw())
		}
	}
	var out []Facet
	for _, field := range fieldOrder {
		f := Facet{Field: field}
		for _, value := range slices.Sorted(maps.Keys(counts[field])) {
			f.Values = append(f.Values, FacetValue{Value: value, Label: t(value), Count: counts[field][value]})
		}
		slices.SortStableFunc(f.Values, func(x, y FacetValue) int { return y.Count - x.Count })
		out = append(out, f)
	}
	return out
}

func add(counts map[string]map[string]int, field, value string) {
	if counts[field] == nil {
		counts[field] = map[string]int{}
	}
	counts[field][value]++
}

func t(text string) workbench.Untrusted { return workbench.Text(text) }

func ts(texts ...string) []workbench.Untrusted {
	var out []workbench.Untrusted
	for _, text := range texts {
		out = append(out, t(text))
	}
	return out
}
