package defender

import (
	"bytes"
	"errors"
	"io"
)

// bracketed reads from a bracket or quote to the one that closes it.
//
// On lines a record may lack its end. It then ends before the next line that begins with an opening brace: at once where the input is known
// to have a record a line or where no JSON could go on like this, else where the input ends, or the record, closed at last, is not JSON.
func (rd *reader) bracketed(line bool) error {
	begin := rd.offset()
	var s balance
	var large *passed
	i, next := 0, 0 // bytes looked at; where the first line after this one begins that could be a record
	for {
		n, why := s.scan(rd.buf[rd.start+i:rd.end], line)
		i += n
		if why == newline {
			if c, ok := rd.at(i); !ok || c != '{' {
				continue
			}
			if next == 0 && large == nil {
				next = i
			}
			if rd.lines || large == nil && (s.text || !goesOn(rd.buf[rd.start:rd.start+i])) {
				rd.lines = true
				why = closed
				if next > 0 {
					i = next
				}
			}
		}
		if why == newline {
			continue
		}
		if why == closed && large == nil && i <= maxRecord {
			break
		}
		if large == nil && i > maxRecord {
			large, next = new(passed), 0
		}
		if large != nil {
			rd.pass(large, i)
			i = 0
		}
		if why == closed {
			if err := rd.open(); err != nil {
				return err
			}
			return rd.passedOver(begin, large, errTooLarge)
		}
		if !rd.fill() {
			rest := rd.buf[rd.start:rd.end]
			switch {
			case !line || large != nil || !errors.Is(rd.err, io.EOF):
				return rd.cut(begin)
			case next > 0:
				rd.lines = true
				return rd.give(begin, next, false)
			case rd.lines && bytes.IndexByte(rest[len(bytes.TrimRight(rest, " \t\r\n")):], '\n') >= 0:
				return rd.give(begin, i, false)
			}
			return rd.cut(begin)
		}
	}
	raw := rd.buf[rd.start : rd.start+i]
	if line && next > 0 && next < i {
		if _, _, ok := valueEnd(raw, 0); !ok {
			rd.lines = true
			i = next
		}
	}
	if line && !rd.lines && bytes.IndexByte(raw, '\n') < 0 {
		c, _ := rd.at(i)
		if c == '\r' {
			c, _ = rd.at(i + 1)
		}
		rd.lines = c == '\n'
	}
	return rd.give(begin, i, !line)
}

// goesOn reports whether a JSON value that begins with b, which ends in a line feed, could go on with an opening brace.
func goesOn(b []byte) bool {
	b = bytes.TrimRight(b, " \t\r\n")
	return len(b) > 0 && (b[len(b)-1] == ',' || b[len(b)-1] == '[' || b[len(b)-1] == ':')
}

// element reads what stands in a list and is not an object.
func (rd *reader) element() error {
	if c, _ := rd.peek(); c == '[' || c == '"' {
		return rd.bracketed(false)
	}
	return rd.until(func(c byte) bool { return c == ',' || c == ']' || c == '[' || c == '{' || c == '"' }, true)
}

// line reads what stands outside a list and is neither object nor list.
func (rd *reader) line() error {
	return rd.until(func(c byte) bool { return c == '\n' }, false)
}

// until reads at least one byte and then up to one that ends it, or, outside a list, to the end of the input.
func (rd *reader) until(ends func(byte) bool, listed bool) error {
	begin := rd.offset()
	var large *passed
	i := 1
	for {
		for rd.start+i < rd.end && !ends(rd.buf[rd.start+i]) {
			i++
		}
		found := rd.start+i < rd.end
		if large == nil && i <= maxRecord && found {
			return rd.give(begin, i, listed)
		}
		if large == nil && i > maxRecord {
			large = new(passed)
		}
		if large != nil {
			rd.pass(large, i)
			i = 0
		}
		switch {
		case found:
			return rd.passedOver(begin, large, errTooLarge)
		case rd.fill():
		case listed || !errors.Is(rd.err, io.EOF):
			return rd.cut(begin)
		case large != nil:
			return rd.passedOver(begin, large, errTooLarge)
		default:
			return rd.give(begin, i, false)
		}
	}
}
