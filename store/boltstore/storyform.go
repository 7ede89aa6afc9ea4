package boltstore

import (
	"encoding/binary"
	"unicode/utf8"

	"workbench"
)

// The binary form of what lists know of a story, head and state. Numbers are uvarints, those that may be negative zigzag varints; a text is
// led by its length, a list by its length and one, 0 for nil, so that it comes back as it was; a time is its seconds (zigzag, and one;
// 0 = absent) and nanoseconds. One value has one form.

func appendAsJSON(b []byte, s string) []byte { return appendText(b, asJSON(s)) }

// asJSON gives a text the bytes that it has after it was kept as JSON, which content is.
func asJSON(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s)) // each byte that is no text becomes U+FFFD
}

func appendInt(b []byte, n int) []byte { return binary.AppendVarint(b, int64(n)) }

func appendTime(b []byte, t workbench.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, zigzag(t.Unix())+1)
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

func zigzag(n int64) uint64 { return uint64(n)<<1 ^ uint64(n>>63) }

func appendList[T any](b []byte, list []T, text func(T) string) []byte {
	if list == nil {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(list))+1)
	for _, v := range list {
		b = appendAsJSON(b, text(v))
	}
	return b
}

// Bits of the first byte of a head.
const (
	headAllResolved = 1 << iota
	headPlaceholder
	headOfTenant   // its tenant is that of the record, and not repeated
	headOfIncident // its incident is that of the record's group, and not repeated
	headBits       = 1<<iota - 1
)

// encodeHead writes the head of the story that stands in a record of that id and group.
func encodeHead(h *workbench.Head, group workbench.GroupKey) []byte {
	flags := flag(h.AllResolved)*headAllResolved | flag(h.Placeholder)*headPlaceholder |
		flag(h.Tenant == group.Tenant)*headOfTenant | flag(h.IncidentID.Raw() == group.Incident)*headOfIncident
	b := append(make([]byte, 0, 512), flags)
	if flags&headOfTenant == 0 {
		b = appendAsJSON(b, string(h.Tenant))
	}
	if flags&headOfIncident == 0 {
		b = appendText(b, h.IncidentID.Raw())
	}
	for _, s := range [...]string{string(h.ProducerType), h.Product, h.Producer.Raw(), h.IncidentURL, h.Indication.Raw(), h.Summary.Raw(), h.Severity.Raw(),
		h.Source.Raw(), h.SourceIP.Raw(), h.VendorStatus.Raw()} {
		b = appendAsJSON(b, s)
	}
	for _, n := range [...]int{h.Criticality, h.AlertCount, h.DeviceCount, h.UserCount, h.MailboxCount} {
		b = appendInt(b, n)
	}
	for _, t := range [...]workbench.Time{h.CreatedAt, h.UpdatedAt, h.FirstSignalAt, h.LastSignalAt, h.ResolvedAt, h.NewestAlertAt} {
		b = appendTime(b, t)
	}
	b = appendList(b, h.MitreTechniques, workbench.Untrusted.Raw)
	b = appendList(b, h.MovedTo, func(id workbench.StoryID) string { return string(id) })
	return appendList(b, h.Names, workbench.Untrusted.Raw)
}

// readHead reads what encodeHead wrote.
func readHead(section string, id workbench.StoryID, group workbench.GroupKey, h *workbench.Head) error {
	r := reader{rest: section}
	flags := r.byte()
	h.ID, h.Tenant, h.AllResolved, h.Placeholder = id, group.Tenant, flags&headAllResolved != 0, flags&headPlaceholder != 0
	if flags&headOfTenant == 0 {
		h.Tenant = workbench.TenantID(r.word())
	}
	if flags&headOfIncident == 0 {
		h.IncidentID = r.untrusted()
	} else {
		h.IncidentID = workbench.Text(group.Incident)
	}
	h.ProducerType, h.Product, h.Producer, h.IncidentURL = workbench.ProducerType(r.word()), r.word(), r.untrusted(), r.word()
	h.Indication, h.Summary, h.Severity, h.Source, h.SourceIP, h.VendorStatus = r.untrusted(), r.untrusted(), r.untrusted(), r.untrusted(), r.untrusted(), r.untrusted()
	h.Criticality, h.AlertCount, h.DeviceCount, h.UserCount, h.MailboxCount = r.int(), r.int(), r.int(), r.int(), r.int()
	h.CreatedAt, h.UpdatedAt, h.FirstSignalAt, h.LastSignalAt, h.ResolvedAt, h.NewestAlertAt = r.time(), r.time(), r.time(), r.time(), r.time(), r.time()
	h.MitreTechniques = list(&r, r.untrusted)
	h.MovedTo = list(&r, func() workbench.StoryID { return workbench.StoryID(r.word()) })
	h.Names = list(&r, r.untrusted)
	if flags&^headBits != 0 {
		r.err = errForm
	}
	return r.end()
}

// summary is what lists know of a state: no actions, and of the comments only the newest.
func summary(s workbench.State) workbench.State {
	s.Actions = nil
	s.Comments = s.Comments[max(0, len(s.Comments)-1):]
	return s
}

// encodeState writes the summary of a state; nothing for that of a story that nobody acted on.
func encodeState(s workbench.State) []byte {
	if len(s.Actions) == 0 {
		return nil
	}
	var b []byte
	for _, s := range [...]string{string(s.Status), string(s.Verdict), string(s.AnalystSeverity), s.ThreatType.Raw(), s.Classification.Raw(), s.AdditionalInfo.Raw(), s.Owner.Raw()} {
		b = appendAsJSON(b, s)
	}
	b = appendTime(appendTime(b, s.StatusAt), s.ActedAt)
	b = appendList(b, s.Labels, workbench.Untrusted.Raw)
	if len(s.Comments) == 0 {
		return b
	}
	c := s.Comments[len(s.Comments)-1]
	b = appendTime(appendAsJSON(b, c.ID), c.At)
	return appendText(appendText(b, c.ByName.Raw()), c.Text.Raw())
}

// readState reads what encodeState wrote.
func readState(section string, s *workbench.State) error {
	if section == "" {
		return nil
	}
	r := reader{rest: section}
	s.Status, s.Verdict, s.AnalystSeverity = workbench.Status(r.word()), workbench.Verdict(r.word()), workbench.AnalystSeverity(r.word())
	s.ThreatType, s.Classification, s.AdditionalInfo, s.Owner = r.untrusted(), r.untrusted(), r.untrusted(), r.untrusted()
	s.StatusAt, s.ActedAt = r.time(), r.time()
	s.Labels = list(&r, r.untrusted)
	if r.rest != "" {
		s.Comments = []workbench.Comment{{ID: r.word(), At: r.time(), ByName: r.untrusted(), Text: r.untrusted()}}
	}
	return r.end()
}
