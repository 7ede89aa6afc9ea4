package defender

import "fmt"

// maxSpread is how many bytes the leaves of a document may take when each is written with its whole path. That is what a story makes of
// fields that it does not know, so that a long name around many leaves costs their product.
const maxSpread = 128 << 20

var errSpread = fmt.Errorf("holds names so long that they take more than %d MiB beside their values", maxSpread>>20)

// spreadFrom is the length from which on a document is measured; a shorter one can't spread far.
const spreadFrom = 16 << 10

// spread measures text that valueEnd has accepted and that is not nested deeper than maxDepth; 0 where it is short.
func spread(src []byte) int {
	if len(src) < spreadFrom {
		return 0
	}
	type level struct {
		path   int // bytes of the path to here
		object bool
	}
	var few [maxDepth + 1]level
	levels := few[:1]
	total, here, name := 0, 0, false
	for i := 0; i < len(src); {
		top := levels[len(levels)-1]
		switch c := src[i]; {
		case c == '{', c == '[':
			levels = append(levels, level{here, c == '{'})
			name = c == '{'
			if c == '[' {
				here += 2
			}
			i++
		case c == '}', c == ']':
			levels = levels[:len(levels)-1]
			name = false
			i++
		case c == ',':
			name, here = top.object, top.path+2
			i++
		case c == '"':
			n := quoted(src[i:])
			if name {
				here, name = top.path+n-1, false
			} else {
				total += here + n
			}
			i += n
		case isSpace(c), c == ':':
			i++
		default:
			end := skip(src, i)
			total += here + end - i
			i = end
		}
	}
	return total
}
