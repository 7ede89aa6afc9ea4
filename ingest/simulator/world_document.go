package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// document is a JSON object as bytes. It is never changed in place: what changes makes a new one, in which everything else stays byte for
// byte as it was.
type document []byte

// member is where a member of a document lies.
type member struct {
	name     string
	from, to int // of the value
	start    int // of the name's quote
}

// members are the members of a document in their order.
func (d document) members() ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(d))
	first, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("reading a JSON object: %w", err)
	}
	if first != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var list []member
	for dec.More() {
		gap := dec.InputOffset()
		name, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("reading a member's name: %w", err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, fmt.Errorf("reading member %q: %w", name, err)
		}
		to := int(dec.InputOffset())
		start := int(gap) + bytes.IndexByte(d[gap:], '"')
		list = append(list, member{name: name.(string), start: start, from: to - len(value), to: to})
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("reading the end of a JSON object: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return list, nil
}

// get returns the value of a member, or nil.
func (d document) get(name string) json.RawMessage {
	list, _ := d.members()
	for _, m := range list {
		if m.name == name {
			return json.RawMessage(d[m.from:m.to])
		}
	}
	return nil
}

// text is the value of a member that is a string, else "".
func (d document) text(name string) string { return unquoted(d.get(name)) }

// unquoted is the text of a JSON string, or "" for everything else.
func unquoted(raw []byte) string {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// with returns the document with another value of a member, in its place; a new member goes to the end.
func (d document) with(name string, value any) (document, error) {
	raw, err := rendered(value)
	if err != nil {
		return nil, fmt.Errorf("rendering %s: %w", name, err)
	}
	list, err := d.members()
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.name == name {
			return splice(d, m.from, m.to, raw), nil
		}
	}
	quoted, err := rendered(name)
	if err != nil {
		return nil, err
	}
	added := append(append(quoted, ':'), raw...)
	end := bytes.LastIndexByte(d, '}')
	if len(list) > 0 {
		end, added = list[len(list)-1].to, append([]byte{','}, added...)
	}
	return splice(d, end, end, added), nil
}

// without returns the document without a member.
func (d document) without(name string) (document, error) {
	list, err := d.members()
	if err != nil {
		return nil, err
	}
	for i, m := range list {
		if m.name != name {
			continue
		}
		from, to := m.start, m.to
		switch {
		case i > 0:
			from = list[i-1].to
		case len(list) > 1:
			to = list[1].start
		}
		return splice(d, from, to, nil), nil
	}
	return d, nil
}

// appended returns the document with more elements at the end of a list member, which is made where it is absent or null.
func (d document) appended(name string, elements ...[]byte) (document, error) {
	old := bytes.TrimSpace(d.get(name))
	if len(old) == 0 || string(old) == "null" {
		old = []byte("[]")
	}
	if old[0] != '[' {
		return nil, fmt.Errorf("%s is not a list", name)
	}
	list := bytes.TrimSpace(old[1 : len(old)-1])
	out := append([]byte{'['}, list...)
	for _, e := range elements {
		if !json.Valid(e) {
			return nil, fmt.Errorf("what is added to %s is not JSON", name)
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, e...)
	}
	return d.with(name, json.RawMessage(append(out, ']')))
}

// splice returns a copy of b with a range replaced.
func splice(b []byte, from, to int, by []byte) document {
	out := make(document, 0, len(b)-(to-from)+len(by))
	return append(append(append(out, b[:from]...), by...), b[to:]...)
}

// rendered is a value as JSON, without escaping what HTML minds; a time as Graph writes it, and raw JSON as it is.
func rendered(value any) ([]byte, error) {
	switch v := value.(type) {
	case json.RawMessage:
		if !json.Valid(v) {
			return nil, errors.New("not JSON")
		}
		return v, nil
	case time.Time:
		if v.IsZero() {
			return []byte("null"), nil
		}
		return []byte(`"` + graphTime(v) + `"`), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// graphTime is a time as Graph writes it: UTC, up to seven digits of a fraction.
func graphTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.9999999Z") }
