package sample

import "time"

// comment is what somebody wrote on an incident or an alert.
type comment struct {
	text, by string
	at       time.Time
}

// comments renders the list that incidents and alerts carry.
func comments(list []comment) []object {
	out := make([]object, 0, len(list))
	for _, c := range list {
		out = append(out, object{{"comment", c.text}, {"createdByDisplayName", c.by}, {"createdDateTime", c.at}})
	}
	return out
}

// incident is one version of an incident. Absent texts become null, except where Microsoft always gives a word.
type incident struct {
	tenant           tenant
	id               string
	name             string
	severity         string
	status           string // "" = active
	created, updated time.Time
	assignedTo       string
	classification   string // "" = unknown
	determination    string // "" = unknown
	tags, systemTags []string
	description      string
	summary          string
	modifiedBy       string // "" = Microsoft's own correlation
	resolvingComment string
	redirectTo       string
	priority         int // 0 = not scored
	comments         []comment
	alerts           []alert
}

// word is s, or other where s is absent.
func word(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// url is the address of the incident in Microsoft's portal.
func (i incident) url() string {
	return "https://security.microsoft.com/incident2/" + i.id + "/overview?tid=" + i.tenant.id
}

// json renders the incident with its alerts, in the order of members that Graph uses.
func (i incident) json() object {
	var priority any
	if i.priority > 0 {
		priority = i.priority
	}
	alerts := make([]object, 0, len(i.alerts))
	for _, a := range i.alerts {
		alerts = append(alerts, a.json(i))
	}
	return object{
		{"id", i.id}, {"tenantId", i.tenant.id}, {"status", word(i.status, "active")}, {"incidentWebUrl", i.url()},
		{"redirectIncidentId", orNull(i.redirectTo)}, {"displayName", i.name}, {"createdDateTime", i.created}, {"lastUpdateDateTime", i.updated},
		{"assignedTo", orNull(i.assignedTo)}, {"classification", word(i.classification, "unknown")},
		{"determination", word(i.determination, "unknown")},
		{"severity", i.severity}, {"customTags", i.tags}, {"systemTags", i.systemTags}, {"description", orNull(i.description)},
		{"lastModifiedBy", word(i.modifiedBy, "Microsoft 365 Defender-IncidentCreation")}, {"resolvingComment", orNull(i.resolvingComment)},
		{"summary", orNull(i.summary)}, {"priorityScore", priority}, {"comments", comments(i.comments)}, {"alerts", alerts},
	}
}
