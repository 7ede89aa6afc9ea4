package defender

import (
	"bytes"
	"strings"

	"workbench"
)

// field is a member of an incident, an alert, or a line of a raw export that tells what it is and where it belongs.
type field uint8

const (
	fieldID field = iota
	fieldAlertID
	fieldIncidentID
	fieldTenantID
	fieldAADTenantID
	fieldServiceSource
	fieldLastUpdateDateTime
	fieldLastUpdateTime
	fieldLastUpdatedTime
	fieldEvidence
	fieldEntities
	fieldDevices
	fieldAlerts
	fieldType
	fieldEndpoint // members that only alerts of the endpoint interface have
	fieldAlert    // members that only alerts have
	fieldIncident // members that only incidents have
	fieldEither   // members that both have
	fieldEnvelope
	fieldEnvelopeTenant
	fieldEnvelopeKind
	fieldEnvelopeForm
	fieldEnvelopeIncident
	fieldEnvelopeDocument
	fieldEnvelopeText
	fields
)

// fieldNames finds a field by its name in lower case. It is never written to.
var fieldNames = map[string]field{
	"id": fieldID, "alertid": fieldAlertID, "incidentid": fieldIncidentID, "tenantid": fieldTenantID, "aadtenantid": fieldAADTenantID,
	"servicesource": fieldServiceSource, "lastupdatedatetime": fieldLastUpdateDateTime, "lastupdatetime": fieldLastUpdateTime,
	"lastupdatedtime": fieldLastUpdatedTime, "evidence": fieldEvidence, "entities": fieldEntities, "devices": fieldDevices, "alerts": fieldAlerts,
	"@odata.type": fieldType, "alertcreationtime": fieldEndpoint, "machineid": fieldEndpoint, "computerdnsname": fieldEndpoint,
	"detectionsource": fieldAlert, "provideralertid": fieldAlert, "alertweburl": fieldAlert, "title": fieldAlert, "category": fieldAlert, "detectorid": fieldAlert,
	"mitretechniques": fieldAlert, "threatfamilyname": fieldAlert,
	"displayname": fieldIncident, "incidentname": fieldIncident, "redirectincidentid": fieldIncident, "priorityscore": fieldIncident,
	"status": fieldEither, "severity": fieldEither, "createddatetime": fieldEither, "createdtime": fieldEither, "description": fieldEither,
	"classification": fieldEither, "determination": fieldEither, "assignedto": fieldEither, "comments": fieldEither, "incidentweburl": fieldEither,
	"workbenchdocument": fieldEnvelope, "tenant": fieldEnvelopeTenant, "kind": fieldEnvelopeKind, "form": fieldEnvelopeForm,
	"incident": fieldEnvelopeIncident, "document": fieldEnvelopeDocument, "text": fieldEnvelopeText,
}

// exactNames are the spellings that win over others of the same letters.
var exactNames = map[string]bool{"id": true, "alertId": true, "incidentId": true, "tenantId": true, "aadTenantId": true, "serviceSource": true,
	"lastUpdateDateTime": true, "lastUpdateTime": true, "lastUpdatedTime": true, "evidence": true, "entities": true, "devices": true, "alerts": true,
	"workbenchDocument": true, "tenant": true, "kind": true, "form": true, "incident": true, "document": true, "text": true}

// span is where a member stands in its object: from its name to the end of its value.
type span struct {
	name, value, end int
	there, exact     bool
}

// head is what an object says of itself, found without decoding the rest.
type head struct {
	src     []byte
	end     int // offset after the object
	span    [fields]span
	members int
	known   int // members whose names stand in fieldNames
}

// newHead reads the members of the object that src begins with, which valueEnd has accepted. The last of several of one name counts, as in get.
func newHead(src []byte) head {
	h := head{src: src}
	i := spaceEnd(src, spaceEnd(src, 0)+1)
	for i < len(src) && src[i] == '"' {
		s := span{name: i, there: true}
		n := quoted(src[i:])
		name := src[i+1 : i+n-1]
		i = spaceEnd(src, i+n) + 1
		s.value = spaceEnd(src, i)
		s.end = skip(src, s.value)
		h.members++
		h.set(name, s)
		if i = spaceEnd(src, s.end); i < len(src) && src[i] == ',' {
			i = spaceEnd(src, i+1)
		}
	}
	h.end = i + 1
	return h
}

func (h *head) set(name []byte, s span) {
	var decoded string
	if bytes.IndexByte(name, '\\') >= 0 {
		decoded = unescape(string(name))
		name = []byte(decoded)
	}
	if len(name) > 32 {
		return
	}
	var lower [32]byte
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	f, ok := fieldNames[string(lower[:len(name)])]
	if !ok {
		return
	}
	h.known++
	s.exact = exactNames[string(name)]
	if have := h.span[f]; !have.there || s.exact || !have.exact {
		h.span[f] = s
	}
}

// kind returns what the field's value is.
func (h *head) kind(f field) kind {
	s := h.span[f]
	if !s.there {
		return kindAbsent
	}
	switch h.src[s.value] {
	case '"':
		return kindString
	case '{':
		return kindObject
	case '[':
		return kindArray
	case 'n':
		return kindNull
	case 't', 'f':
		return kindBool
	}
	return kindNumber
}

// has reports whether the field is there and not null.
func (h *head) has(f field) bool { return h.kind(f) > kindNull }

// listed reports whether the field is a list, null or not there.
func (h *head) listed(f field) bool { k := h.kind(f); return k <= kindNull || k == kindArray }

// raw returns the source text of the field's value.
func (h *head) raw(f field) []byte { return h.src[h.span[f].value:h.span[f].end] }

// text returns a string or number that is at most limit bytes long, without white space around it. It reports false where there is
// something that is neither, or that is longer.
func (h *head) text(f field, limit int) (string, bool) {
	switch raw := h.raw(f); h.kind(f) {
	case kindAbsent, kindNull:
		return "", true
	case kindNumber:
		return string(raw[:min(len(raw), limit)]), len(raw) <= limit
	case kindString:
		if len(raw) > 6*limit+2 {
			return "", false
		}
		text := strings.TrimSpace(workbench.Text(unescape(string(raw[1 : len(raw)-1]))).Raw())
		return text, len(text) <= limit
	}
	return "", false
}
