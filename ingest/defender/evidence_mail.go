package defender

import (
	"strings"

	"workbench"
)

func (r *reading) message(o *object) {
	p1, p2 := o.sub("p1Sender"), o.sub("p2Sender")
	m := workbench.MessageEvidence{
		EvidenceBase: r.base(o), ReceivedAt: o.time("receivedDateTime"), Subject: o.text("subject"),
		From: p2.text("emailAddress").Or(o.text("sender")), FromName: p2.text("displayName"), EnvelopeSender: p1.text("emailAddress"),
		Recipient: o.text("recipientEmailAddress", "recipient"), Direction: o.text("antiSpamDirection"),
		DeliveryAction: o.text("deliveryAction"), DeliveryLocation: o.text("deliveryLocation"), Threats: o.texts("threats"),
		DetectionMethods: o.texts("threatDetectionMethods"), URLs: o.texts("urls"), URLCount: o.int("urlCount"),
		AttachmentCount: o.int("attachmentsCount"), SenderIP: r.senderIP(o, "senderIp"), NetworkMessageID: o.text("networkMessageId"),
	}
	m.Data = o.rest()
	r.keepMessage(m, "message")
}

func (r *reading) submission(o *object) {
	m := workbench.MessageEvidence{
		EvidenceBase: r.base(o), Subject: o.text("subject"), From: o.text("sender"), Recipient: o.text("recipient"),
		SenderIP: r.senderIP(o, "senderIp"), NetworkMessageID: o.text("networkMessageId"),
	}
	m.Data = o.rest()
	r.keepMessage(m, "message")
}

// teams makes one item for each recipient of a Teams message; the first of them keeps what is not in a column.
func (r *reading) teams(o *object) {
	m := workbench.MessageEvidence{
		EvidenceBase: r.base(o), ReceivedAt: o.time("receivedDateTime"), Subject: o.text("subject"), From: o.text("senderFromAddress"),
		Direction: o.text("messageDirection"), DeliveryAction: o.text("deliveryAction"), DeliveryLocation: o.text("deliveryLocation"),
		SenderIP: r.senderIP(o, "senderIP"), NetworkMessageID: o.text("messageId"),
	}
	if i := o.find("urls"); i >= 0 {
		for _, item := range o.body.members[i].value.list() {
			if u := item.value.untrusted().Or(item.value.get("url").untrusted()); !u.IsZero() {
				m.URLs = append(m.URLs, u)
			}
		}
		m.URLs = distinct(m.URLs)
	}
	recipients := o.texts("recipients")
	m.Data = o.rest()
	if len(recipients) == 0 {
		r.keepMessage(m, "teams")
	}
	for _, to := range recipients {
		one := m
		one.Recipient = to
		r.keepMessage(one, "teams")
		m.Data, m.URLs, m.Roles, m.Tags = []workbench.Field{}, nil, []workbench.Untrusted{}, []workbench.Untrusted{}
	}
}

// senderIP leaves out the two addresses that mean mail from inside; they stay in Data.
func (r *reading) senderIP(o *object, name string) workbench.Untrusted {
	if i := o.find(name); i >= 0 {
		switch strings.TrimSpace(o.body.members[i].value.text) {
		case "0.0.0.0", "255.255.255.255":
			return workbench.Untrusted{}
		}
	}
	return o.text(name)
}

func (r *reading) keepMessage(m workbench.MessageEvidence, kind string) {
	m.Threats, m.DetectionMethods, m.URLs = held(m.Threats), held(m.DetectionMethods), held(m.URLs)
	if m.NetworkMessageID.IsZero() {
		// Without its id a message is known by what it says, and only within its alert.
		r.identify(&m.EvidenceBase, kind, "alert", r.alert, m.Subject.Raw(), fold(m.From), fold(m.Recipient), m.ReceivedAt.String())
	} else {
		r.identify(&m.EvidenceBase, kind, fold(m.NetworkMessageID), fold(m.Recipient))
	}
	r.shelf.messages.put(&m, func(m *workbench.MessageEvidence) *workbench.EvidenceBase { return &m.EvidenceBase },
		func(g *merge, have, come *workbench.MessageEvidence) {
			g.time(&have.ReceivedAt, come.ReceivedAt)
			g.text(&have.Subject, come.Subject, "subject")
			g.text(&have.From, come.From, "p2Sender.emailAddress")
			g.text(&have.FromName, come.FromName, "p2Sender.displayName")
			g.text(&have.EnvelopeSender, come.EnvelopeSender, "p1Sender.emailAddress")
			g.text(&have.Recipient, come.Recipient, "recipientEmailAddress")
			g.text(&have.Direction, come.Direction, "antiSpamDirection")
			g.text(&have.DeliveryAction, come.DeliveryAction, "deliveryAction")
			g.text(&have.DeliveryLocation, come.DeliveryLocation, "deliveryLocation")
			g.list(&have.Threats, come.Threats, "threats")
			g.list(&have.DetectionMethods, come.DetectionMethods, "threatDetectionMethods")
			g.list(&have.URLs, come.URLs, "urls")
			g.int(&have.URLCount, come.URLCount)
			g.int(&have.AttachmentCount, come.AttachmentCount)
			g.text(&have.SenderIP, come.SenderIP, "senderIp")
		})
}
