package index

import "encoding/binary"

// appendGaps appends ascending numbers as varints: the first one, then the difference of each to the one before.
func appendGaps(to []byte, numbers []uint32) []byte {
	last := uint32(0)
	for _, n := range numbers {
		if gap := n - last; gap < 0x80 {
			to = append(to, byte(gap))
		} else {
			to = binary.AppendUvarint(to, uint64(gap))
		}
		last = n
	}
	return to
}

// readGap returns the number at the start of some bytes and its length, 0 where there is none.
func readGap(b []byte) (uint32, int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	v, n := binary.Uvarint(b)
	if n <= 0 || v > 1<<32-1 {
		return 0, 0
	}
	return uint32(v), n
}

// readGaps appends the numbers of which all of some bytes consist, plus base, as long as they ascend and are below a limit.
func readGaps(to []uint32, b []byte, base, limit uint32) []uint32 {
	to, _ = readSome(to, b, int(^uint(0)>>1), base, limit)
	return to
}

// readSome appends up to count numbers, plus base, and returns the rest of the bytes. It stops where numbers do not ascend or reach the limit.
func readSome(to []uint32, b []byte, count int, base, limit uint32) ([]uint32, []byte) {
	last := uint64(base)
	for first := true; count > 0 && len(b) > 0; count-- {
		gap, n := uint64(b[0]), 1
		if gap >= 0x80 {
			var g uint32
			g, n = readGap(b)
			gap = uint64(g)
		}
		if last += gap; n == 0 || last >= uint64(limit) || gap == 0 && !first {
			return to, nil
		}
		to, b, first = append(to, uint32(last)), b[n:], false
	}
	return to, b
}
