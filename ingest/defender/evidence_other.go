package defender

import (
	"cmp"
	"slices"
	"strings"

	"workbench"
)

// titles are the fields that name evidence of other types, best first.
var titles = []string{
	"deviceDnsName", "computerDnsName", "displayName", "name", "hostName", "resourceName", "fullResourceId", "resourceId", "servicePrincipalName",
	"value", "url", "login", "email", "friendlyName", "appId", "sessionId", "requestId", "deviceName", "imageId", "securityGroupName", "accountName",
	"userPrincipalName", "mdeDeviceId", "mdatpDeviceId", "machineId", "deviceId", "instanceName",
}

// other keeps evidence of any other type with all its fields.
func (r *reading) other(o *object, kind workbench.Untrusted, d *device) {
	e := workbench.OtherEvidence{EvidenceBase: r.base(o), Type: kind}
	e.Data = o.rest()
	e.Title = title(e.Data)
	key := ""
	switch strings.ToLower(kind.Raw()) {
	case "user":
		a := userOf(o.body)
		e.Title = a.label().Or(e.Title)
		if !a.empty() {
			key = r.people.key(r.users.of(a))
		}
	case "device":
		if d == nil {
			d = deviceOf(o.body, r.users)
		}
		key = r.devices.key(d)
		e.DeviceID, e.Device = workbench.DeviceKey(key), r.devices.names[key]
		e.Title = d.name.Or(e.Title)
	}
	r.identify(&e.EvidenceBase, strings.ToLower(kind.Raw()), key)
	r.shelf.other.put(&e, func(e *workbench.OtherEvidence) *workbench.EvidenceBase { return &e.EvidenceBase },
		func(m *merge, have, come *workbench.OtherEvidence) { have.Title = have.Title.Or(come.Title) })
	if strings.EqualFold(kind.Raw(), "malware") {
		r.nested(o.body.get("files"), "file", e.CreatedAt)
		r.nested(o.body.get("processes"), "process", e.CreatedAt)
	}
}

// nested also puts the files and processes of a malware where people look for files and processes. They were recorded with it.
func (r *reading) nested(list value, kind string, at workbench.Time) {
	for _, item := range list.list() {
		v := item.value
		if v.kind != kindObject {
			continue
		}
		if v.get("createdDateTime").time().IsZero() && !at.IsZero() {
			created := value{kind: kindString, text: at.UTC().Format("2006-01-02T15:04:05.999999999Z")}
			v.members = append(slices.Clip(v.members), member{name: "createdDateTime", value: created})
		}
		r.putAs(v, workbench.Text(kind), nil)
	}
}

// userOf is the account of userEvidence, or of a flat user of the older interfaces.
func userOf(v value) account {
	if nested := v.get("userAccount"); nested.kind == kindObject {
		return accountOf(nested)
	}
	return accountOf(v)
}

// title is the value of the field that best names the item, else its first value.
func title(data []workbench.Field) workbench.Untrusted {
	best, found := len(titles), workbench.Untrusted{}
	for _, f := range data {
		name := f.Name.Raw()
		if i := slices.Index(titles, name[strings.LastIndexByte(name, '.')+1:]); i >= 0 && i < best {
			best, found = i, f.Value
		}
	}
	if found.IsZero() && len(data) > 0 {
		return data[0].Value
	}
	return found
}

// contents are the fields in an order that does not depend on that of the document.
func contents(data []workbench.Field) []string {
	data = slices.Clone(data)
	slices.SortStableFunc(data, func(a, b workbench.Field) int {
		return cmp.Or(cmp.Compare(a.Name.Raw(), b.Name.Raw()), cmp.Compare(a.Value.Raw(), b.Value.Raw()))
	})
	var parts []string
	for _, f := range data {
		parts = append(parts, f.Name.Raw(), f.Value.Raw())
	}
	return parts
}
