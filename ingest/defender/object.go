package defender

import (
	"strconv"

	"workbench"
)

// object reads an object member by member and remembers what was taken, so that whatever nobody asked for can be kept as it is.
type object struct {
	body  value
	taken []bool
	subs  map[int]*object
}

func objectOf(v value) *object { return &object{body: v, taken: make([]bool, len(v.members))} }

// find returns the index of the member, as value.get chooses it, or -1.
func (o *object) find(name string) int {
	folded := -1
	for i := len(o.body.members) - 1; i >= 0; i-- {
		have := o.body.members[i].name
		if len(have) != len(name) {
			continue
		}
		if have == name {
			return i
		}
		if folded < 0 && equalFold(have, name) {
			folded = i
		}
	}
	return folded
}

// text takes the first of the names that holds text, a number or a bool.
func (o *object) text(names ...string) workbench.Untrusted {
	for _, name := range names {
		if i := o.find(name); i >= 0 {
			if u := o.body.members[i].value.untrusted(); !u.IsZero() {
				o.taken[i] = true
				return u
			}
		}
	}
	return workbench.Untrusted{}
}

// time takes the first of the names that holds a time.
func (o *object) time(names ...string) workbench.Time {
	for _, name := range names {
		if i := o.find(name); i >= 0 {
			if t := o.body.members[i].value.time(); !t.IsZero() {
				o.taken[i] = true
				return t
			}
		}
	}
	return workbench.Time{}
}

// int takes the first of the names that holds a whole number.
func (o *object) int(names ...string) *int64 {
	for _, name := range names {
		if i := o.find(name); i >= 0 {
			if n := o.body.members[i].value.int(); n != nil {
				o.taken[i] = true
				return n
			}
		}
	}
	return nil
}

// texts takes the texts of a list, or of a single text in its place. A list that holds anything but texts is left.
func (o *object) texts(name string) []workbench.Untrusted {
	i := o.find(name)
	if i < 0 {
		return nil
	}
	v := o.body.members[i].value
	var out []workbench.Untrusted
	if u := v.untrusted(); !u.IsZero() {
		out = append(out, u)
	}
	for _, item := range v.list() {
		u := item.untrusted()
		if u.IsZero() && !item.empty() {
			return nil
		}
		if !u.IsZero() {
			out = append(out, u)
		}
	}
	o.taken[i] = true
	return distinct(out)
}

// sub gives the fields of a nested object; what is not taken of them stays with the parent. It is never nil.
func (o *object) sub(name string) *object {
	i := o.find(name)
	if i < 0 || o.body.members[i].value.kind != kindObject {
		return objectOf(value{})
	}
	if s := o.subs[i]; s != nil {
		return s
	}
	if o.subs == nil {
		o.subs = map[int]*object{}
	}
	o.subs[i] = objectOf(o.body.members[i].value)
	return o.subs[i]
}

// drop takes members without reading them: those whose value is kept elsewhere.
func (o *object) drop(names ...string) {
	for _, name := range names {
		if i := o.find(name); i >= 0 {
			o.taken[i] = true
		}
	}
}

// rest is everything that holds something and was not taken, flattened, in order of appearance. It is never nil.
func (o *object) rest() []workbench.Field { return o.remaining("", []workbench.Field{}) }

func (o *object) remaining(prefix string, out []workbench.Field) []workbench.Field {
	for i, m := range o.body.members {
		switch {
		case o.taken[i]:
		case o.subs[i] != nil:
			out = o.subs[i].remaining(prefix+m.name+".", out)
		default:
			out = flatten(prefix+m.name, m.value, out)
		}
	}
	return out
}

// flatten appends the leaves of a value, names joined by dots and items numbered from 0; what is empty is left out. Its depth is that of
// the document, which parse bounds.
func flatten(name string, v value, out []workbench.Field) []workbench.Field {
	for _, m := range v.members {
		out = flatten(name+"."+m.name, m.value, out)
	}
	for i, item := range v.items {
		out = flatten(name+"."+strconv.Itoa(i), item, out)
	}
	if u := v.untrusted(); !u.IsZero() {
		out = append(out, workbench.Field{Name: workbench.Text(name), Value: u})
	}
	return out
}

// distinct drops repeats and keeps the order. It is nil for nothing.
func distinct(list []workbench.Untrusted) []workbench.Untrusted {
	if len(list) < 2 {
		return list
	}
	seen := make(map[workbench.Untrusted]struct{}, len(list))
	out := list[:0:0]
	for _, u := range list {
		if _, ok := seen[u]; !ok {
			seen[u] = struct{}{}
			out = append(out, u)
		}
	}
	return out
}

// held is a list that is never nil.
func held[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
