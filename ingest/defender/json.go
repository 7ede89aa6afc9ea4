package defender

import (
	"math"
	"strconv"
	"strings"

	"workbench"
)

// kind says what a JSON value is.
type kind uint8

// The kinds. The zero value stands for a member that is not there.
const (
	kindAbsent kind = iota
	kindNull
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

// value is one JSON value with its exact source text. It is read only; its texts share memory with one copy of the source.
type value struct {
	raw     string   // exact source text, without surrounding white space
	text    string   // strings: decoded, bytes that are not UTF-8 left as they are; numbers and bools: as written
	members []member // of an object in the order of the source, duplicates included; of an array its items
	kind    kind
}

// member is one name and value of an object, or one item of an array, which has no name.
type member struct {
	name  string
	value value
}

// get returns the member of an object: the last one of exactly that name, else the last one whose name differs only in the case of ASCII
// letters, else the zero value.
func (v value) get(name string) value {
	if v.kind != kindObject {
		return value{}
	}
	folded := -1
	for i := len(v.members) - 1; i >= 0; i-- {
		have := v.members[i].name
		if len(have) != len(name) {
			continue
		}
		if have == name {
			return v.members[i].value
		}
		if folded < 0 && equalFold(have, name) {
			folded = i
		}
	}
	if folded < 0 {
		return value{}
	}
	return v.members[folded].value
}

// equalFold compares two texts of the same length without regard to the case of ASCII letters.
func equalFold(a, b string) bool {
	for i := 0; i < len(a) && i < len(b); i++ {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z' {
			return false
		}
	}
	return len(a) == len(b)
}

// untrusted returns a string decoded, a number or bool as written, and nothing for everything else.
func (v value) untrusted() workbench.Untrusted { return workbench.Text(v.text) }

// time reads a string as a time; everything that is no time gives the zero Time.
func (v value) time() workbench.Time {
	if v.kind != kindString {
		return workbench.Time{}
	}
	t, _ := workbench.ParseTime(v.text)
	return t
}

// int returns a whole number, written as a number or as text, or nil where there is none or it does not fit.
func (v value) int() *int64 {
	if v.kind != kindNumber && v.kind != kindString {
		return nil
	}
	text := strings.TrimSpace(v.text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &n
	}
	if v.kind != kindNumber {
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return nil
	}
	n := int64(f)
	return &n
}

// list returns the items of an array, without names, and nothing for everything else.
func (v value) list() []member {
	if v.kind != kindArray {
		return nil
	}
	return v.members
}

// empty reports whether the value says nothing: absent, null, "", [] or {}.
func (v value) empty() bool {
	switch v.kind {
	case kindAbsent, kindNull:
		return true
	case kindString:
		return v.text == ""
	case kindArray, kindObject:
		return len(v.members) == 0
	}
	return false
}
