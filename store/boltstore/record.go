package boltstore

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"workbench"
)

// corrupt is an error that says which record is damaged.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", workbench.ErrCorrupt, fmt.Sprintf(format, args...))
}

var errShort = errors.New("record is cut short")

// fields reads a record field by field. After the first failure everything reads as zero, and err says so.
type fields struct {
	rest []byte
	err  error
}

func (f *fields) text() string {
	s, rest, ok := cutText(f.rest)
	if !ok {
		f.rest, f.err = nil, errShort
		return ""
	}
	f.rest = rest
	return s
}

func (f *fields) uvarint() uint64 {
	n, used := binary.Uvarint(f.rest)
	if used <= 0 {
		f.rest, f.err = nil, errShort
		return 0
	}
	f.rest = f.rest[used:]
	return n
}

func (f *fields) bytes(n int) []byte {
	if len(f.rest) < n {
		f.rest, f.err = nil, errShort
		return make([]byte, n)
	}
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

// documentRecord is a document without its bytes.
type documentRecord struct {
	workbench.Observed
	place place
}

func (r documentRecord) encode() []byte {
	b := appendText(nil, string(r.Kind))
	for _, s := range []string{string(r.Form), r.Object, r.Incident, r.Product, r.Updated} {
		b = appendText(b, s)
	}
	b = append(b, flag(r.Own))
	b = append(b, r.Hash[:]...)
	at := ""
	if !r.ReceivedAt.IsZero() {
		at = r.ReceivedAt.UTC().Format(timeLayout)
	}
	b = appendText(binary.AppendUvarint(b, r.Observation), at)
	for _, n := range []uint64{r.place.frame, r.place.offset, r.place.length} {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

const timeLayout = "2006-01-02T15:04:05.999999999Z07:00"

func decodeDocument(tenant workbench.TenantID, value []byte) (documentRecord, error) {
	f := fields{rest: value}
	var r documentRecord
	r.Tenant, r.Kind, r.Form, r.Object = tenant, workbench.DocumentKind(f.text()), workbench.Form(f.text()), f.text()
	r.Incident, r.Product, r.Updated = f.text(), f.text(), f.text()
	r.Own = f.bytes(1)[0] == 1
	copy(r.Hash[:], f.bytes(len(r.Hash)))
	r.Observation = f.uvarint()
	r.ReceivedAt, _ = workbench.ParseTime(f.text())
	r.place = place{frame: f.uvarint(), offset: f.uvarint(), length: f.uvarint()}
	return r, f.err
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// marshal writes JSON without HTML escaping and without a line end.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}
