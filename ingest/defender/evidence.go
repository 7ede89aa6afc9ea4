package defender

import (
	"slices"
	"strings"

	"workbench"
)

// reading puts the evidence of one alert on a shelf. Its items share the list that names their alert, which has no room for more.
type reading struct {
	shelf   *shelf
	people  *people
	devices *devices
	users   users
	objects *objects
	alert   string
	alerts  []string // the same, alone
	primary string   // key of the alert's primary device; "" = none
	ids     []string // of what was put, in Microsoft's order
}

// typeOf is the kind of a piece of evidence: the @odata.type without namespace and "Evidence", or the entity type of the older interfaces,
// beginning in lower case.
func typeOf(v value) workbench.Untrusted {
	text := v.get("@odata.type").untrusted().Raw()
	text = text[strings.LastIndexByte(text, '.')+1:]
	text = strings.TrimPrefix(text, "#")
	if short := strings.TrimSuffix(text, "Evidence"); short != "" {
		text = short
	}
	if text == "" {
		text = v.get("entityType").untrusted().Raw()
	}
	if text == "" {
		return workbench.Text("unknown")
	}
	if c := text[0]; c >= 'A' && c <= 'Z' {
		text = string(c|0x20) + text[1:]
	}
	return workbench.Text(text)
}

// putAs reads one piece of evidence of a kind, and takes it as a device that was read before where it is given. A kind that nobody knows is kept as it is.
func (r *reading) putAs(v value, kind workbench.Untrusted, d *device) {
	if v.kind != kindObject {
		v = value{kind: kindObject, members: []member{{name: "value", value: v}}}
	}
	mark := r.objects.used
	o := r.objects.of(v)
	switch strings.ToLower(kind.Raw()) {
	case "process":
		r.process(o)
	case "file":
		r.file(o)
	case "registrykey", "registryvalue", "registry":
		r.registry(o)
	case "ip":
		r.ip(o)
	case "url":
		r.url(o)
	case "dns":
		r.dns(o)
	case "networkconnection":
		r.connection(o)
	case "analyzedmessage", "mailmessage":
		r.message(o)
	case "submissionmail":
		r.submission(o)
	case "teamsmessage":
		r.teams(o)
	case "mailbox":
		r.mailbox(o)
	case "mailcluster":
		r.cluster(o)
	case "mailboxconfiguration":
		r.rule(o)
	default:
		r.other(o, kind, d)
	}
	r.objects.used = mark
}

// base takes what every kind has. The type is known from the list that the item goes to, so it is taken too.
func (r *reading) base(o *object) workbench.EvidenceBase {
	o.drop("@odata.type", "entityType")
	roles := words(o.texts("roles"))
	return workbench.EvidenceBase{
		AlertIDs: r.alerts, Verdict: word(o.text("verdict")), RemediationStatus: word(o.text("remediationStatus")),
		CreatedAt: o.time("createdDateTime", "evidenceCreationTime"),
		Roles:     held(distinct(append(roles, o.texts("detailedRoles")...))), Tags: held(o.texts("tags")),
	}
}

// onDevice ties an item to the device that it names, or else to the primary device of its alert.
func (r *reading) onDevice(b *workbench.EvidenceBase, o *object) {
	b.DeviceID = workbench.DeviceKey(r.devices.key(&device{mde: o.text("mdeDeviceId", "deviceId")}))
	if b.DeviceID == "" {
		b.DeviceID = workbench.DeviceKey(r.primary)
	}
	b.Device = r.devices.names[string(b.DeviceID)]
}

// identify gives an item the id of its natural key. An item whose key says nothing is known by all that it holds.
func (r *reading) identify(b *workbench.EvidenceBase, kind string, key ...string) {
	if slices.ContainsFunc(key, func(part string) bool { return part != "" }) {
		var parts [10]string
		b.ID = workbench.NewID(append(append(parts[:0], "evidence/1", kind), key...)...)
	} else {
		b.ID = workbench.NewID(append([]string{"evidence/1", kind, "data"}, contents(b.Data)...)...)
	}
	r.ids = append(r.ids, b.ID)
}

// place is where something without a device key of its own happened: one alert's unknown device is not another's.
func (r *reading) place(b workbench.EvidenceBase) string {
	if b.DeviceID != "" {
		return string(b.DeviceID)
	}
	return "unknown:" + r.alert
}
