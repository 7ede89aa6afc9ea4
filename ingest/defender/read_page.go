package defender

import (
	"strings"

	"workbench"
)

// probeBytes is how far into an object the list of a page is looked for.
const probeBytes = 1 << 20

// probePage looks whether the object that b starts with is a page: an object with a list named value, and nothing before or after the list
// that an incident or alert has. It returns where the list starts, and reports false for sure where more of the input could still change
// the answer. No more than probeBytes are looked at, and, where the input has a record a line, only the lines up to the next record.
func probePage(b []byte, lines bool) (page bool, list int, sure bool) {
	enough := len(b) >= probeBytes
	b = b[:min(len(b), probeBytes)]
	i := spaceEnd(b, 1)
	for i < len(b) && b[i] == '"' {
		name, at, why := memberName(b, i)
		if why != closed {
			return false, 0, enough || why == newline
		}
		if name == "value" && b[at] == '[' {
			record, sure := besideList(b, at, lines)
			return !record, at, enough || sure
		}
		if ofRecord(name) {
			return false, 0, true
		}
		if i, why = valueSkip(b, at, lines); why != closed {
			return false, 0, enough || why == newline
		}
		if i = spaceEnd(b, i); i < len(b) && b[i] == ',' {
			i = spaceEnd(b, i+1)
		}
	}
	return false, 0, enough || i < len(b)
}

// besideList reports whether the object goes on after the list at i with members that make it an incident or alert.
func besideList(b []byte, i int, lines bool) (record, sure bool) {
	for {
		var why found
		if i, why = valueSkip(b, i, lines); why != closed {
			return false, why == newline
		}
		if i = spaceEnd(b, i); i >= len(b) {
			return false, false
		}
		if b[i] != ',' {
			return false, true
		}
		if i = spaceEnd(b, i+1); i < len(b) && b[i] != '"' {
			return false, true
		}
		name, at, why := memberName(b, i)
		if why != closed {
			return false, why == newline
		}
		if ofRecord(name) {
			return true, true
		}
		i = at
	}
}

// memberName reads the name at i and returns where its value starts; nothing where b ends before, newline where this is no member.
func memberName(b []byte, i int) (name string, at int, why found) {
	if i >= len(b) {
		return "", i, nothing
	}
	n, _ := stringEnd(b, i)
	if n < 0 {
		return "", i, nothing
	}
	name = string(b[i+1 : n-1])
	i = spaceEnd(b, n)
	if i < len(b) && b[i] != ':' {
		return "", i, newline
	}
	if i = spaceEnd(b, i+1); i >= len(b) {
		return "", i, nothing
	}
	return name, i, closed
}

// ofRecord reports whether a member of that name makes an object an incident, an alert, or a line of a raw export.
func ofRecord(name string) bool {
	f, known := fieldNames[strings.ToLower(name)]
	return known && f != fieldType
}

// valueSkip passes the value at i of text that nobody has checked. It says nothing where b ends before the value, and, where the input has a
// record a line, newline where the next record begins before.
func valueSkip(b []byte, i int, lines bool) (int, found) {
	if b[i] == '{' || b[i] == '[' || b[i] == '"' {
		var s balance
		for {
			n, why := s.scan(b[i:], lines)
			i += n
			if why != newline || i < len(b) && b[i] == '{' {
				return i, why
			}
		}
	}
	for ; i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']'; i++ {
		if lines && b[i] == '{' && b[i-1] == '\n' {
			return i, newline
		}
	}
	if i == len(b) {
		return i, nothing
	}
	return i, closed
}

// page reads a page whose members up to the list's bracket take n bytes.
func (rd *reader) page(n int) error {
	begin := rd.offset()
	rd.note(rd.buf[rd.start : rd.start+n])
	rd.start += n
	if err := rd.array(false); err != nil {
		return err
	}
	for {
		if !rd.space() {
			return rd.cut(begin)
		}
		c, _ := rd.peek()
		switch c {
		case '}':
			rd.start++
			return nil
		case ',':
			rd.start++
			continue
		case '"':
		default:
			return nil // not a page after all; what follows is looked at like any text
		}
		at := rd.offset()
		name, err := rd.string(begin)
		if err != nil {
			return err
		}
		if !rd.space() {
			return rd.cut(begin)
		}
		if c, _ := rd.peek(); c != ':' {
			return nil
		}
		rd.start++
		if !rd.space() {
			return rd.cut(begin)
		}
		switch c, _ := rd.peek(); {
		case c == '[' && name == "value":
			err = rd.array(false)
		case c == '"' && name == nextLink:
			var link string
			link, err = rd.string(begin)
			rd.result.NextLink = workbench.Text(link)
		case ofRecord(name):
			return rd.beside(begin, at, name)
		default:
			err = rd.passValue(begin)
		}
		if err != nil {
			return err
		}
	}
}

// beside quarantines the rest of an object whose list was read as that of a page before it could be seen that it is a record.
func (rd *reader) beside(begin, at int64, name string) error {
	p := new(passed)
	p.add([]byte(`"` + name + `":`))
	s := balance{depth: 1}
	for {
		n, why := s.scan(rd.buf[rd.start:rd.end], false)
		rd.pass(p, n)
		if why == closed {
			return rd.passedOver(at, p, errBesideList)
		}
		if !rd.fill() {
			return rd.cut(begin)
		}
	}
}

const nextLink = "@odata.nextLink"

// note keeps the address of the next page where it stands before the list.
func (rd *reader) note(b []byte) {
	for i := spaceEnd(b, 1); i < len(b) && b[i] == '"'; {
		n, _ := stringEnd(b, i)
		name := string(b[i+1 : n-1])
		if i = spaceEnd(b, spaceEnd(b, n)+1); i >= len(b) {
			return
		}
		end, _ := valueSkip(b, i, false)
		if b[i] == '"' && name == nextLink && end <= i+maxLink {
			rd.result.NextLink = workbench.Text(unescapeLoose(b[i:end]))
		}
		if i = spaceEnd(b, end); i < len(b) && b[i] == ',' {
			i = spaceEnd(b, i+1)
		}
	}
}

// maxLink is how many bytes the address of a next page may have.
const maxLink = 64 << 10

// string passes a string and returns it decoded where it is well formed and not too long.
func (rd *reader) string(begin int64) (string, error) {
	var s balance
	i := 0
	for {
		n, why := s.scan(rd.buf[rd.start+i:rd.end], false)
		i += n
		if why == closed {
			break
		}
		if i > maxLink {
			rd.start += i
			i = 0
		}
		if !rd.fill() {
			return "", rd.cut(begin)
		}
	}
	text := unescapeLoose(rd.buf[rd.start : rd.start+i])
	rd.start += i
	return text, nil
}

// unescapeLoose decodes a quoted string, or returns nothing where it is not well formed.
func unescapeLoose(quoted []byte) string {
	v, err := parse(quoted)
	if err != nil || v.kind != kindString {
		return ""
	}
	return v.text
}

// passValue passes a value that nobody asks for.
func (rd *reader) passValue(begin int64) error {
	c, _ := rd.peek()
	var s balance
	for {
		b := rd.buf[rd.start:rd.end]
		if c == '{' || c == '[' || c == '"' {
			n, why := s.scan(b, false)
			rd.start += n
			if why == closed {
				return nil
			}
		} else {
			for i := range b {
				if b[i] == ',' || b[i] == '}' || b[i] == ']' {
					rd.start += i
					return nil
				}
			}
			rd.start = rd.end
		}
		if !rd.fill() {
			return rd.cut(begin)
		}
	}
}
