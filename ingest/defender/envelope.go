package defender

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"workbench"
)

// envelopeVersion is the version of the lines that AppendExport writes.
const envelopeVersion = "1"

var (
	errEnvelope      = errors.New("is a line of a raw export that does not hold together")
	errNewerEnvelope = errors.New("is a line of a raw export written by a newer program")
)

// AppendExport appends the line of a raw export that gives the document again when it is read: same tenant, kind, form, object, incident,
// product and hash. A document that says all of this itself stands alone, without insignificant white space; any other is put into
//
//	{"workbenchDocument":1,"tenant":…,"kind":…,"form":…,"incident":…,"document":{…}}
//
// where tenant and incident are left out if the document goes without, and "text" holds the exact bytes as a string instead of "document"
// where they are not JSON by the letter. The line has no line feed, neither inside nor at its end.
func AppendExport(dst []byte, d workbench.Document) []byte {
	exact := !json.Valid(d.JSON)
	alone := d.JSON
	if !exact {
		alone = compact(make([]byte, 0, len(d.JSON)), d.JSON)
		if standsAlone(alone, d) {
			return append(dst, alone...)
		}
	}
	dst = append(dst, `{"workbenchDocument":`+envelopeVersion...)
	if d.Tenant != workbench.ImportedTenant {
		dst = appendMember(dst, "tenant", string(d.Tenant))
	}
	dst = appendMember(dst, "kind", string(d.Kind))
	dst = appendMember(dst, "form", string(d.Form))
	if d.Incident != "" {
		dst = appendMember(dst, "incident", d.Incident)
	}
	if exact {
		return append(appendMember(dst, "text", string(d.JSON)), '}')
	}
	dst = append(dst, `,"document":`...)
	return append(append(dst, alone...), '}')
}

// standsAlone reports whether reading the text gives exactly the document.
func standsAlone(text []byte, d workbench.Document) bool {
	var out Record
	s := splitter{emit: func(r Record) error {
		out.Documents = append(out.Documents, r.Documents...)
		out.Quarantined = append(out.Quarantined, r.Quarantined...)
		return nil
	}}
	if page, _, _ := probePage(text, false); page || s.record(text, 0, frame{}) != nil || len(out.Documents) != 1 || len(out.Quarantined) > 0 {
		return false
	}
	got := out.Documents[0]
	return got.Tenant == d.Tenant && got.Kind == d.Kind && got.Form == d.Form && got.Object == d.Object && got.Incident == d.Incident && got.Own == d.Own &&
		got.Product == d.Product && got.Updated == d.Updated && len(got.JSON) == len(text)
}

func appendMember(dst []byte, name, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(append(append(dst, ',', '"'), name...), '"', ':', '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// envelope reads what AppendExport writes.
func (s *splitter) envelope(h *head, position int64, around frame) error {
	if around != (frame{}) {
		return s.refuse(h.src, position, s.fallback(around), around, errEnvelope) // not a line of its own
	}
	d, err := s.enclosed(h)
	if err != nil {
		return s.refuse(h.src, position, s.fallback(frame{tenant: d.Tenant}), around, err)
	}
	return s.add(d)
}

func (s *splitter) enclosed(h *head) (workbench.Document, error) {
	if string(h.raw(fieldEnvelope)) != envelopeVersion {
		return workbench.Document{}, errNewerEnvelope
	}
	f := frame{sure: true}
	tenant, ok := h.text(fieldEnvelopeTenant, maxID)
	if ok && tenant != "" {
		f.tenant, ok = workbench.NewTenantID(tenant)
	}
	kind, _ := h.text(fieldEnvelopeKind, maxID)
	form, _ := h.text(fieldEnvelopeForm, maxID)
	f.kind, f.form = workbench.DocumentKind(kind), workbench.Form(form)
	known := slices.Contains([]workbench.DocumentKind{workbench.IncidentDocument, workbench.AlertDocument}, f.kind) &&
		slices.Contains([]workbench.Form{workbench.GraphForm, workbench.XDRForm, workbench.EndpointForm}, f.form)
	var fits bool
	f.incident, fits = h.text(fieldEnvelopeIncident, maxID)
	if !ok || !known || !fits {
		return workbench.Document{}, errEnvelope
	}
	if s.Tenant != "" && f.tenant != "" && f.tenant != s.Tenant {
		return workbench.Document{Tenant: s.Tenant}, otherTenantError{f.tenant, s.Tenant}
	}
	var raw []byte
	switch {
	case h.kind(fieldEnvelopeDocument) == kindObject:
		raw = h.raw(fieldEnvelopeDocument)
	case h.kind(fieldEnvelopeText) == kindString:
		text := h.raw(fieldEnvelopeText)
		raw = []byte(unescape(string(text[1 : len(text)-1])))
	}
	end, deepest, whole := valueEnd(raw, 0)
	start := spaceEnd(raw, 0)
	switch {
	case !whole || spaceEnd(raw, end) != len(raw) || raw[start] != '{':
		return workbench.Document{Tenant: f.tenant}, errEnvelope
	}
	if err := bounds(raw, deepest); err != nil {
		return workbench.Document{Tenant: f.tenant}, err
	}
	inner := newHead(raw)
	d, err := newDocument(&inner, f, s.Tenant)
	if err != nil {
		return d, err
	}
	if f.tenant != "" && d.Tenant != f.tenant {
		return workbench.Document{Tenant: f.tenant}, errEnvelope
	}
	d.JSON = bytes.Clone(raw)
	return d, nil
}
