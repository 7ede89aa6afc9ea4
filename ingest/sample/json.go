package sample

import (
	"fmt"
	"strconv"
	"time"
)

// object is a JSON object whose members keep their order, as Microsoft's do.
type object []member

// member is one name and value of an object. Values are nil, bool, int, int64, float64, string, time.Time, []string, object, []object.
type member struct {
	name  string
	value any
}

// with returns a copy in which the named member has another value; a new name goes to the end.
func (o object) with(name string, value any) object {
	changed := append(object(nil), o...)
	for i := range changed {
		if changed[i].name == name {
			changed[i].value = value
			return changed
		}
	}
	return append(changed, member{name, value})
}

// orNull is the text, or JSON null where there is none.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// timeOrNull is the time, or JSON null where there is none.
func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// graphTime is how Graph writes a time: UTC, up to seven digits of a fraction, without trailing zeros.
const graphTime = `"2006-01-02T15:04:05.9999999Z"`

// appendObject appends the object to b.
func appendObject(b []byte, o object) []byte {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, m.name), ':')
		b = appendValue(b, m.value)
	}
	return append(b, '}')
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case object:
		return appendObject(b, v)
	case []object:
		return appendList(b, v, appendObject)
	case []string:
		return appendList(b, v, appendString)
	case time.Time:
		return v.AppendFormat(b, graphTime)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case bool:
		return strconv.AppendBool(b, v)
	}
	panic(fmt.Sprintf("sample: no JSON for %T", value))
}

// appendList appends an array; a nil list is an empty array, as Graph writes collections.
func appendList[T any](b []byte, list []T, item func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, v)
	}
	return append(b, ']')
}

// appendString appends s quoted. Only what JSON demands is escaped; everything else stays as it is, markup and hidden characters included.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		start = i + 1
	}
	return append(append(b, s[start:]...), '"')
}
