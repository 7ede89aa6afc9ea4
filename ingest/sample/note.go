package sample

import "time"

// endpointNote is a small alert of Defender for Endpoint that names a device and a user and no more.
func endpointNote(r record, key, title, severity string, d *device, p person, when time.Time) alert {
	return alert{
		key: key, product: endpoint(), title: title, severity: severity, first: when, last: when, created: r.at, updated: r.at,
		description: "Seen on " + d.fqdn() + ". On its own this is weak; it counts when it comes together with something else.",
		actions:     []string{"Look at what else the device did around that time."},
		categories:  []string{"Discovery"}, mitre: []string{"T1046"}, evidence: []object{d.evidence(r.suspicious("none").primary()), p.evidence(r)},
	}
}
