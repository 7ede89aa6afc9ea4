package defender

import (
	"errors"
	"fmt"
)

// maxDepth is how many arrays and objects may stand inside each other in one document.
const maxDepth = 64

// maxValues is how many values one document may hold. A value costs some hundred bytes while a document is looked at.
const maxValues = 1 << 20

var errValues = fmt.Errorf("holds more than %d values", maxValues)

// errDepth says that a document is nested deeper than maxDepth.
var errDepth = errors.New("is nested deeper than 64 levels")

// syntaxError says where text stops being JSON.
type syntaxError struct{ pos int }

func (e syntaxError) Error() string { return fmt.Sprintf("is not JSON at its byte %d", e.pos) }

// parse reads one JSON value with white space around it. The grammar is that of RFC 8259, except that strings may hold bytes that are not
// UTF-8, and NUL. It fails with a syntaxError, errDepth or errValues. Half of a surrogate pair becomes U+FFFD.
func parse(raw []byte) (value, error) {
	return new(parser).parse(raw)
}

// parser reads one document after another. It holds the source twice: as bytes to look at, and as one string that all texts without escapes
// are cut from. Members are collected on a stack, so that every list is made once, in its size, in a room that many share.
type parser struct {
	src    []byte
	text   string
	pos    int
	values int
	stack  []member
	full   [][]member // rooms that lists stand in
	room   []member   // the same, with space
	empty  [][]member // rooms that nothing stands in
}

// parse reads a document as the function parse does.
func (p *parser) parse(raw []byte) (value, error) {
	p.src, p.text, p.pos, p.values, p.stack = raw, string(raw), 0, 0, p.stack[:0]
	v, err := p.value(1)
	if err != nil {
		return value{}, err
	}
	p.space()
	if p.pos < len(p.src) {
		return value{}, syntaxError{p.pos}
	}
	return v, nil
}

func (p *parser) space() {
	for p.pos < len(p.src) && isSpace(p.src[p.pos]) {
		p.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// value reads the value at pos; depth is that of an array or object found there.
func (p *parser) value(depth int) (v value, err error) {
	p.space()
	if p.pos >= len(p.src) {
		return v, syntaxError{p.pos}
	}
	if p.values++; p.values > maxValues {
		return v, errValues
	}
	start := p.pos
	switch c := p.src[start]; {
	case c == '"':
		if v.text, err = p.str(); err != nil {
			return v, err
		}
		v.kind = kindString
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '-' || c >= '0' && c <= '9':
		end := numberEnd(p.src, start)
		if end < 0 {
			return v, syntaxError{start}
		}
		p.pos = end
		v.kind, v.text = kindNumber, p.text[start:end]
	default:
		end := scalarEnd(p.src, start)
		if end < 0 {
			return v, syntaxError{start}
		}
		p.pos = end
		if c == 'n' {
			v.kind = kindNull
		} else {
			v.kind, v.text = kindBool, p.text[start:end]
		}
	}
	v.raw = p.text[start:p.pos]
	return v, nil
}

func (p *parser) array(depth int) (v value, err error) {
	if depth > maxDepth {
		return v, errDepth
	}
	start, base := p.pos, len(p.stack)
	p.pos++
	p.space()
	more := true
	if p.pos < len(p.src) && p.src[p.pos] == ']' {
		p.pos++
		more = false
	}
	for more {
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		p.stack = append(p.stack, member{value: item})
		if more, err = p.next(']'); err != nil {
			return v, err
		}
	}
	v.kind, v.raw, v.members = kindArray, p.text[start:p.pos], p.keep(base)
	return v, nil
}

func (p *parser) object(depth int) (v value, err error) {
	if depth > maxDepth {
		return v, errDepth
	}
	start, base := p.pos, len(p.stack)
	p.pos++
	p.space()
	more := true
	if p.pos < len(p.src) && p.src[p.pos] == '}' {
		p.pos++
		more = false
	}
	for more {
		p.space()
		if p.pos >= len(p.src) || p.src[p.pos] != '"' {
			return v, syntaxError{p.pos}
		}
		name, err := p.str()
		if err != nil {
			return v, err
		}
		p.space()
		if p.pos >= len(p.src) || p.src[p.pos] != ':' {
			return v, syntaxError{p.pos}
		}
		p.pos++
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		p.stack = append(p.stack, member{name, item})
		if more, err = p.next('}'); err != nil {
			return v, err
		}
	}
	v.kind, v.raw, v.members = kindObject, p.text[start:p.pos], p.keep(base)
	return v, nil
}

// next passes a comma, and reports false where it passes the closing bracket instead.
func (p *parser) next(closing byte) (bool, error) {
	p.space()
	if p.pos >= len(p.src) || p.src[p.pos] != ',' && p.src[p.pos] != closing {
		return false, syntaxError{p.pos}
	}
	p.pos++
	return p.src[p.pos-1] == ',', nil
}

// str reads the string at pos and returns it decoded.
func (p *parser) str() (string, error) {
	end, escaped := stringEnd(p.src, p.pos)
	if end < 0 {
		return "", syntaxError{p.pos}
	}
	inside := p.text[p.pos+1 : end-1]
	p.pos = end
	if !escaped {
		return inside, nil
	}
	return unescape(inside), nil
}
