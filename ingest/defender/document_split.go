package defender

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"workbench"
)

// firstBytes is how much of a quarantined record is kept.
const firstBytes = 1 << 20

// The size at which what was found in one record is passed on before the rest is looked at.
const (
	maxPieces     = 4096
	maxPieceBytes = 16 << 20
)

// splitter turns records into documents. What it passes on belongs to the receiver; documents share memory with the record they were cut
// from.
type splitter struct {
	Options
	emit func(Record) error

	out   Record
	bytes int
}

// record files one record at a position, and passes it on.
func (s *splitter) record(raw []byte, position int64, f frame) error {
	s.out = Record{Position: position, Length: int64(len(raw))}
	s.bytes = 0
	if err := s.object(raw, position, f); err != nil {
		return err
	}
	if len(s.out.Documents)+len(s.out.Quarantined) == 0 {
		return nil
	}
	return s.emit(s.out)
}

func (s *splitter) object(raw []byte, position int64, f frame) error {
	end, deepest, ok := valueEnd(raw, 0)
	switch {
	case !ok, spaceEnd(raw, end) < len(raw):
		return s.refuse(raw, position, s.fallback(f), f, syntaxError{end})
	case raw[spaceEnd(raw, 0)] != '{':
		return s.refuse(raw, position, s.fallback(f), f, errNotObject)
	}
	h := newHead(raw)
	return s.described(&h, deepest, position, f)
}

// described files the object that h describes, which is JSON and nested so deep at most.
func (s *splitter) described(h *head, deepest int, position int64, f frame) error {
	raw := h.src
	if h.has(fieldEnvelope) {
		return s.envelope(h, position, f)
	}
	d, err := newDocument(h, f, s.Tenant)
	if err == nil && d.Kind == workbench.IncidentDocument && !f.sure {
		return s.incident(h, d, deepest, position)
	}
	if err == nil {
		err = bounds(raw, deepest)
	}
	if err != nil {
		return s.refuse(raw, position, d.Tenant, f, err)
	}
	d.JSON = raw
	return s.add(d)
}

// incident files an incident without its alerts, and each of them.
func (s *splitter) incident(h *head, d workbench.Document, deepest int, position int64) error {
	if !h.listed(fieldAlerts) {
		return s.refuse(h.src, position, d.Tenant, frame{}, errAlertsList)
	}
	d.JSON = h.without(fieldAlerts)
	whole := deepest <= maxDepth // then so is each part
	if !whole {
		_, deepest, _ = valueEnd(d.JSON, 0)
	}
	if err := bounds(d.JSON, deepest); err != nil {
		return s.refuse(h.src, position, d.Tenant, frame{}, err)
	}
	if err := s.add(d); err != nil {
		return err
	}
	if h.kind(fieldAlerts) != kindArray {
		return nil
	}
	f := frame{tenant: d.Tenant, incident: d.Object, kind: workbench.AlertDocument, form: d.Form}
	for i := spaceEnd(h.src, h.span[fieldAlerts].value+1); h.src[i] != ']'; {
		var end int
		var err error
		if whole && h.src[i] == '{' {
			alert := newHead(h.src[i:])
			end = i + alert.end
			alert.src = h.src[i:end:end]
			err = s.described(&alert, deepest, position+int64(i), f)
		} else {
			end = skip(h.src, i)
			err = s.object(h.src[i:end:end], position+int64(i), f)
		}
		if err != nil {
			return err
		}
		if i = spaceEnd(h.src, end); h.src[i] == ',' {
			i = spaceEnd(h.src, i+1)
		}
	}
	return nil
}

// bounds says whether a document is more than parse takes.
func bounds(raw []byte, deepest int) error {
	switch {
	case deepest > maxDepth:
		return errDepth
	case manyValues(raw):
		return errValues
	case spread(raw) > maxSpread:
		return errSpread
	}
	return nil
}

// without returns the object with one member, and one comma, cut out. Of several members of that name the one that counts is cut out and
// the others stay.
func (h *head) without(f field) []byte {
	s := h.span[f]
	if !s.there {
		return h.src
	}
	from, to := s.name, s.end
	if next := spaceEnd(h.src, to); h.src[next] == ',' {
		to = spaceEnd(h.src, next+1)
	} else {
		for from--; isSpace(h.src[from]); from-- {
		}
		if h.src[from] != ',' {
			from++ // the only member
		}
	}
	out := make([]byte, 0, len(h.src)-(to-from))
	return append(append(out, h.src[:from]...), h.src[to:]...)
}

// fallback is the tenant of what does not even say where it belongs.
func (s *splitter) fallback(f frame) workbench.TenantID {
	switch {
	case f.tenant != "":
		return f.tenant
	case s.Tenant != "":
		return s.Tenant
	}
	return workbench.ImportedTenant
}

func (s *splitter) add(d workbench.Document) error {
	s.out.Documents = append(s.out.Documents, d)
	s.bytes += len(d.JSON)
	if d.Kind == workbench.IncidentDocument {
		s.out.Incidents++
	} else {
		s.out.Alerts++
	}
	return s.passOn()
}

// refuse quarantines a record, or one alert of an incident.
func (s *splitter) refuse(raw []byte, position int64, tenant workbench.TenantID, f frame, why error) error {
	first := raw
	if len(raw) > firstBytes {
		first = bytes.Clone(raw[:firstBytes]) // the rest of a large record shall not stay for it
	}
	q := s.quarantined(first, int64(len(raw)), sha256.Sum256(raw), why)
	q.Tenant, q.Position, q.Within = tenant, position, f.incident
	s.out.Quarantined = append(s.out.Quarantined, q)
	return s.passOn()
}

// Refuse is the record of quarantine for a document that was understood and yet can't be kept, whose record stood at a position.
func Refuse(d workbench.Document, o Options, position int64, why error) workbench.Quarantined {
	q := o.quarantined(bytes.Clone(d.JSON[:min(len(d.JSON), firstBytes)]), int64(len(d.JSON)), sha256.Sum256(d.JSON), why)
	q.Tenant, q.Position = d.Tenant, position
	if !d.Own {
		q.Within = d.Incident
	}
	return q
}

func (o Options) quarantined(first []byte, length int64, hash workbench.Hash, why error) workbench.Quarantined {
	return workbench.Quarantined{ID: hex.EncodeToString(hash[:16]), Source: o.Source, Name: o.Name, Length: length, Hash: hash, Reason: fmt.Sprintf("this record %v", why), At: o.At, First: first}
}

// passOn hands over what was found so far where it is much.
func (s *splitter) passOn() error {
	if len(s.out.Documents)+len(s.out.Quarantined) < maxPieces && s.bytes < maxPieceBytes {
		return nil
	}
	out := s.out
	s.out, s.bytes = Record{Position: out.Position, Length: out.Length}, 0
	return s.emit(out)
}
