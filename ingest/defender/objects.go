package defender

import (
	"strconv"

	"workbench"
)

// objects are those that the documents of a group are read with, one after another. A name of several parts is put together once.
type objects struct {
	list  []*object
	used  int
	names map[string]workbench.Untrusted
	name  []byte
}

// The names that are remembered: how long, and how many.
const (
	maxJoined = 128
	maxNamed  = 4_096
)

// of returns an object for reading v. It may be used until used is put back to what it was before.
func (os *objects) of(v value) *object {
	if os.used == len(os.list) {
		os.list = append(os.list, new(object))
	}
	o := os.list[os.used]
	os.used++
	if v.kind != kindObject {
		v.members = nil
	}
	o.body, o.subs, o.from, o.taken = v, o.subs[:0], os, o.taken[:0]
	if n := len(v.members); n <= len(o.few) {
		o.taken = o.few[:n]
		clear(o.taken)
	} else {
		o.taken = make([]bool, n)
	}
	return o
}

// joined is the name of a member below a name.
func (os *objects) joined(name workbench.Untrusted, member string) workbench.Untrusted {
	os.name = append(append(append(os.name[:0], name.Raw()...), '.'), member...)
	if len(os.name) > maxJoined {
		return workbench.Text(string(os.name))
	}
	if u, ok := os.names[string(os.name)]; ok {
		return u
	}
	text := string(os.name)
	u := workbench.Text(text)
	if len(os.names) < maxNamed {
		os.names[text] = u
	}
	return u
}

// flatten appends the leaves of a value, names joined by dots and items numbered from 0; what is empty is left out. Its depth is that of
// the document, which parse bounds.
func (os *objects) flatten(name workbench.Untrusted, v *value, out []workbench.Field) []workbench.Field {
	for i := range v.members {
		m := &v.members[i]
		switch {
		case m.value.text == "" && len(m.value.members) == 0:
		case v.kind == kindArray:
			out = os.flatten(os.joined(name, strconv.Itoa(i)), &m.value, out)
		default:
			out = os.flatten(os.joined(name, m.name), &m.value, out)
		}
	}
	if u := v.untrusted(); !u.IsZero() {
		out = append(out, workbench.Field{Name: name, Value: u})
	}
	return out
}
