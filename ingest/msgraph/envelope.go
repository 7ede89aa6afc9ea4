package msgraph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// mark is the byte order mark that some proxies put before a text.
var mark = []byte("\xEF\xBB\xBF")

// envelope is what the client itself reads of an answer: not what it means, but whether it is whole and where it goes on.
type envelope struct {
	items int    // of value
	next  string // link to the next page; "" = this is the last
}

// readEnvelope reads a page without a byte order mark, which has to be one JSON object with an array named value. Bytes in its texts may
// be no UTF-8.
func readEnvelope(body []byte) (envelope, error) {
	members, err := readMembers(body, "value", "@odata.nextLink")
	if err != nil {
		return envelope{}, err
	}
	var e envelope
	value := members["value"]
	if len(value) == 0 || value[0] != '[' {
		return envelope{}, errors.New("the answer has no list named value")
	}
	e.items = count(value)
	if next, ok := members["@odata.nextLink"]; ok && string(next) != "null" {
		if len(next) > maxLink {
			return envelope{}, fmt.Errorf("the link to the next page has %d bytes", len(next))
		}
		if err := json.Unmarshal(next, &e.next); err != nil || e.next == "" {
			return envelope{}, errors.New("the link to the next page is no text")
		}
	}
	return e, nil
}

// readMembers returns the values of some members of an answer, which has to be one JSON object that has none of them twice.
func readMembers(body []byte, names ...string) (map[string][]byte, error) {
	if !json.Valid(body) {
		return nil, errors.New("the answer is not valid JSON")
	}
	i := space(body, 0)
	if body[i] != '{' {
		return nil, errors.New("the answer is not a JSON object")
	}
	found := map[string][]byte{}
	for i = space(body, i+1); body[i] != '}'; {
		end := skip(body, i)
		name := memberName(body[i:end])
		i = space(body, space(body, end)+1) // over the colon
		end = skip(body, i)
		if slices.Contains(names, name) {
			if _, twice := found[name]; twice {
				return nil, fmt.Errorf("the answer has %q twice", name)
			}
			found[name] = body[i:end]
		}
		if i = space(body, end); body[i] == ',' {
			i = space(body, i+1)
		}
	}
	return found, nil
}

// memberName is the name that a JSON string writes; one without escapes costs nothing to read.
func memberName(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return ""
	}
	return name
}

// The functions below walk over JSON that is known to be valid.

// count returns how many items an array has.
func count(array []byte) int {
	n := 0
	for i := space(array, 1); array[i] != ']'; n++ {
		if i = space(array, skip(array, i)); array[i] == ',' {
			i = space(array, i+1)
		}
	}
	return n
}

// space returns the first position from i on that is no white space.
func space(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t' {
		i++
	}
	return i
}

// skip returns the position after the value at i.
func skip(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipText(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	for i < len(b) && bytes.IndexByte([]byte(",]} \n\r\t"), b[i]) < 0 {
		i++
	}
	return i
}

func skipText(b []byte, i int) int {
	for i++; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func skipNested(b []byte, i int) int {
	for depth := 0; ; {
		switch b[i] {
		case '"':
			i = skipText(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}
