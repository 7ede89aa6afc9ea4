package defender

// What a byte means inside a string: nothing, or one of these.
const (
	plain = iota
	ends  // a quote
	escapes
	forbidden // a control character other than NUL
)

var inString = stringClasses()

func stringClasses() (class [256]uint8) {
	for c := 1; c < 0x20; c++ {
		class[c] = forbidden
	}
	class['"'], class['\\'] = ends, escapes
	return class
}

// stringEnd returns the offset after the string that starts at pos, and whether it holds escapes; -1 where it is not well formed.
func stringEnd(src []byte, pos int) (end int, escaped bool) {
	for i := pos + 1; i < len(src); i++ {
		switch inString[src[i]] {
		case ends:
			return i + 1, escaped
		case forbidden:
			return -1, escaped
		case escapes:
			escaped = true
			i++
			if i >= len(src) {
				return -1, escaped
			}
			switch src[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if i+4 >= len(src) || !isHex(src[i+1]) || !isHex(src[i+2]) || !isHex(src[i+3]) || !isHex(src[i+4]) {
					return -1, escaped
				}
				i += 4
			default:
				return -1, escaped
			}
		}
	}
	return -1, escaped
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isDigit(src []byte, i int) bool { return i < len(src) && src[i] >= '0' && src[i] <= '9' }

// numberEnd returns the offset after the number that starts at pos, or -1 where it is not well formed.
func numberEnd(src []byte, pos int) int {
	i := pos
	if i < len(src) && src[i] == '-' {
		i++
	}
	if !isDigit(src, i) {
		return -1
	}
	if src[i] == '0' {
		i++
	} else {
		i = digitsEnd(src, i)
	}
	if i < len(src) && src[i] == '.' {
		if !isDigit(src, i+1) {
			return -1
		}
		i = digitsEnd(src, i+1)
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		i++
		if i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		if !isDigit(src, i) {
			return -1
		}
		i = digitsEnd(src, i)
	}
	return i
}

func digitsEnd(src []byte, i int) int {
	for isDigit(src, i) {
		i++
	}
	return i
}
