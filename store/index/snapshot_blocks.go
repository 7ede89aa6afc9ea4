package index

// column is one column of blocks, as a snapshot keeps it.
type column[T any] func(b *block) *[]T

// The columns by the size of what they hold. Whether a story came since the start is not kept: all of a snapshot were there.
var (
	columns32 = []column[uint32]{
		func(b *block) *[]uint32 { return &b.home }, func(b *block) *[]uint32 { return &b.cell }, func(b *block) *[]uint32 { return &b.tenant },
		func(b *block) *[]uint32 { return &b.owner }, func(b *block) *[]uint32 { return &b.labels }, func(b *block) *[]uint32 { return &b.techniques },
		func(b *block) *[]uint32 { return &b.source }, func(b *block) *[]uint32 { return &b.sourceIP }, func(b *block) *[]uint32 { return &b.indication },
		func(b *block) *[]uint32 { return &b.counts }, func(b *block) *[]uint32 { return &b.words },
	}
	columns64 = []column[uint64]{
		func(b *block) *[]uint64 { return &b.number }, func(b *block) *[]uint64 { return &b.place }, func(b *block) *[]uint64 { return &b.incident },
	}
	columnsOfTimes = []column[int64]{
		func(b *block) *[]int64 { return &b.created }, func(b *block) *[]int64 { return &b.updated }, func(b *block) *[]int64 { return &b.firstSignal },
		func(b *block) *[]int64 { return &b.lastSignal }, func(b *block) *[]int64 { return &b.waiting },
	}
	columnsOfIDs = []column[id]{func(b *block) *[]id { return &b.id }}
)

// joined is a column of all blocks, one after the other; empty where all of it is zero.
func joined[T any](t *table, c column[T]) []T {
	var out []T
	for at, b := range t.blocks {
		list := *c(b)
		if len(list) == 0 && out == nil {
			continue
		}
		if out == nil {
			out = make([]T, t.rows)
		}
		copy(out[at*blockRows:at*blockRows+t.used(at)], list)
	}
	return out
}

// parted gives every block its part of a column.
func parted[T any](t *table, c column[T], all []T) {
	if len(all) == 0 {
		return
	}
	for at, b := range t.blocks {
		from, to := at*blockRows, at*blockRows+t.used(at)
		*c(b) = all[from:to:to]
	}
}

func (t *table) saveBlocks(s *snapshotParts) {
	for _, c := range columns32 {
		put32(s, joined(t, c))
	}
	for _, c := range columns64 {
		put64(s, joined(t, c))
	}
	for _, c := range columnsOfTimes {
		put64(s, joined(t, c))
	}
	for _, c := range columnsOfIDs {
		put64(s, joined(t, c))
	}
	var newest []uint64
	var live []set
	for _, b := range t.blocks {
		newest, live = append(newest, b.newest), append(live, *b.live)
	}
	put64(s, newest)
	put64(s, live)
	for field := range fields {
		var counts, codes, lengths []uint32
		var lists []uint16
		var dense []set
		for _, b := range t.blocks {
			in := &b.sets[field]
			counts, codes = append(counts, uint32(len(in.codes))), append(codes, in.codes...)
			for _, c := range in.in {
				if c.dense != nil {
					lengths, dense = append(lengths, denseLength), append(dense, *c.dense)
				} else {
					lengths, lists = append(lengths, uint32(len(c.list))), append(lists, c.list...)
				}
			}
		}
		put32(s, counts)
		put32(s, codes)
		put32(s, lengths)
		put16(s, lists)
		put64(s, dense)
	}
}

// denseLength stands for a container of bits.
const denseLength = 1<<32 - 1

func (t *table) loadBlocks(f *snapshotFile) {
	blocks := make([]block, (t.rows+blockRows-1)/blockRows)
	for i := range blocks {
		t.blocks = append(t.blocks, &blocks[i])
	}
	for _, c := range columns32 {
		parted(t, c, take32[uint32](f))
	}
	for _, c := range columns64 {
		parted(t, c, take64[uint64](f))
	}
	for _, c := range columnsOfTimes {
		parted(t, c, take64[int64](f))
	}
	for _, c := range columnsOfIDs {
		parted(t, c, take64[id](f))
	}
	newest, live := take64[uint64](f), take64[set](f)
	for i := range blocks {
		blocks[i].newest, blocks[i].live = newest[i], &live[i]
	}
	for field := range fields {
		counts, codes, lengths := take32[uint32](f), take32[uint32](f), take32[uint32](f)
		lists, dense := take16(f), take64[set](f)
		in := make([]container, len(codes))
		for i, n := range lengths {
			if n == denseLength {
				in[i].dense, dense = &dense[0], dense[1:]
			} else {
				in[i].list, lists = lists[:n:n], lists[n:]
			}
		}
		for i, n := range counts {
			blocks[i].sets[field] = sets{codes[:n:n], in[:n:n]}
			codes, in = codes[n:], in[n:]
		}
	}
}
