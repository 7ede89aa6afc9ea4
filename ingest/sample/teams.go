package sample

import "time"

// chat is a message in Teams.
type chat struct {
	key              string
	subject          string
	from             string
	fromIP           string
	tenant           tenant // that owns the thread
	to               []person
	suspicious       []person
	received         time.Time
	action, location string
	urls             []string
	external         bool
}

// evidence renders the chat message as evidence.
func (c chat) evidence(r record) object {
	urls := make([]object, 0, len(c.urls))
	for _, u := range c.urls {
		urls = append(urls, r.members(object{{"url", u}}))
	}
	return evidence("teamsMessageEvidence", r, object{
		{"campaignId", nil}, {"channelId", nil}, {"deliveryAction", c.action}, {"deliveryLocation", c.location}, {"files", []object{}},
		{"groupId", nil},
		{"isExternal", c.external}, {"isOwned", !c.external}, {"lastModifiedDateTime", c.received}, {"messageDirection", "inbound"},
		{"messageId", digits("chat/"+c.key, 13)}, {"owningTenantId", c.tenant.id}, {"parentMessageId", digits("chat/"+c.key, 13)},
		{"receivedDateTime", c.received},
		{"recipients", upns(c.to)}, {"senderFromAddress", c.from}, {"senderIP", c.fromIP}, {"sourceAppName", "Teams"},
		{"sourceId", guid("chat/" + c.key)},
		{"subject", orNull(c.subject)}, {"suspiciousRecipients", upns(c.suspicious)},
		{"threadId", "19:" + inventSHA1("thread/" + c.key)[:32] + "@thread.v2"},
		{"threadType", "chat"}, {"urls", urls},
	})
}

// upns lists the addresses of people.
func upns(people []person) []string {
	list := make([]string, 0, len(people))
	for _, p := range people {
		list = append(list, p.upn())
	}
	return list
}
