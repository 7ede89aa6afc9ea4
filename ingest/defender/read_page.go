package defender

import (
	"strings"

	"workbench"
)

// probeBytes is how far into an object the list of a page is looked for.
const probeBytes = 1 << 20

// probePage looks whether the object that b starts with is a page, an object with a list named value and nothing before it that an incident or alert has. It returns where
// the list starts, and reports false for sure where b does not hold enough to tell.
func probePage(b []byte) (page bool, list int, sure bool) {
	i := spaceEnd(b, 1)
	for i < len(b) && b[i] == '"' {
		n, _ := stringEnd(b, i)
		if n < 0 {
			return false, 0, len(b) >= probeBytes
		}
		name := string(b[i+1 : n-1])
		i = spaceEnd(b, n)
		if i >= len(b) {
			return false, 0, false
		}
		if b[i] != ':' {
			return false, 0, true
		}
		if i = spaceEnd(b, i+1); i >= len(b) {
			return false, 0, false
		}
		if name == "value" && b[i] == '[' {
			return true, i, true
		}
		if f, known := fieldNames[strings.ToLower(name)]; known && f != fieldType {
			return false, 0, true
		}
		var whole bool
		if i, whole = valueSkip(b, i); !whole {
			return false, 0, len(b) >= probeBytes
		}
		if i = spaceEnd(b, i); i < len(b) && b[i] == ',' {
			i = spaceEnd(b, i+1)
		}
	}
	return false, 0, i < len(b)
}

// valueSkip passes the value at i of text that nobody has checked, and reports false where b ends before it.
func valueSkip(b []byte, i int) (int, bool) {
	if b[i] == '{' || b[i] == '[' || b[i] == '"' {
		var s balance
		n, why := s.scan(b[i:], false)
		return i + n, why == closed
	}
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' {
		i++
	}
	return i, i < len(b)
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
		default:
			err = rd.passValue(begin)
		}
		if err != nil {
			return err
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
		end, _ := valueSkip(b, i)
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
