package boltstore

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"workbench"
)

// appendFunc appends the JSON of a value that can be addressed.
type appendFunc func(b []byte, v reflect.Value) ([]byte, error)

// writer appends the JSON of the value at a place, which is of the type that the writer was made for.
type writer func(b []byte, at unsafe.Pointer) ([]byte, error)

// appender is a type that appends its own JSON, as its MarshalJSON writes it.
type appender interface{ AppendJSON(b []byte) []byte }

// encoderOf returns what writes values of a type as marshal does, byte for byte, in a small part of the time: it looks at the type once and
// notes where in the value everything stands, and trusts appenders to write JSON. Types that it does not know well are left to marshal.
func encoderOf(t reflect.Type) appendFunc {
	write := writerOf(t)
	return func(b []byte, v reflect.Value) ([]byte, error) { return write(b, v.Addr().UnsafePointer()) }
}

func writerOf(t reflect.Type) writer {
	p := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[workbench.Untrusted]():
		return func(b []byte, at unsafe.Pointer) ([]byte, error) {
			return (*workbench.Untrusted)(at).AppendJSON(b), nil
		}
	case t == reflect.TypeFor[workbench.Time]():
		return func(b []byte, at unsafe.Pointer) ([]byte, error) { return (*workbench.Time)(at).AppendJSON(b), nil }
	case hasAbsent(t):
		return structWriter(t)
	case p.Implements(reflect.TypeFor[appender]()):
		return func(b []byte, at unsafe.Pointer) ([]byte, error) {
			return reflect.NewAt(t, at).Interface().(appender).AppendJSON(b), nil
		}
	case p.Implements(reflect.TypeFor[json.Marshaler]()), p.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return marshalled(t)
	}
	switch t.Kind() {
	case reflect.Struct:
		return structWriter(t)
	case reflect.Slice:
		return sliceWriter(t)
	case reflect.Pointer:
		of := writerOf(t.Elem())
		return func(b []byte, at unsafe.Pointer) ([]byte, error) {
			to := *(*unsafe.Pointer)(at)
			if to == nil {
				return append(b, "null"...), nil
			}
			return of(b, to)
		}
	case reflect.String:
		return stringWriter(t)
	case reflect.Bool:
		return func(b []byte, at unsafe.Pointer) ([]byte, error) { return strconv.AppendBool(b, *(*bool)(at)), nil }
	case reflect.Int:
		return func(b []byte, at unsafe.Pointer) ([]byte, error) {
			return strconv.AppendInt(b, int64(*(*int)(at)), 10), nil
		}
	case reflect.Int64:
		return func(b []byte, at unsafe.Pointer) ([]byte, error) { return strconv.AppendInt(b, *(*int64)(at), 10), nil }
	}
	return marshalled(t)
}

func marshalled(t reflect.Type) writer {
	return func(b []byte, at unsafe.Pointer) ([]byte, error) {
		plain, err := marshal(reflect.NewAt(t, at).Elem().Interface())
		return append(b, plain...), err
	}
}

// stringWriter leaves everything but plain ASCII to marshal.
func stringWriter(t reflect.Type) writer {
	other := marshalled(t)
	return func(b []byte, at unsafe.Pointer) ([]byte, error) {
		s := *(*string)(at)
		for i := range len(s) {
			if c := s[i]; c < 0x20 || c > 0x7E || c == '"' || c == '\\' {
				return other(b, at)
			}
		}
		return append(append(append(b, '"'), s...), '"'), nil
	}
}

func sliceWriter(t reflect.Type) writer {
	if t.Elem().Kind() == reflect.Uint8 {
		return marshalled(t)
	}
	of, size := writerOf(t.Elem()), t.Elem().Size()
	return func(b []byte, at unsafe.Pointer) ([]byte, error) {
		list := *(*[]struct{})(at) // only its place and length count
		if list == nil {
			return append(b, "null"...), nil
		}
		b = append(b, '[')
		var err error
		for i := range list {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = of(b, unsafe.Add(unsafe.Pointer(unsafe.SliceData(list)), uintptr(i)*size)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}

// memberWriter is one field of a struct: where it is, what stands before its value, and what writes it.
type memberWriter struct {
	offset uintptr
	before string
	value  writer
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
func appendOrNull(b []byte, at unsafe.Pointer) ([]byte, error) {
	return (*workbench.StoryID)(at).AppendJSON(b), nil
}

// structWriter knows fields whose tag is a name of their own, and embedded structs. A struct with any other is left to marshal.
func structWriter(t reflect.Type) writer {
	var members, last []memberWriter
	seen := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		name, known := f.Tag.Lookup("json")
		switch {
		case f.Anonymous && !known && f.Type.Kind() == reflect.Struct: // its fields come next
			continue
		case name == "-" && len(f.Index) == 1: // as its tag says
			continue
		case !known || !f.IsExported() || seen[name] || name == "" || strings.ContainsAny(name, `,-"\<>&`):
			return marshalled(t)
		}
		seen[name] = true
		m := memberWriter{offsetOf(t, f.Index), `,"` + name + `":`, nil}
		if f.Tag.Get("absent") == "null" && f.Type.Kind() == reflect.String {
			m.value = appendOrNull
			last = append(last, m)
			continue
		}
		m.value = writerOf(f.Type)
		members = append(members, m)
	}
	members = append(members, last...)
	if len(members) > 0 {
		members[0].before = members[0].before[1:]
	}
	return func(b []byte, at unsafe.Pointer) ([]byte, error) {
		b = append(b, '{')
		var err error
		for i := range members {
			m := &members[i]
			if b, err = m.value(append(b, m.before...), unsafe.Add(at, m.offset)); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
}

// offsetOf is where in a struct, or in the structs embedded in it, a field stands.
func offsetOf(t reflect.Type, index []int) (offset uintptr) {
	for _, i := range index {
		f := t.Field(i)
		offset, t = offset+f.Offset, f.Type
	}
	return offset
}
