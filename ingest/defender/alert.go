package defender

import (
	"regexp"
	"strings"

	"workbench"
)

// alertFacts is one version of an alert, read: its columns, and what the rest of the story must know before evidence can be put.
type alertFacts struct {
	version  *version
	alert    workbench.Alert
	evidence []typedValue
	devices  []*device
	named    []*user // by the alert's own users, then by its processes
	users    users
	objects  *objects
	comments []comment
	products workbench.Untrusted // productName
	incident workbench.Untrusted // incidentWebUrl
}

// typedValue is one piece of evidence with its kind.
type typedValue struct {
	value
	kind   workbench.Untrusted
	device *device // that it is; nil = none
}

// descriptionVersion is what Defender for Office 365 writes at the end of its descriptions.
var descriptionVersion = regexp.MustCompile(` -V\d+(\.\d+){1,4}\s*$`)

// readAlert reads an alert of any form, each version once.
func (g *group) readAlert(v *version) *alertFacts {
	if v.read != nil {
		return v.read
	}
	mark := g.objects.used
	o := g.objects.of(v.body)
	f := &alertFacts{version: v, users: g.users, objects: g.objects, comments: g.objects.comments(v.body.get("comments"))}
	o.drop("id", "alertId", "incidentId", "tenantId", "aadTenantId", "evidence", "entities", "devices", "comments", "@odata.type")
	f.products, f.incident = v.body.get("productName").untrusted(), v.body.get("incidentWebUrl").untrusted()
	f.listEvidence(o)
	f.alert = workbench.Alert{
		ID: v.doc.Object, Name: o.text("title"), MitreTechniques: held(o.texts("mitreTechniques")), Status: word(o.text("status")),
		FirstActivityAt: o.time("firstActivityDateTime", "firstActivity", "firstEventTime"),
		LastActivityAt:  o.time("lastActivityDateTime", "lastActivity", "lastEventTime"),
		ThreatName:      o.text("threatDisplayName", "threatName", "threatFamilyName"),
		Description:     o.text("description"), RecommendedActions: o.text("recommendedActions"),
		Severity: severity(o.text("severity")), ServiceSource: o.text("serviceSource"), DetectionSource: o.text("detectionSource"),
		Categories: categoriesOf(o), DetectorID: o.text("detectorId"), AlertPolicyID: o.text("alertPolicyId"),
		Classification: word(o.text("classification")), Determination: determination(o.text("determination")),
		InvestigationState: word(o.text("investigationState")), AssignedTo: o.text("assignedTo"),
		CreatedAt:  o.time("createdDateTime", "creationTime", "alertCreationTime"),
		UpdatedAt:  o.time("lastUpdateDateTime", "lastUpdatedTime", "lastUpdateTime"),
		ResolvedAt: o.time("resolvedDateTime", "resolvedTime"),
	}
	f.alert.Description = workbench.Text(descriptionVersion.ReplaceAllString(f.alert.Description.Raw(), ""))
	if f.alert.URL = portalURL(v.body.get("alertWebUrl").untrusted(), g.portals); f.alert.URL != "" {
		o.drop("alertWebUrl")
	}
	f.alert.Other = o.rest()
	v.read, g.objects.used = f, mark
	return f
}

// categoriesOf joins the present list and the older single category.
func categoriesOf(o *object) []workbench.Untrusted {
	list := o.texts("categories")
	if one := o.text("category"); !one.IsZero() {
		list = append(list, one)
	}
	return held(distinct(list))
}

// listEvidence finds the evidence, devices and users of the alert, whatever its form.
func (f *alertFacts) listEvidence(o *object) {
	body := f.version.body
	if user := body.get("relatedUser"); user.kind == kindObject {
		f.name(accountOf(user))
	}
	if machine := machineOf(o); len(machine.members) > 0 {
		f.add(machine, workbench.Text("device"))
	}
	for _, m := range listOf(body.get("devices")) {
		f.add(m.value, workbench.Text("device"))
	}
	for _, name := range [...]string{"evidence", "entities"} {
		for _, m := range listOf(body.get(name)) {
			f.add(m.value, typeOf(m.value))
		}
	}
	for _, e := range f.evidence {
		if strings.EqualFold(e.kind.Raw(), "process") {
			f.name(userOf(e.value))
		}
	}
}

func (f *alertFacts) add(v value, kind workbench.Untrusted) {
	e := typedValue{value: v, kind: kind}
	switch strings.ToLower(kind.Raw()) {
	case "device":
		e.device = deviceOf(v, f.users)
		f.devices = append(f.devices, e.device)
	case "user":
		f.name(userOf(v))
	case "hostlogonsession", "cloudlogonsession":
		f.name(userOf(v.get("account")))
		if host := v.get("host"); host.kind == kindObject {
			f.devices = append(f.devices, deviceOf(host, f.users))
		}
	}
	f.evidence = append(f.evidence, e)
}

func (f *alertFacts) name(a account) {
	if !a.empty() {
		f.named = append(f.named, f.users.of(a))
	}
}

// primaryDevice is the device that Microsoft calls the primary one, else the first.
func (f *alertFacts) primaryDevice() (*device, bool) {
	for _, d := range f.devices {
		if d.primary {
			return d, true
		}
	}
	if len(f.devices) > 0 {
		return f.devices[0], true
	}
	return nil, false
}

// machineOf makes a device of the machine that alerts of the endpoint interface carry in their own members.
func machineOf(o *object) value {
	machine := value{kind: kindObject}
	for _, name := range [...]string{"machineId", "computerDnsName", "rbacGroupName", "rbacGroupId", "osPlatform"} {
		if i := o.find(name); i >= 0 && !o.body.members[i].value.empty() {
			machine.members = append(machine.members, o.body.members[i])
			o.taken[i] = true
		}
	}
	if machine.get("machineId").empty() && machine.get("computerDnsName").empty() {
		return value{}
	}
	return machine
}

// listOf is the items of a list, or the one value that stands in its place.
func listOf(v value) []member {
	if v.kind == kindArray || v.empty() {
		return v.list()
	}
	return []member{{value: v}}
}
