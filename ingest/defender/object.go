package defender

import "workbench"

// object reads an object member by member and remembers what was taken, so that whatever nobody asked for can be kept as it is.
type object struct {
	body  value
	taken []bool
	few   [32]bool // room for taken
	subs  []sub
	from  *objects
}

// sub is a member that is read as an object.
type sub struct {
	member int
	*object
}

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
	for i := range v.list() {
		item := &v.members[i].value
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
		return o.from.of(value{})
	}
	if s := o.subOf(i); s != nil {
		return s
	}
	s := o.from.of(o.body.members[i].value)
	o.subs = append(o.subs, sub{i, s})
	return s
}

// subOf is the member as it was read as an object, or nil.
func (o *object) subOf(member int) *object {
	for _, s := range o.subs {
		if s.member == member {
			return s.object
		}
	}
	return nil
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
func (o *object) rest() []workbench.Field {
	return o.remaining(workbench.Untrusted{}, true, make([]workbench.Field, 0, o.left()))
}

// left is about how many fields remain.
func (o *object) left() (n int) {
	for i := range o.body.members {
		s := o.subOf(i)
		switch v := &o.body.members[i].value; {
		case o.taken[i]:
		case s != nil:
			n += s.left()
		case v.text != "":
			n++
		default:
			n += len(v.members)
		}
	}
	return n
}

func (o *object) remaining(above workbench.Untrusted, top bool, out []workbench.Field) []workbench.Field {
	for i := range o.body.members {
		m, s := &o.body.members[i], o.subOf(i)
		if o.taken[i] || m.value.text == "" && len(m.value.members) == 0 { // nothing to be named
			continue
		}
		var name workbench.Untrusted
		if top {
			name = workbench.Text(m.name)
		} else {
			name = o.from.joined(above, m.name)
		}
		if s != nil {
			out = s.remaining(name, false, out)
		} else {
			out = o.from.flatten(name, &m.value, out)
		}
	}
	return out
}
