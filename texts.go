package workbench

// The limits of what is searched inside one story.
const (
	MaxTexts     = 20_000 // texts of a story
	MaxTextBytes = 32_768 // of one text; what is longer is searched only up to there
)

// Texts returns what stands inside the story and is looked for by people who hunt: its summary, command lines, paths, hashes, addresses,
// URLs, registry keys and values, subjects, names of threats, descriptions, and the ids of alerts, incident and messages. Each stands once,
// in the order in which it first appears; at most MaxTexts. Head.Names and what lists show are searched besides, and not repeated here.
func (c Content) Texts() []string {
	t := texts{seen: map[string]bool{}}
	t.add(c.Summary, c.IncidentID, c.Details.IncidentName, c.Details.Description, c.Details.IncidentSummary)
	for i := range c.Alerts {
		a := &c.Alerts[i]
		t.add(Text(a.ID), a.Name, a.ThreatName, a.LocalIP, a.ExternalIP, a.VendorDomainName, a.DetectorID, a.Description)
		t.fields(a.Other)
	}
	e := &c.Evidence
	for i := range e.Processes {
		p := &e.Processes[i]
		t.add(p.CommandLine, p.FilePath, p.ProcessName, p.ParentName, p.User, p.SHA256, p.SHA1)
		t.fields(p.Data)
	}
	for i := range e.Files {
		f := &e.Files[i]
		t.add(f.FilePath, f.FileName, f.SHA256, f.SHA1, f.MD5)
		t.fields(f.Data)
	}
	for i := range e.Registry {
		r := &e.Registry[i]
		t.add(r.Hive, r.Key, r.Name, r.Value)
		t.fields(r.Data)
	}
	for i := range e.Network {
		n := &e.Network[i]
		t.add(n.SourceIP, n.DestinationIP, n.DNSName, n.URL)
		t.add(n.DNSAnswers...)
		t.fields(n.Data)
	}
	for i := range e.Messages {
		m := &e.Messages[i]
		t.add(m.Subject, m.From, m.FromName, m.EnvelopeSender, m.Recipient, m.SenderIP, m.NetworkMessageID)
		t.add(m.URLs...)
		t.add(m.Threats...)
		t.fields(m.Data)
	}
	for i := range e.Mailboxes {
		m := &e.Mailboxes[i]
		t.add(m.Address, m.DisplayName, m.UPN)
		t.fields(m.Data)
	}
	for i := range e.MailClusters {
		m := &e.MailClusters[i]
		t.add(m.Value, m.Query)
		t.add(m.NetworkMessageIDs...)
		t.fields(m.Data)
	}
	for i := range e.MailboxRules {
		m := &e.MailboxRules[i]
		t.add(m.RuleType, m.DisplayName, m.Mailbox, m.UPN, m.ConfigurationID)
		t.fields(m.Data)
	}
	for i := range e.Other {
		o := &e.Other[i]
		t.add(o.Title)
		t.fields(o.Data)
	}
	return t.list
}

type texts struct {
	seen map[string]bool
	list []string
}

func (t *texts) add(values ...Untrusted) {
	for _, u := range values {
		s := u.Raw()
		if len(s) > MaxTextBytes {
			s = s[:MaxTextBytes]
		}
		if s != "" && !t.seen[s] && len(t.list) < MaxTexts {
			t.seen[s] = true
			t.list = append(t.list, s)
		}
	}
}

func (t *texts) fields(list []Field) {
	for _, f := range list {
		t.add(f.Value)
	}
}
