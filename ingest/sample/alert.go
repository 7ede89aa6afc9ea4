package sample

import (
	"strings"
	"time"
)

// alert is one version of an alert. The incident that holds it fills in its own id and tenant.
type alert struct {
	key              string // tells the alert from all others; its id is invented from it
	product          product
	engine           string // "" = the product's usual one
	title            string
	severity         string
	status           string // "" = new
	classification   string
	determination    string
	description      string
	actions          []string // recommended, one a line, numbered when rendered
	categories       []string // the first also stands alone in the older member
	mitre            []string
	assignedTo       string
	threat           string // full name of malware
	actor            string
	first, last      time.Time // of the activity
	created, updated time.Time
	resolved         time.Time
	investigation    string // "" = unsupportedAlertType
	policy           string // name of the alert policy, if one raised it
	systemTags       []string
	comments         []comment
	custom           object
	additional       object
	evidence         []object
	oldID            bool   // numbered by time instead of a GUID, as antivirus alerts are
	given            string // the product's own id, where it is not invented from the key
}

// provided is the id that the product itself gave the alert.
func (a alert) provided() string {
	if a.given != "" {
		return a.given
	}
	if a.oldID {
		return oldAlertID(a.key)
	}
	return guid("alert/"+a.key) + a.product.provide
}

// id is the id of the alert in Graph.
func (a alert) id() string { return a.product.prefix + a.provided() }

// family is the short name of malware within its full name: Startpage in Trojan:Win32/Startpage.A!ml.
func (a alert) family() string {
	_, name, found := strings.Cut(a.threat, "/")
	if !found {
		return ""
	}
	name, _, _ = strings.Cut(name, "!")
	name, _, _ = strings.Cut(name, ".")
	return name
}

// json renders the alert as part of the incident, in the order of members that Graph uses.
func (a alert) json(in incident) object {
	var incidentID, incidentURL any
	if in.id != "" {
		incidentID, incidentURL = in.id, in.url()
	}
	var category any
	if len(a.categories) > 0 {
		category = a.categories[0]
	}
	var policy any
	if a.policy != "" {
		policy = guid("policy/" + a.policy)
	}
	custom, additional := a.custom, a.additional
	if custom == nil {
		custom = object{}
	}
	if additional == nil {
		additional = object{}
	}
	return object{
		{"id", a.id()}, {"providerAlertId", a.provided()}, {"incidentId", incidentID}, {"status", word(a.status, "new")}, {"severity", a.severity},
		{"classification", orNull(a.classification)}, {"determination", orNull(a.determination)}, {"serviceSource", a.product.source},
		{"detectionSource", word(a.engine, a.product.engine)}, {"productName", a.product.name}, {"detectorId", guid("detector/" + a.title)},
		{"tenantId", in.tenant.id}, {"title", a.title}, {"description", a.description}, {"recommendedActions", numbered(a.actions)},
		{"category", category}, {"categories", a.categories}, {"assignedTo", orNull(a.assignedTo)},
		{"alertWebUrl", "https://security.microsoft.com/alerts/" + a.id() + "?tid=" + in.tenant.id}, {"incidentWebUrl", incidentURL},
		{"actorDisplayName", orNull(a.actor)}, {"threatDisplayName", orNull(a.threat)}, {"threatFamilyName", orNull(a.family())},
		{"mitreTechniques", a.mitre}, {"createdDateTime", a.created}, {"lastUpdateDateTime", a.updated}, {"resolvedDateTime", timeOrNull(a.resolved)},
		{"firstActivityDateTime", timeOrNull(a.first)}, {"lastActivityDateTime", timeOrNull(a.last)}, {"systemTags", a.systemTags},
		{"alertPolicyId", policy},
		{"investigationState", word(a.investigation, "unsupportedAlertType")}, {"comments", comments(a.comments)}, {"customDetails", custom},
		{"evidence", a.evidence}, {"additionalData", additional},
	}
}

// resolve returns the alert as closed at a time, with what the closing says.
func (a alert) resolve(at time.Time, by, investigation string) alert {
	a.status, a.resolved, a.updated, a.assignedTo, a.investigation = "resolved", at, at, by, investigation
	return a
}

// numbered is the list as lines, each with its number.
func numbered(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(rune('1'+i)) + ". " + line)
	}
	return b.String()
}
