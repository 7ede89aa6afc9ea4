package defender

// valueEnd checks the JSON value at pos against the grammar that parse reads and returns the offset after it and how deep it is nested
// (0 for a string, number, bool or null). It needs one bit a level, so that depth alone can't exhaust memory.
func valueEnd(src []byte, pos int) (end, deepest int, ok bool) {
	var few [4]uint64
	nest := nesting{bits: few[:]}
	i := pos
	for {
		i = spaceEnd(src, i)
		if i >= len(src) {
			return i, nest.deepest, false
		}
		opened := false
		switch c := src[i]; c {
		case '{', '[':
			nest.push(c == '{')
			i = spaceEnd(src, i+1)
			opened = i >= len(src) || src[i] != '}' && src[i] != ']'
		case '"':
			end, _ := stringEnd(src, i)
			if end < 0 {
				return i, nest.deepest, false
			}
			i = end
		default:
			end := scalarEnd(src, i)
			if end < 0 {
				return i, nest.deepest, false
			}
			i = end
		}
		// After a value: close what ends here, until a comma or a fresh bracket asks for the next value.
		for !opened {
			if nest.depth == 0 {
				return i, nest.deepest, true
			}
			i = spaceEnd(src, i)
			if i >= len(src) {
				return i, nest.deepest, false
			}
			switch c := src[i]; {
			case c == ',':
				opened = true
			case c == '}' && nest.object(), c == ']' && !nest.object():
				nest.depth--
			default:
				return i, nest.deepest, false
			}
			i++
		}
		if nest.object() {
			if i = nameEnd(src, i); i < 0 {
				return len(src), nest.deepest, false
			}
		}
	}
}

// nesting remembers of each open bracket whether it is that of an object.
type nesting struct {
	bits           []uint64
	depth, deepest int
}

func (n *nesting) push(object bool) {
	if n.depth>>6 == len(n.bits) {
		n.bits = append(n.bits, 0)
	}
	bit := uint64(1) << (n.depth & 63)
	n.bits[n.depth>>6] &^= bit
	if object {
		n.bits[n.depth>>6] |= bit
	}
	n.depth++
	n.deepest = max(n.deepest, n.depth)
}

func (n *nesting) object() bool {
	return n.depth > 0 && n.bits[(n.depth-1)>>6]&(1<<((n.depth-1)&63)) != 0
}

func spaceEnd(src []byte, i int) int {
	for i < len(src) && isSpace(src[i]) {
		i++
	}
	return i
}

// nameEnd passes a member's name and colon, or returns -1.
func nameEnd(src []byte, i int) int {
	i = spaceEnd(src, i)
	if i >= len(src) || src[i] != '"' {
		return -1
	}
	if i, _ = stringEnd(src, i); i < 0 {
		return -1
	}
	i = spaceEnd(src, i)
	if i >= len(src) || src[i] != ':' {
		return -1
	}
	return i + 1
}

// scalarEnd passes a number, bool or null, or returns -1.
func scalarEnd(src []byte, i int) int {
	switch src[i] {
	case 'n', 't', 'f':
		for _, word := range [...]string{"null", "true", "false"} {
			if len(src)-i >= len(word) && string(src[i:i+len(word)]) == word {
				return i + len(word)
			}
		}
		return -1
	}
	return numberEnd(src, i)
}

// skip returns the offset after the value at pos of text that valueEnd has accepted.
func skip(src []byte, pos int) int {
	i := spaceEnd(src, pos)
	switch src[i] {
	case '{', '[':
		for depth := 0; i < len(src); i++ {
			switch src[i] {
			case '"':
				i += quoted(src[i:]) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return i
	case '"':
		return i + quoted(src[i:])
	}
	for i < len(src) && !isSpace(src[i]) && src[i] != ',' && src[i] != ']' && src[i] != '}' {
		i++
	}
	return i
}

// manyValues reports whether text that valueEnd has accepted may hold more than maxValues values.
func manyValues(src []byte) bool {
	if len(src) < maxValues {
		return false
	}
	n := 1
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '"':
			i += quoted(src[i:]) - 1
		case ',', '[', '{':
			n++
		}
	}
	return n > maxValues
}

// quoted returns the length of the well-formed string that b starts with, quotes included.
func quoted(b []byte) int {
	for i := textEnd(b, 1); i < len(b); i = textEnd(b, i+1) {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(b)
}

// compact appends src without the white space that means nothing.
func compact(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case isSpace(c):
			i++
		case c == '"':
			n := quoted(src[i:])
			dst = append(dst, src[i:i+n]...)
			i += n
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}
