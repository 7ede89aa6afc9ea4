package sample

import "time"

// sender is an address with the name that stands beside it.
type sender struct{ address, name, domain string }

func (s sender) json() object {
	return object{{"emailAddress", orNull(s.address)}, {"displayName", orNull(s.name)}, {"domainName", orNull(s.domain)}}
}

// mail is one message to one recipient. A message that nobody has looked at yet has neither direction nor delivery.
type mail struct {
	key              string // tells messages apart; recipients of the same message share the internet id
	to               person
	subject          string
	envelope, from   sender
	senderIP         string
	received         time.Time
	direction        string
	action, location string
	language         string
	threats, methods []string
	urls             []string
	attachments      int
	urn              string
}

// networkID is the id of this copy of the message.
func (m mail) networkID() string { return guid("mail/" + m.key + "/" + m.to.upn()) }

// copyTo addresses the same message to somebody else.
func (m mail) copyTo(p person) mail {
	m.to = p
	return m
}

// delivered is the message with what became of it.
func (m mail) delivered(action, location string) mail {
	m.action, m.location = action, location
	return m
}

// evidence renders the message as evidence.
func (m mail) evidence(r record) object {
	return evidence("analyzedMessageEvidence", r, object{
		{"networkMessageId", m.networkID()}, {"internetMessageId", "<" + inventSHA1("mail/" + m.key)[:22] + "@" + m.from.domain + ">"},
		{"subject", m.subject},
		{"language", orNull(m.language)}, {"senderIp", orNull(m.senderIP)}, {"recipientEmailAddress", m.to.upn()},
		{"antiSpamDirection", orNull(m.direction)},
		{"deliveryAction", orNull(m.action)}, {"deliveryLocation", orNull(m.location)}, {"urn", orNull(m.urn)}, {"threats", m.threats},
		{"threatDetectionMethods", m.methods}, {"urls", m.urls}, {"urlCount", len(m.urls)}, {"attachmentsCount", m.attachments},
		{"receivedDateTime", timeOrNull(m.received)}, {"p1Sender", m.envelope.json()}, {"p2Sender", m.from.json()},
	})
}

// mailbox renders the mailbox of a person as evidence.
func mailbox(r record, p person) object {
	return evidence("mailboxEvidence", r, object{
		{"primaryAddress", p.upn()}, {"displayName", p.name}, {"upn", p.upn()}, {"userAccount", p.userAccount()},
	})
}

// cluster renders messages that Microsoft found alike by subject and sender.
func cluster(r record, m mail, copies []mail) object {
	ids := make([]string, 0, len(copies))
	for _, c := range copies {
		ids = append(ids, c.networkID())
	}
	return evidence("mailClusterEvidence", r, object{
		{"networkMessageIds", ids}, {"emailCount", len(ids)}, {"clusterBy", "Subject;P2SenderDomain;AntispamDirection;ContentType"},
		{"clusterByValue", m.subject + ";" + m.from.domain + ";1;1"},
		{"query", `((Subject:"` + m.subject + `") AND (P2SenderDomain:"` + m.from.domain + `") AND (AntispamDirection:"1")) AND (ContentType:"1")`},
		{"urn", "urn:MailClusterEntity:" + inventSHA1("cluster/" + m.key)[:32]},
	})
}

// mailboxRule renders a rule or setting of a mailbox as evidence.
func mailboxRule(r record, p person, kind, name string) object {
	return evidence("mailboxConfigurationEvidence", r, object{
		{"configurationId", p.tenant.domain + `\` + p.account + `\` + digits("rule/"+name, 16)}, {"configurationType", kind}, {"displayName", name},
		{"externalDirectoryObjectId", guid("user/" + p.upn())}, {"mailboxPrimaryAddress", p.upn()}, {"upn", p.upn()},
	})
}

// submission renders a message that a user or an administrator reported.
func submission(r record, m mail, by person, kind string, at time.Time) object {
	return evidence("submissionMailEvidence", r, object{
		{"networkMessageId", m.networkID()}, {"recipient", m.to.upn()}, {"reportType", kind}, {"sender", m.from.address},
		{"senderIp", orNull(m.senderIP)},
		{"subject", m.subject}, {"submissionDateTime", at}, {"submissionId", guid("submission/" + m.key)}, {"submitter", by.upn()},
	})
}
