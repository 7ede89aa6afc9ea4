package sample

import (
	"slices"
	"time"
)

// record is what every piece of evidence begins with: when Microsoft noted it and what it thinks of it.
type record struct {
	at                          time.Time
	verdict, remediation        string
	details                     string
	roles, detailedRoles, marks []string
}

// noted begins evidence that was added to an alert at a time; nothing is known against it.
func noted(at time.Time) record { return record{at: at, verdict: "unknown", remediation: "none"} }

func (r record) malicious(remediation string) record {
	r.verdict, r.remediation = "malicious", remediation
	return r
}

func (r record) suspicious(remediation string) record {
	r.verdict, r.remediation = "suspicious", remediation
	return r
}

func (r record) clean() record {
	r.verdict, r.remediation = "noThreatsFound", "none"
	return r
}

// as adds a role of the evidence in the attack.
func (r record) as(role string) record {
	r.roles = append(slices.Clip(r.roles), role)
	return r
}

// primary marks the device at the centre of the alert.
func (r record) primary() record {
	r.detailedRoles = []string{"PrimaryDevice"}
	return r
}

// because says what became of the remediation.
func (r record) because(details string) record {
	r.details = details
	return r
}

// tagged adds a tag such as a device group.
func (r record) tagged(tag string) record {
	r.marks = append(slices.Clip(r.marks), tag)
	return r
}

// members renders the record followed by the members of its own that a type of evidence has.
func (r record) members(own object) object {
	base := object{
		{"createdDateTime", r.at}, {"verdict", r.verdict}, {"remediationStatus", r.remediation}, {"remediationStatusDetails", orNull(r.details)},
		{"roles", r.roles}, {"detailedRoles", r.detailedRoles}, {"tags", r.marks},
	}
	return append(base, own...)
}

// evidence renders evidence of a type, named as in Graph's schema: deviceEvidence.
func evidence(kind string, r record, own object) object {
	o := make(object, 1, 8+len(own))
	o[0] = member{"@odata.type", "#microsoft.graph.security." + kind}
	return append(o, r.members(own)...)
}
