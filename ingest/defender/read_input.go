package defender

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"workbench"
)

const (
	maxRecord  = 64 << 20  // bytes of the largest record that is read
	smallInput = 256 << 10 // bytes of the buffer between large records
	ownedFrom  = 1 << 20   // bytes from which a record is handed over with its buffer instead of being copied
)

// unpack returns the plain text behind r, without a byte order mark counted as text.
func unpack(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	magic, err := b.Peek(2)
	switch {
	case len(magic) == 0 && err == io.EOF:
		return nil, fmt.Errorf("%w: it is empty", ErrNotRecords)
	case len(magic) == 0:
		return nil, fmt.Errorf("reading: %w", err)
	case bytes.Equal(magic, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("%w: it begins like a gzip file but is none: %w", ErrNotRecords, err)
		}
		return unpacked, nil
	case bytes.Equal(magic, []byte{0xff, 0xfe}), bytes.Equal(magic, []byte{0xfe, 0xff}):
		return nil, fmt.Errorf("%w: it is written in UTF-16; save it as UTF-8", ErrNotRecords)
	}
	return b, nil
}

// input is the window of the plain text that is looked at. buf[start:end] is read and not yet passed; buf[0] is byte base of the text.
type input struct {
	src        io.Reader
	buf        []byte
	start, end int
	base       int64
	err        error // why there is no more; io.EOF where the text just ends
}

func (in *input) offset() int64 { return in.base + int64(in.start) }

// fill reads more, and reports false where there is no more.
func (in *input) fill() bool {
	if in.err != nil {
		return false
	}
	held := in.end - in.start
	switch {
	case in.end < len(in.buf):
	case held <= len(in.buf)/2 && len(in.buf) > 0:
		copy(in.buf, in.buf[in.start:in.end])
		in.base += int64(in.start)
		in.start, in.end = 0, held
	default:
		in.move(min(max(2*len(in.buf), smallInput), max(held, maxRecord)+smallInput))
	}
	for range 100 {
		n, err := in.src.Read(in.buf[in.end:])
		in.end += n
		in.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	in.err = io.ErrNoProgress
	return false
}

// move puts what is held into a new buffer.
func (in *input) move(size int) {
	held := in.end - in.start
	buf := make([]byte, max(size, held))
	copy(buf, in.buf[in.start:in.end])
	in.base += int64(in.start)
	in.buf, in.start, in.end = buf, 0, held
}

// peek returns the next byte without passing it.
func (in *input) peek() (byte, bool) {
	if in.start == in.end && !in.fill() {
		return 0, false
	}
	return in.buf[in.start], true
}

// at returns the byte i places after the next one.
func (in *input) at(i int) (byte, bool) {
	for in.start+i >= in.end {
		if !in.fill() {
			return 0, false
		}
	}
	return in.buf[in.start+i], true
}

// space passes white space and reports false at the end.
func (in *input) space() bool {
	for {
		for in.start < in.end {
			if !isSpace(in.buf[in.start]) {
				return true
			}
			in.start++
		}
		if !in.fill() {
			return false
		}
	}
}

// take passes n bytes and returns them for good: copied, or, where they are many, with the buffer they stand in.
func (in *input) take(n int) []byte {
	raw := in.buf[in.start : in.start+n : in.start+n]
	in.start += n
	if n < ownedFrom {
		raw = bytes.Clone(raw)
		if len(in.buf) > 2*ownedFrom && in.end-in.start < smallInput {
			in.move(smallInput)
		}
		return raw
	}
	in.move(max(smallInput, in.end-in.start))
	return raw
}

// cut says that the text ends in the record that begins at the given offset.
func (in *input) cut(record int64) error {
	if in.err != nil && !errors.Is(in.err, io.EOF) {
		return &CutError{Position: in.base + int64(in.end), Record: record, Err: in.err}
	}
	return &CutError{Position: in.base + int64(in.end), Record: record}
}

// passed is a record that is too large to be held.
type passed struct {
	first  []byte
	length int64
	hash   hash.Hash
}

// pass passes n bytes of it.
func (in *input) pass(p *passed, n int) {
	p.add(in.buf[in.start : in.start+n])
	in.start += n
	if len(in.buf) > 2*ownedFrom {
		in.move(smallInput)
	}
}

func (p *passed) add(b []byte) {
	if p.hash == nil {
		p.hash = sha256.New()
	}
	p.hash.Write(b)
	p.first = append(p.first, b[:min(len(b), firstBytes-len(p.first))]...)
	p.length += int64(len(b))
}

func (p *passed) sum() (h workbench.Hash) {
	p.hash.Sum(h[:0])
	return h
}
