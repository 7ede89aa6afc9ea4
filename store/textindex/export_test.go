package textindex

import (
	"bytes"
	"context"
	"io"
	"log/slog"
)

// Limits are smaller limits for tests; 0 = as usual.
type Limits struct {
	Full, Settled, Fan, Compared, Listed, Batch, Common int
	Lazy                                                bool
}

// OpenLimited is Open with other limits.
func OpenLimited(dir string, log *slog.Logger, l Limits) (*Index, error) {
	u := usual
	for _, p := range []struct{ to, from *int }{{&u.full, &l.Full}, {&u.settled, &l.Settled}, {&u.fan, &l.Fan}, {&u.compared, &l.Compared}, {&u.listed, &l.Listed}, {&u.batch, &l.Batch}, {&u.common, &l.Common}} {
		if *p.from != 0 {
			*p.to = *p.from
		}
	}
	u.lazy = l.Lazy
	return open(dir, log, u)
}

// Flush writes what is recent.
func (x *Index) Flush() error {
	x.write.Lock()
	defer x.write.Unlock()
	err := x.flush()
	x.publish()
	return err
}

// WaitMerges waits until no merge is under way.
func (x *Index) WaitMerges() { x.merges.Wait() }

// Segments returns how many segments there are.
func (x *Index) Segments() int {
	x.write.Lock()
	defer x.write.Unlock()
	return len(x.segments)
}

// Work returns how many bytes of text an answer would compare, and how many blocks.
func (x *Index) Work(word string) (compared, blocks int, err error) {
	s, err := x.acquire()
	if err != nil {
		return 0, 0, err
	}
	defer x.release(s)
	for _, g := range s.segments {
		b, _, err := g.candidates(fold(nil, word), new(scratch))
		if err != nil {
			return 0, 0, err
		}
		for n := range b.each {
			compared += int(g.blocks[n].plain)
			blocks++
		}
	}
	return compared, blocks, nil
}

// Shares returns the bytes of each kind of part in all files.
func (x *Index) Shares() map[string]int64 {
	m := map[string]int64{}
	for _, s := range x.segments {
		for _, b := range s.blocks {
			m["texts"] += int64(b.texts.length)
			m["plain"] += int64(b.plain)
			m["lists"] += int64(b.lists.length)
		}
		for _, p := range s.groups {
			m["grams"] += int64(p.length)
		}
		for _, p := range s.ids {
			m["ids"] += int64(p.length)
		}
		for _, p := range s.common {
			m["common"] += int64(p.inBlocks.length + p.ofStories.length)
		}
		m["stories"] += int64(s.storyPart.length)
		m["blocks"] += int64(len(s.blocks))
	}
	return m
}

// Look opens bytes as a segment and looks at everything in it.
func Look(b []byte, word []byte) error {
	p, err := newPacker()
	if err != nil {
		return err
	}
	s, err := openSegment(nopCloser{bytes.NewReader(b)}, int64(len(b)), 1, p)
	if err != nil {
		return err
	}
	c := new(scratch)
	blocks, common, err := s.candidates(word, c)
	if err != nil {
		return err
	}
	all := newBitset(len(s.blocks))
	all.fill(len(s.blocks))
	if _, err := s.find(context.Background(), word, blocks, common, c, usual); err != nil {
		return err
	}
	if _, err := s.find(context.Background(), []byte{0}, all, nil, c, usual); err != nil {
		return err
	}
	for i := range s.ids {
		if _, err := s.idPart(i); err != nil {
			return err
		}
	}
	_, err = s.readPrints()
	return err
}

type nopCloser struct{ io.ReaderAt }

func (nopCloser) Close() error { return nil }

// LookAtBlock reads a block, a list and a table that anybody may have written.
func LookAtBlock(block, list []byte, size int) {
	p, err := newPacker()
	if err != nil {
		panic(err)
	}
	size = min(1<<16, max(0, size))
	var t texts
	if t.unpack(p, block, size) == nil {
		match(t.text, t.ends, []byte("a"), func(i int) { _ = t.at(i) })
	}
	for _, asBits := range []bool{false, true} {
		b := newBitset(size)
		if b.unpackList(list, asBits, size) {
			for n := range b.each {
				if int(n) >= size {
					panic("a number is too large")
				}
			}
		}
	}
	_, _, _ = listOf(list, 7)
	for rest := list; len(rest) > 0; {
		if _, _, _, _, rest, err = nextList(rest); err != nil {
			break
		}
	}
	_, _ = decodeTable(list, size, 0, uint32(size))
	_, _ = decodeDirectory(list, int64(size))
}

// NumbersOf returns the buckets of a text's long numbers.
func NumbersOf(text []byte) []uint32 {
	var list []uint32
	numbers(text, maxGramBits, func(k uint32) { list = append(list, k) })
	return list
}

// LongNumber is how many digits a long number has at least.
const LongNumber = longNumber
