package textindex

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"workbench"
)

// source is where a segment is read from.
type source interface {
	io.ReaderAt
	io.Closer
}

// segment is an open segment. It is safe for concurrent use, and stays open as long as a state of the index has it.
type segment struct {
	directory
	table
	number uint32 // its name, and what owners say
	size   int64
	file   source
	packer *packer
	sums   *crc32.Table
	holds  int // states that have it; guarded by the index
}

// openSegment reads what is kept in memory of a segment. size is that of the file.
func openSegment(file source, size int64, number uint32, p *packer) (*segment, error) {
	s := &segment{number: number, size: size, file: file, packer: p, sums: crc32.MakeTable(crc32.Castagnoli)}
	if size < int64(len(magic)+footSize) {
		return nil, damage("a segment has %d bytes", size)
	}
	foot, first := make([]byte, footSize), make([]byte, len(magic))
	if _, err := file.ReadAt(foot, size-int64(footSize)); err != nil {
		return nil, unreadable(err)
	}
	if _, err := file.ReadAt(first, 0); err != nil {
		return nil, unreadable(err)
	}
	if string(first) != magic || string(foot[16:]) != magic {
		return nil, damage("a segment does not begin and end as it should")
	}
	at := part{offset: int64(binary.LittleEndian.Uint64(foot)), length: binary.LittleEndian.Uint32(foot[8:]), sum: binary.LittleEndian.Uint32(foot[12:])}
	if at.offset < int64(len(magic)) || at.offset > size || at.offset+int64(at.length) != size-int64(footSize) {
		return nil, damage("a segment's directory is not where it should be")
	}
	b, err := s.read(at, nil)
	if err != nil {
		return nil, err
	}
	if s.directory, err = decodeDirectory(b, at.offset-int64(len(magic))); err != nil {
		return nil, err
	}
	if b, err = s.read(s.storyPart, b); err != nil {
		return nil, err
	}
	s.table, err = decodeTable(b, s.stories, s.directory.firstID, s.endID())
	return s, err
}

// openFile opens the segment in a file of a folder.
func openFile(path string, number uint32, p *packer) (*segment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var s *segment
		if s, err = openSegment(f, info.Size(), number, p); err == nil {
			return s, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("opening segment %s: %w", path, err), f.Close())
}

func unreadable(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damage("a segment is cut short")
	}
	return fmt.Errorf("reading a segment: %w", err)
}

// endID is the ordinal after the last that was given out with this segment.
func (s *segment) endID() uint32 { return s.directory.firstID + uint32(s.idCount) }

// ordinal is that of one of the segment's stories.
func (s *segment) ordinal(story uint32) uint32 {
	if s.ordinals == nil {
		return s.table.firstID + story
	}
	return s.ordinals[story]
}

// read reads a part into room, where that is large enough, and checks it.
func (s *segment) read(p part, room []byte) ([]byte, error) {
	if p.offset+int64(p.length) > s.size {
		return nil, damage("a segment is cut short")
	}
	if cap(room) < int(p.length) {
		room = make([]byte, p.length, p.length+p.length/4)
	}
	room = room[:p.length]
	if _, err := s.file.ReadAt(room, p.offset); err != nil && (err != io.EOF || len(room) > 0) {
		return nil, unreadable(err)
	}
	if crc32.Checksum(room, s.sums) != p.sum {
		return nil, damage("a part of a segment does not match its checksum")
	}
	return room, nil
}

// block reads the texts of a block. packed is room, which is kept for the next.
func (s *segment) block(i uint32, t *texts, packed *[]byte) error {
	b, err := s.read(s.blocks[i].texts, *packed)
	if err != nil {
		return err
	}
	*packed = b
	return t.unpack(s.packer, b, int(s.blocks[i].plain))
}

// nextList cuts off the first of a block's lists. Where single, the text has one story.
func nextList(b []byte) (packed []byte, asBits, single bool, story uint32, rest []byte, err error) {
	head, used := binary.Uvarint(b)
	if used <= 0 {
		return nil, false, false, 0, nil, damage("a list of stories is cut short")
	}
	b = b[used:]
	if head&1 == 1 {
		return nil, false, true, uint32(head >> 1), b, nil
	}
	if head>>2 > uint64(len(b)) {
		return nil, false, false, 0, nil, damage("a list of stories is cut short")
	}
	return b[:head>>2], head&2 != 0, false, 0, b[head>>2:], nil
}

// idPart reads the ids of one part.
func (s *segment) idPart(i int) ([]workbench.StoryID, error) {
	b, err := s.read(s.ids[i], nil)
	if err != nil {
		return nil, err
	}
	size, used := binary.Uvarint(b)
	if used <= 0 || size > 64<<20 {
		return nil, damage("ids are not readable")
	}
	if b, err = s.packer.decoder.DecodeAll(b[used:], make([]byte, 0, size)); err != nil {
		return nil, damage("ids do not unpack: %v", err)
	}
	text := string(b) // one string that the ids share
	list := make([]workbench.StoryID, 0, idsOfPart)
	for range min(idsOfPart, s.idCount-i*idsOfPart) {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			return nil, damage("ids are cut short")
		}
		text, b = text[used:], b[used:]
		list = append(list, workbench.StoryID(text[:n]))
		text, b = text[n:], b[n:]
	}
	return list, nil
}

// prints reads the fingerprints of the segment's stories.
func (s *segment) readPrints() ([]uint64, error) {
	b, err := s.read(s.storyPart, nil)
	if err != nil {
		return nil, err
	}
	b = b[len(b)-8*s.stories:]
	list := make([]uint64, s.stories)
	for i := range list {
		list[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return list, nil
}
