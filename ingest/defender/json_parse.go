package defender

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how many arrays and objects may stand inside each other in one document.
const maxDepth = 64

// errDepth says that a document is nested deeper than maxDepth.
var errDepth = errors.New("is nested deeper than 64 levels")

// syntaxError says where text stops being JSON.
type syntaxError struct{ pos int }

func (e syntaxError) Error() string { return fmt.Sprintf("is not JSON at its byte %d", e.pos) }

// parse reads one JSON value with white space around it. The grammar is that of RFC 8259, except that strings may hold bytes that are not
// UTF-8, and NUL. It fails with a syntaxError or errDepth. Half of a surrogate pair becomes U+FFFD.
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

// unescape decodes the inside of a string whose escapes are known to be well formed.
func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			return string(append(b, s...))
		}
		b = append(b, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r := hexRune(s)
			s = s[4:]
			if utf16.IsSurrogate(r) {
				var low rune = -1
				if strings.HasPrefix(s, `\u`) {
					low = hexRune(s[2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					s = s[6:]
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, c)
		}
	}
}

// hexRune reads four hexadecimal digits that are known to be there.
func hexRune(s string) rune {
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case c >= 'a':
			c -= 'a' - 10
		case c >= 'A':
			c -= 'A' - 10
		default:
			c -= '0'
		}
		r = r<<4 | rune(c)
	}
	return r
}
