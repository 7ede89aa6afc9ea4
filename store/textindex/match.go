package textindex

import "bytes"

// match calls yield with the number of each text, ascending, that contains the word. ends says where the texts of text end. No match spans
// two texts.
func match(text []byte, ends []uint32, word []byte, yield func(i int)) {
	from, i := 0, 0
	for len(word) > 0 {
		at := bytes.Index(text[from:], word)
		if at < 0 {
			return
		}
		at += from
		i += search(ends[i:], uint32(at))
		if uint32(at+len(word)) <= ends[i] {
			yield(i)
		}
		from = int(ends[i]) // where this one spans two texts, so do all that begin later in the same text
	}
}

// search returns the first text that ends after a place: near ones first, as matches come in order.
func search(ends []uint32, at uint32) int {
	step, low := 1, 0
	for low+step < len(ends) && ends[low+step-1] <= at {
		low += step
		step *= 2
	}
	high := min(len(ends), low+step)
	for low < high {
		if mid := int(uint(low+high) >> 1); ends[mid] <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
