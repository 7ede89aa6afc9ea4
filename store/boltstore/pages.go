package boltstore

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"
	"os"
)

// bbolt trusts its pages: one that names itself, or a place behind the end of the file, makes it read for ever or ends the process. pages
// follows every page of a file that may be damaged before bbolt sees it. What is inside keys and values is not its concern.
type pages struct {
	file    io.ReaderAt
	length  uint64 // of the file, in bytes
	size    uint64 // of a page, in bytes
	root    uint64
	free    uint64 // page of the list of free pages
	high    uint64 // first page that was never used
	visited map[uint64]bool
}

const (
	pageHeader     = 16
	pageElement    = 16
	branchPage     = 0x01
	leafPage       = 0x02
	freelistPage   = 0x10
	noFreelist     = ^uint64(0)
	boltMagic      = 0xED0CDAED
	metaLength     = 64
	bucketHeader   = 16
	maxPageDepth   = 64
	bucketLeafFlag = 0x01
)

var native = binary.NativeEndian

// openPages reads the newer of the two first pages that is whole.
func openPages(f *os.File) (*pages, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	p := &pages{file: f, length: uint64(info.Size()), visited: map[uint64]bool{}}
	newest := uint64(0)
	for _, at := range []int64{0, int64(os.Getpagesize())} {
		b := make([]byte, pageHeader+metaLength)
		if _, err := f.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		m := b[pageHeader:]
		h := fnv.New64a()
		h.Write(m[:metaLength-8])
		if native.Uint32(m) != boltMagic || native.Uint64(m[56:]) != h.Sum64() || p.size != 0 && native.Uint64(m[48:]) <= newest {
			continue
		}
		newest = native.Uint64(m[48:])
		p.size, p.root, p.free, p.high = uint64(native.Uint32(m[8:])), native.Uint64(m[16:]), native.Uint64(m[32:]), native.Uint64(m[40:])
	}
	switch {
	case p.size == 0:
		return nil, corrupt("the file is not a store of the workbench, or its first pages are damaged")
	case p.size < 512 || p.size > 1<<20 || p.high > p.length/p.size:
		return nil, corrupt("the file has %d bytes, its first page says %d pages of %d bytes: it was cut short", p.length, p.high, p.size)
	}
	return p, nil
}

// run reads the start of a page and marks it, with the pages that belong to it, as visited.
func (p *pages) run(id uint64, kinds uint16) (header []byte, length uint64, err error) {
	if id < 2 || id >= p.high {
		return nil, 0, corrupt("page %d is outside the file", id)
	}
	header = make([]byte, pageHeader)
	if _, err := p.file.ReadAt(header, int64(id*p.size)); err != nil {
		return nil, 0, err
	}
	overflow := uint64(native.Uint32(header[12:]))
	if flags := native.Uint16(header[8:]); native.Uint64(header) != id || flags&kinds == 0 || flags&^kinds != 0 || overflow >= p.high-id {
		return nil, 0, corrupt("page %d has a damaged header", id)
	}
	for i := id; i <= id+overflow; i++ {
		if p.visited[i] {
			return nil, 0, corrupt("page %d is used twice", i)
		}
		p.visited[i] = true
	}
	return header, (overflow + 1) * p.size, nil
}

// freelist checks the list of free pages.
func (p *pages) freelist() error {
	if p.free == noFreelist {
		return nil
	}
	header, length, err := p.run(p.free, freelistPage)
	if err != nil {
		return err
	}
	count, at := uint64(native.Uint16(header[10:])), uint64(pageHeader)
	if count == 0xFFFF {
		b := make([]byte, 8)
		if _, err := p.file.ReadAt(b, int64(p.free*p.size+at)); err != nil {
			return err
		}
		count, at = native.Uint64(b), at+8
	}
	if count > (length-at)/8 {
		return corrupt("the list of free pages is longer than its page")
	}
	ids := make([]byte, count*8)
	if _, err := p.file.ReadAt(ids, int64(p.free*p.size+at)); err != nil {
		return err
	}
	for ; len(ids) > 0; ids = ids[8:] {
		if id := native.Uint64(ids); id < 2 || id >= p.high {
			return corrupt("free page %d is outside the file", id)
		}
	}
	return nil
}

// checkPages checks a whole file.
func checkPages(path string) error {
	return withPages(path, func(p *pages) error {
		if err := p.freelist(); err != nil {
			return err
		}
		return p.tree(p.root, 0)
	})
}

// checkLength checks what bbolt reads when it opens a file: it must not be cut short.
func checkLength(path string) error { return withPages(path, (*pages).freelist) }

func withPages(path string, check func(*pages) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := openPages(f)
	if err != nil {
		return err
	}
	return check(p)
}
