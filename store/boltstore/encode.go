package boltstore

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"workbench"
)

// appendFunc appends the JSON of a value that can be addressed.
type appendFunc func(b []byte, v reflect.Value) ([]byte, error)

// appender is a type that appends its own JSON, as its MarshalJSON writes it.
type appender interface{ AppendJSON(b []byte) []byte }

// encoderOf returns what writes values of a type as marshal does, byte for byte, in a third of the time: it looks at the type once, and
// trusts appenders to write JSON. Types that it does not know well are left to marshal.
func encoderOf(t reflect.Type) appendFunc {
	p := reflect.PointerTo(t)
	switch {
	case hasAbsent(t):
		return structEncoder(t)
	case p.Implements(reflect.TypeFor[appender]()):
		return func(b []byte, v reflect.Value) ([]byte, error) {
			return v.Addr().Interface().(appender).AppendJSON(b), nil
		}
	case p.Implements(reflect.TypeFor[json.Marshaler]()), p.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return appendMarshalled
	}
	switch t.Kind() {
	case reflect.Struct:
		return structEncoder(t)
	case reflect.Slice:
		return sliceEncoder(t)
	case reflect.Pointer:
		of := encoderOf(t.Elem())
		return func(b []byte, v reflect.Value) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			return of(b, v.Elem())
		}
	case reflect.String:
		return appendString
	case reflect.Bool:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(b, v.Bool()), nil }
	case reflect.Int, reflect.Int64:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendInt(b, v.Int(), 10), nil }
	}
	return appendMarshalled
}

func appendMarshalled(b []byte, v reflect.Value) ([]byte, error) {
	plain, err := marshal(v.Interface())
	return append(b, plain...), err
}

// appendString leaves everything but plain ASCII to marshal.
func appendString(b []byte, v reflect.Value) ([]byte, error) {
	s := v.String()
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7E || c == '"' || c == '\\' {
			return appendMarshalled(b, v)
		}
	}
	return append(append(append(b, '"'), s...), '"'), nil
}

func sliceEncoder(t reflect.Type) appendFunc {
	if t.Elem().Kind() == reflect.Uint8 {
		return appendMarshalled
	}
	of := encoderOf(t.Elem())
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		b = append(b, '[')
		var err error
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = of(b, v.Index(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}

// memberEncoder is one field of a struct: where it is, what stands before its value, and what writes it.
type memberEncoder struct {
	index  []int
	before string
	value  appendFunc
}

// hasAbsent reports a struct with fields that are null where they are empty, and last: its own MarshalJSON says nothing else (workbench's
// absent.go).
func hasAbsent(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("absent") == "null" {
			return true
		}
	}
	return false
}

// appendOrNull writes null for an empty text, as ids do.
func appendOrNull(b []byte, v reflect.Value) ([]byte, error) {
	return workbench.StoryID(v.String()).AppendJSON(b), nil
}

// structEncoder knows fields whose tag is a name of their own, and embedded structs. A struct with any other is left to marshal.
func structEncoder(t reflect.Type) appendFunc {
	var members, last []memberEncoder
	seen := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		name, known := f.Tag.Lookup("json")
		switch {
		case f.Anonymous && !known && f.Type.Kind() == reflect.Struct: // its fields come next
			continue
		case name == "-" && len(f.Index) == 1: // as its tag says
			continue
		case !known || !f.IsExported() || seen[name] || name == "" || strings.ContainsAny(name, `,-"\<>&`):
			return appendMarshalled
		}
		seen[name] = true
		before := `,"` + name + `":`
		if f.Tag.Get("absent") == "null" && f.Type.Kind() == reflect.String {
			last = append(last, memberEncoder{f.Index, before, appendOrNull})
			continue
		}
		members = append(members, memberEncoder{f.Index, before, encoderOf(f.Type)})
	}
	members = append(members, last...)
	if len(members) > 0 {
		members[0].before = members[0].before[1:]
	}
	return func(b []byte, v reflect.Value) ([]byte, error) {
		b = append(b, '{')
		var err error
		for i := range members {
			m := &members[i]
			at := v
			for _, n := range m.index {
				at = at.Field(n)
			}
			if b, err = m.value(append(b, m.before...), at); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
}
