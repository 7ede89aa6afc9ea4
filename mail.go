package workbench

import (
	"slices"
	"strings"
)

// MailAnswers answers what people ask of an e-mail story, from its own stored evidence only.
type MailAnswers struct {
	Recipients MailAnswer `json:"recipients"` // who got it
	Clicked    MailAnswer `json:"clicked"`    // who clicked
	Devices    MailAnswer `json:"devices"`    // which devices
}

// MailAnswer is the answer to one question. Where Known is false there are no finds, and Reason says why in a plain sentence; a question
// without an answer never means "nobody".
type MailAnswer struct {
	Known  bool       `json:"known"`
	Reason string     `json:"reason"`
	Finds  []MailFind `json:"finds"`
}

// MailFind is one recipient, person or device, with what says so.
type MailFind struct {
	Name        Untrusted `json:"name"`
	Detail      Untrusted `json:"detail"` // recipients: the places that Microsoft says the mail went to, the first few where they are many
	EvidenceIDs []string  `json:"evidenceIds"`
	AlertIDs    []string  `json:"alertIds"`
}

const notKnown = "Not known from these alerts."

// ReportsClick reports whether an alert says that somebody clicked a link. Microsoft has no field for that, so its title decides: it
// speaks of clicking, opening, visiting or accessing a URL or link.
func ReportsClick(a Alert) bool {
	title := strings.ToLower(a.Name.Raw())
	holds := func(word string) bool { return strings.Contains(title, word) }
	return slices.ContainsFunc([]string{"click", "accessed", "opened", "visited"}, holds) && slices.ContainsFunc([]string{"url", "link"}, holds)
}

// MailAnswers decides by these rules. Recipients are those of the messages; where no message names one, the mailboxes that the alerts name.
// A click is known only from an alert for which ReportsClick holds, and the people are the users whom that alert names itself, never those
// merely logged on. Devices are those that the alerts of the story name.
func (s Story) MailAnswers() MailAnswers { return mailAnswers(s.Alerts, s.Evidence) }

// MailAnswers is that of a story with this content.
func (c Content) MailAnswers() MailAnswers { return mailAnswers(c.Alerts, c.Evidence) }

func mailAnswers(alerts []Alert, e Evidence) MailAnswers {
	recipients, clicked, devices := newFinds(), newFinds(), newFinds()
	for _, m := range e.Messages {
		recipients.add(m.Recipient, placed(m), m.ID, m.AlertIDs)
	}
	if len(recipients.list) == 0 {
		for _, m := range e.Mailboxes {
			recipients.add(m.Address.Or(m.UPN), Untrusted{}, m.ID, m.AlertIDs)
		}
	}
	clicks := false
	for _, a := range alerts {
		if ReportsClick(a) {
			clicks = true
			for _, u := range a.Users {
				if u.Why == NamedByAlert {
					name := u.Name
					if !u.Domain.IsZero() {
						name = Text(u.Domain.Raw() + `\` + u.Name.Raw())
					}
					clicked.add(name, Untrusted{}, "", []string{a.ID})
				}
			}
		}
		for _, d := range a.DeviceNames {
			devices.add(d, Untrusted{}, "", []string{a.ID})
		}
	}
	for _, o := range e.Other {
		if o.Type.Is("device") {
			devices.add(o.Title, Untrusted{}, o.ID, o.AlertIDs)
		}
	}
	unclicked := notKnown
	if clicks {
		unclicked = "An alert reports a click but names nobody."
	}
	return MailAnswers{Recipients: recipients.answer(notKnown), Clicked: clicked.answer(unclicked), Devices: devices.answer(notKnown)}
}

// placed says where a message went: action, then place. Where alerts differ, because a message was taken away after it had arrived, say, it
// says what each of them says: that it is in quarantine now does not mean that nobody read it.
func placed(m MessageEvidence) Untrusted {
	now := joined(", ", m.DeliveryAction, m.DeliveryLocation)
	var actions, locations []Untrusted
	for _, f := range m.Data { // values that lost against a newer one
		switch f.Name.Raw() {
		case "deliveryAction":
			actions = append(actions, f.Value)
		case "deliveryLocation":
			locations = append(locations, f.Value)
		}
	}
	also := joined(", ", slices.Concat(actions, locations)...)
	switch {
	case now.IsZero() && also.IsZero():
		return Text("where it went is not known")
	case also.IsZero():
		return now
	}
	return joined("; also reported as ", now, also)
}

// joined puts a separator between the texts that are there.
func joined(separator string, texts ...Untrusted) Untrusted {
	var parts []string
	for _, t := range texts {
		if !t.IsZero() {
			parts = append(parts, t.Raw())
		}
	}
	return Text(strings.Join(parts, separator))
}

// maxPlaces is how many places are told of one recipient's mail; the messages have them all.
const maxPlaces = 6

// finds collects answers: one for each name, in the order of first appearance.
type finds struct {
	list    []MailFind
	at      map[string]int
	details map[string][]Untrusted
}

func newFinds() *finds { return &finds{at: map[string]int{}, details: map[string][]Untrusted{}} }

func (f *finds) add(name, detail Untrusted, evidence string, alerts []string) {
	key := fold(name.Raw())
	if key == "" {
		return
	}
	i, ok := f.at[key]
	if !ok {
		i = len(f.list)
		f.at[key] = i
		f.list = append(f.list, MailFind{Name: name, Detail: detail, EvidenceIDs: []string{}, AlertIDs: []string{}})
	}
	find := &f.list[i]
	switch known := f.details[key]; { // one person may have got several messages
	case slices.Contains(known, detail) || len(known) > maxPlaces:
	case len(known) == maxPlaces:
		f.details[key] = append(known, detail)
		find.Detail = joined("; ", find.Detail, Text("and more"))
	default:
		f.details[key] = append(known, detail)
		find.Detail = joined("; ", f.details[key]...)
	}
	if evidence != "" {
		find.EvidenceIDs = append(find.EvidenceIDs, evidence)
	}
	find.AlertIDs = append(find.AlertIDs, alerts...)
}

func (f *finds) answer(unknown string) MailAnswer {
	if len(f.list) == 0 {
		return MailAnswer{Reason: unknown, Finds: []MailFind{}}
	}
	for i := range f.list {
		f.list[i].EvidenceIDs, f.list[i].AlertIDs = union(f.list[i].EvidenceIDs), union(f.list[i].AlertIDs)
	}
	return MailAnswer{Known: true, Finds: f.list}
}
