package textindex

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"

	"workbench"
)

const (
	magic     = "WBTEXTS1"
	footSize  = 8 + 4 + 4 + len(magic) // where the directory is, its length and CRC
	idsOfPart = 1024                   // ids that are compressed together
)

// part is one piece of a segment that is read and checked by itself.
type part struct {
	offset int64
	length uint32
	sum    uint32
}

// blockPart is where a block is.
type blockPart struct {
	texts part
	lists part
	plain uint32 // bytes of the texts and their lengths before compression
}

// writer writes one segment: first the texts, in order; then the ids; then finish.
type writer struct {
	file    *os.File
	out     *bufio.Writer
	offset  int64
	packer  *packer
	stories int // stories of the segment
	sums    *crc32.Table

	text   []byte // of the block that is being filled
	ends   []uint32
	lists  []byte
	digits bool
	grams  *grams
	common []*common
	byRun  map[string]*common

	blocks []blockPart
	groups []part
	ids    []part
	names  []byte // of the ids that are being collected
	count  int    // ids
	buffer []byte
	lazy   bool
}

// newWriter makes the file. stories is how many stories the segment has, bytes about how much text, common its common runs. Where lazy,
// nothing waits until the file is safe.
func newWriter(path string, p *packer, stories int, bytes int64, list []*common, lazy bool) (*writer, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	w := &writer{file: file, out: bufio.NewWriterSize(file, 256<<10), packer: p, stories: stories, grams: newGrams(gramBits(bytes)), sums: crc32.MakeTable(crc32.Castagnoli),
		common: list, byRun: map[string]*common{}, lazy: lazy}
	for _, c := range list {
		c.stories, w.byRun[c.run] = newBitset(stories), c
	}
	if _, err := w.out.WriteString(magic); err != nil {
		return nil, w.abandon(err)
	}
	w.offset = int64(len(magic))
	return w, nil
}

// abandon takes the file away and returns err.
func (w *writer) abandon(err error) error {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
	return err
}

// write writes a part.
func (w *writer) write(b []byte) (part, error) {
	if uint64(len(b)) > 1<<32-1 {
		return part{}, fmt.Errorf("a part of %d bytes: %w", len(b), workbench.ErrTooLarge)
	}
	p := part{offset: w.offset, length: uint32(len(b)), sum: crc32.Checksum(b, w.sums)}
	w.offset += int64(len(b))
	_, err := w.out.Write(b)
	return p, err
}

// add takes in the next text and the stories that have it, as differences; where it is a single one, story is that one.
func (w *writer) add(text []byte, list []byte, single bool, story uint32) error {
	digits := isHex(text)
	limit := plainBlock
	if w.digits {
		limit = hexBlock
	}
	if len(w.ends) > 0 && (digits != w.digits || len(w.text)+len(text)/2 >= limit) {
		if err := w.endBlock(); err != nil {
			return err
		}
	}
	w.digits = digits
	w.text = append(w.text, text...)
	w.ends = append(w.ends, uint32(len(w.text)))
	w.addGrams(text, func(b bitset) {
		if single {
			b.set(story)
			return
		}
		b.unpackList(list, false, w.stories)
	})
	if single {
		w.lists = binary.AppendUvarint(w.lists, uint64(story)<<1|1)
		return nil
	}
	packed, asBits := packList(list, w.stories)
	head := uint64(len(packed)) << 2
	if asBits {
		head |= 2
	}
	w.lists = append(binary.AppendUvarint(w.lists, head), packed...)
	return nil
}

func (w *writer) endBlock() error {
	w.buffer = w.packer.pack(w.buffer[:0], w.ends, w.text, w.digits)
	var b blockPart
	var err error
	if b.texts, err = w.write(w.buffer); err != nil {
		return err
	}
	if b.lists, err = w.write(w.lists); err != nil {
		return err
	}
	b.plain = uint32(plainSize(w.ends))
	w.grams.end(uint32(len(w.blocks)))
	w.blocks = append(w.blocks, b)
	w.text, w.ends, w.lists = w.text[:0], w.ends[:0], w.lists[:0]
	return nil
}

// plainSize is how many bytes a block of texts takes before compression.
func plainSize(ends []uint32) int {
	var room [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(room[:], uint64(len(ends)))
	from := uint32(0)
	for _, end := range ends {
		n += binary.PutUvarint(room[:], uint64(end-from))
		from = end
	}
	return n + int(from)
}

// endTexts writes what is left of the texts, and the grams.
func (w *writer) endTexts() error {
	if len(w.ends) > 0 {
		if err := w.endBlock(); err != nil {
			return err
		}
	}
	for i := range (1 << w.grams.width) / groupSize {
		w.buffer = w.grams.group(w.buffer[:0], i, len(w.blocks))
		p, err := w.write(w.buffer)
		if err != nil {
			return err
		}
		w.groups = append(w.groups, p)
	}
	w.grams.lists, w.grams.last = nil, nil
	return w.endCommon()
}

// id takes in the id of the next ordinal that was given out with this segment; "" for one whose story is no more.
func (w *writer) id(id workbench.StoryID) error {
	w.names = append(binary.AppendUvarint(w.names, uint64(len(id))), id...)
	if w.count++; w.count%idsOfPart == 0 {
		return w.endIDs()
	}
	return nil
}

func (w *writer) endIDs() error {
	w.buffer = binary.AppendUvarint(w.buffer[:0], uint64(len(w.names)))
	w.buffer = w.packer.encoder.EncodeAll(w.names, w.buffer)
	p, err := w.write(w.buffer)
	w.ids, w.names = append(w.ids, p), w.names[:0]
	return err
}

// finish writes the stories and the directory, and waits until the file is safe.
func (w *writer) finish(t table) error {
	if len(w.names) > 0 {
		if err := w.endIDs(); err != nil {
			return err
		}
	}
	stories, err := w.write(t.encode())
	if err != nil {
		return err
	}
	d := directory{width: w.grams.width, stories: w.stories, firstID: t.firstID, idCount: w.count, blocks: w.blocks, groups: w.groups, ids: w.ids, common: w.common, storyPart: stories}
	at, err := w.write(d.encode())
	if err != nil {
		return err
	}
	foot := binary.LittleEndian.AppendUint64(nil, uint64(at.offset))
	foot = binary.LittleEndian.AppendUint32(foot, at.length)
	foot = append(binary.LittleEndian.AppendUint32(foot, at.sum), magic...)
	if _, err := w.out.Write(foot); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if !w.lazy {
		if err := w.file.Sync(); err != nil {
			return err
		}
	}
	return w.file.Close()
}
