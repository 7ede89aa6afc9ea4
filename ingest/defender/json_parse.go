package defender

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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
	p := parser{src: raw, text: string(raw)}
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

// parser holds the source twice: as bytes for value.raw, and as one string that all decoded texts without escapes are cut from. Items and
// members are collected on two stacks, so that every slice is allocated once, in its size.
type parser struct {
	src     []byte
	text    string
	pos     int
	values  int
	items   []value
	members []member
}

func (p *parser) space() {
	for p.pos < len(p.src) && isSpace(p.src[p.pos]) {
		p.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// value reads the value at pos; depth is that of an array or object found there.
func (p *parser) value(depth int) (value, error) {
	p.space()
	if p.pos >= len(p.src) {
		return value{}, syntaxError{p.pos}
	}
	if p.values++; p.values > maxValues {
		return value{}, errValues
	}
	start := p.pos
	switch c := p.src[start]; {
	case c == '"':
		text, err := p.str()
		return value{kind: kindString, raw: p.src[start:p.pos:p.pos], text: text}, err
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '-' || c >= '0' && c <= '9':
		end := numberEnd(p.src, start)
		if end < 0 {
			return value{}, syntaxError{start}
		}
		p.pos = end
		return value{kind: kindNumber, raw: p.src[start:end:end], text: p.text[start:end]}, nil
	}
	for _, word := range [...]string{"null", "true", "false"} {
		if strings.HasPrefix(p.text[start:], word) {
			p.pos = start + len(word)
			if word == "null" {
				return value{kind: kindNull, raw: p.src[start:p.pos:p.pos]}, nil
			}
			return value{kind: kindBool, raw: p.src[start:p.pos:p.pos], text: p.text[start:p.pos]}, nil
		}
	}
	return value{}, syntaxError{start}
}

func (p *parser) array(depth int) (value, error) {
	if depth > maxDepth {
		return value{}, errDepth
	}
	start, base := p.pos, len(p.items)
	p.pos++
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == ']' {
		p.pos++
		return value{kind: kindArray, raw: p.src[start:p.pos:p.pos]}, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		p.items = append(p.items, v)
		more, err := p.next(']')
		if err != nil {
			return value{}, err
		}
		if !more {
			break
		}
	}
	v := value{kind: kindArray, raw: p.src[start:p.pos:p.pos], items: slices.Clone(p.items[base:])}
	p.items = p.items[:base]
	return v, nil
}

func (p *parser) object(depth int) (value, error) {
	if depth > maxDepth {
		return value{}, errDepth
	}
	start, base := p.pos, len(p.members)
	p.pos++
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == '}' {
		p.pos++
		return value{kind: kindObject, raw: p.src[start:p.pos:p.pos]}, nil
	}
	for {
		p.space()
		if p.pos >= len(p.src) || p.src[p.pos] != '"' {
			return value{}, syntaxError{p.pos}
		}
		name, err := p.str()
		if err != nil {
			return value{}, err
		}
		p.space()
		if p.pos >= len(p.src) || p.src[p.pos] != ':' {
			return value{}, syntaxError{p.pos}
		}
		p.pos++
		v, err := p.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		p.members = append(p.members, member{name, v})
		more, err := p.next('}')
		if err != nil {
			return value{}, err
		}
		if !more {
			break
		}
	}
	v := value{kind: kindObject, raw: p.src[start:p.pos:p.pos], members: slices.Clone(p.members[base:])}
	p.members = p.members[:base]
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
