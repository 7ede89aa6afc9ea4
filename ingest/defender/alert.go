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
	devices  []device
	named    []account // by the alert's own users, then by its processes
	comments []comment
	products workbench.Untrusted // productName
	incident workbench.Untrusted // incidentWebUrl
}

// typedValue is one piece of evidence with its kind.
type typedValue struct {
	value
	kind workbench.Untrusted
}

// descriptionVersion is what Defender for Office 365 writes at the end of its descriptions.
var descriptionVersion = regexp.MustCompile(` -V\d+(\.\d+){1,4}\s*$`)

// readAlert reads an alert of any form, each version once.
func readAlert(v *version, portals []string) *alertFacts {
	if v.read != nil {
		return v.read
	}
	o := objectOf(v.body)
	f := &alertFacts{version: v, comments: commentsOf(v.body.get("comments"))}
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
	if f.alert.URL = portalURL(v.body.get("alertWebUrl").untrusted(), portals); f.alert.URL != "" {
		o.drop("alertWebUrl")
	}
	f.alert.Other = o.rest()
	v.read = f
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
	for _, v := range listOf(body.get("devices")) {
		f.add(v, workbench.Text("device"))
	}
	for _, name := range [...]string{"evidence", "entities"} {
		for _, v := range listOf(body.get(name)) {
			f.add(v, typeOf(v))
		}
	}
	for _, e := range f.evidence {
		if strings.EqualFold(e.kind.Raw(), "process") {
			f.name(userOf(e.value))
		}
	}
}

func (f *alertFacts) add(v value, kind workbench.Untrusted) {
	f.evidence = append(f.evidence, typedValue{v, kind})
	switch strings.ToLower(kind.Raw()) {
	case "device":
		f.devices = append(f.devices, deviceOf(v))
	case "user":
		f.name(userOf(v))
	case "hostlogonsession", "cloudlogonsession":
		f.name(userOf(v.get("account")))
		if host := v.get("host"); host.kind == kindObject {
			f.devices = append(f.devices, deviceOf(host))
		}
	}
}

func (f *alertFacts) name(a account) {
	if !a.empty() {
		f.named = append(f.named, a)
	}
}

// primaryDevice is the device that Microsoft calls the primary one, else the first.
func (f *alertFacts) primaryDevice() (device, bool) {
	for _, d := range f.devices {
		if d.primary {
			return d, true
		}
	}
	if len(f.devices) > 0 {
		return f.devices[0], true
	}
	return device{}, false
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
func listOf(v value) []value {
	if v.kind == kindArray || v.empty() {
		return v.items
	}
	return []value{v}
}
