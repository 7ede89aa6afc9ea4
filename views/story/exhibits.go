package story

import (
	"fmt"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// Exhibits shows a story in every state that its page knows.
func Exhibits() []ui.Exhibit {
	var out []ui.Exhibit
	add := func(name string, in Input) {
		out = append(out, ui.Exhibit{Name: "story/" + name, Component: inner(New(in)), Page: true})
	}
	endpoint, mail := endpointStory(), mailStorySample()
	opened := exhibit(endpoint, link.Overview)
	opened.OpenAlerts, opened.Previous, opened.Next = []string{endpoint.Alerts[0].ID}, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbb"
	add("endpoint", opened)
	chosen := opened
	chosen.Selected = endpoint.Evidence.Processes[1].ID
	add("endpoint/evidence chosen", chosen)
	gap := opened
	gap.Selected = endpoint.ProcessTrees[0].Nodes[0].ID
	add("endpoint/gap chosen", gap)
	viewed := exhibit(endpoint, link.Alerts)
	viewed.Selected = endpoint.Alerts[0].ID
	add("endpoint/alert viewed", viewed)
	lost := exhibit(endpoint, link.Overview)
	lost.Selected = "nothing"
	add("endpoint/chosen item is gone", lost)
	for _, kind := range []string{Processes, Files, Registry, Network} {
		in := exhibit(endpoint, link.Evidence)
		in.EvidenceKind, in.Sort = kind, "-created"
		add("endpoint/evidences "+kind, in)
	}
	add("endpoint/entities", exhibit(endpoint, link.Entities))
	add("endpoint/timeline", exhibit(endpoint, link.Timeline))
	raw := exhibit(endpoint, link.Raw)
	raw.Documents, raw.Raw = sampleDocuments(), sampleTable(40)
	add("endpoint/raw", raw)

	add("mail", exhibit(mail, link.Overview))
	for _, kind := range []string{Messages, Mailboxes, MailClusters, URLs, MailboxRules, Other} {
		in := exhibit(mail, link.Evidence)
		in.EvidenceKind = kind
		add("mail/evidence "+kind, in)
	}
	add("mail/entities", exhibit(mail, link.Entities))
	add("mail/nothing known", exhibit(quietMailStory(), link.Overview))

	add("placeholder", exhibit(placeholderStory(), link.Overview))
	add("moved", exhibit(movedStory(), link.Overview))
	add("shared device", exhibit(sharedStory(), link.Alerts))
	hostile := exhibit(hostileStory(), link.Overview)
	hostile.OpenAlerts = []string{hostile.Story.Alerts[0].ID}
	add("hostile text", hostile)
	add("100 alerts", exhibit(BigStory(100, 1_000, 0), link.Overview))
	evidence := exhibit(BigStory(100, 1_000, 0), link.Evidence)
	add("1000 evidence", evidence)
	deep := BigStory(1, 0, 600)
	tree := exhibit(deep, link.Alerts)
	tree.OpenAlerts = []string{deep.Alerts[0].ID}
	add("600 nodes", tree)
	for _, tab := range []string{link.Alerts, link.Evidence, link.Entities, link.Raw, link.Timeline} {
		add("empty "+tabName(tab), exhibit(placeholderStory(), tab))
	}

	forbidden := exhibit(endpoint, link.Overview)
	forbidden.CanAct, forbidden.Form.Sent = false, true
	add("actions forbidden", forbidden)
	wrong := exhibit(endpoint, link.Overview)
	wrong.Form = Form{Sent: true, Values: map[string]string{"status": "monitoring", "verdict": "benign", "analystSeverity": "high", "owner": "m.rossi", "comment": "checked with the user"},
		Errors: map[string]string{"analystSeverity": "goes only with the verdict malicious; set that verdict or leave the severity empty", "status": "is not one of the statuses; choose one of the list"}}
	add("actions refused", wrong)
	conflict := wrong
	conflict.Form = Form{Sent: true, Conflict: true, Values: map[string]string{"status": "monitoring", "verdict": "benign", "owner": "k.tanaka", "comment": "looks like a test"}}
	add("actions conflict", conflict)
	return out
}

// sampleTable is a table of raw events.
func sampleTable(rows int) RawTable {
	t := RawTable{Columns: texts("event", "alertId", "title", "severity", "processDetails.commandLine", "verdict", "remediationStatus", "createdDateTime"), Truncated: 2}
	for i := range rows {
		t.Rows = append(t.Rows, texts("evidence", fmt.Sprintf("da-%d", i/8), "", "", `powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAA`, "suspicious", "active",
			"2026-11-22T09:31:43.1234567Z"))
	}
	return t
}

func sampleDocuments() []Document {
	var out []Document
	for i := range 3 {
		kind := workbench.AlertDocument
		if i == 0 {
			kind = workbench.IncidentDocument
		}
		object := fmt.Sprintf("da637%04d", i)
		out = append(out, Document{Hash: workbench.HashJSON([]byte(object)), Kind: kind, Object: workbench.Text(object), ReceivedAt: moment0(i), Size: 4_096 * (i + 1)})
	}
	return out
}
