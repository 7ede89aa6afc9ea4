package defender

// balance follows brackets and strings through text that comes in pieces, without checking anything else. Its zero value stands before an
// opening bracket or quote.
type balance struct {
	depth   int64
	text    bool // inside a string
	escaped bool // the next byte is escaped
}

// found is why a scan stopped.
type found uint8

const (
	nothing found = iota // the piece is used up
	closed               // the first bracket or quote is closed
	newline              // a line feed was passed
)

// scan follows b and returns how much of it was passed. It stops at line feeds only where asked to.
func (s *balance) scan(b []byte, lines bool) (int, found) {
	i := 0
	for i < len(b) {
		if s.text {
			if s.escaped {
				s.escaped = false
				i++
				continue
			}
			if i = textEnd(b, i); i == len(b) {
				break
			}
			i++
			switch b[i-1] {
			case '\\':
				s.escaped = true
			case '"':
				s.text = false
				if s.depth == 0 {
					return i, closed
				}
			case '\n':
				if lines {
					return i, newline
				}
			}
			continue
		}
		for i < len(b) && !outsideStops[b[i]] {
			i++
		}
		if i == len(b) {
			break
		}
		i++
		switch b[i-1] {
		case '"':
			s.text = true
		case '{', '[':
			s.depth++
		case '}', ']':
			s.depth--
			if s.depth <= 0 {
				return i, closed
			}
		case '\n':
			if lines {
				return i, newline
			}
		}
	}
	return i, nothing
}

// outsideStops are where a scan has to look closer outside of strings. It is never written to.
var outsideStops = [256]bool{'"': true, '{': true, '}': true, '[': true, ']': true, '\n': true}
