package index

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A snapshot's file is a line that says what it is, the length of its head and the head's own checksum, the head as JSON, and the parts, each at a
// multiple of 64 bytes. Numbers are as the processor has them: a snapshot is not for other machines.

const (
	snapshotMagic = "workbench index\n"
	partAlign     = 64
	checkedBytes  = 4 << 20 // of the parts, for one checksum
	maxHead       = 64 << 20
)

// castagnoli is the checksum that processors compute themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotHead says what is in a snapshot.
type snapshotHead struct {
	Form    string   `json:"makes"`
	Order   uint32   `json:"order"` // reads as itself where numbers are stored the same way
	Program string   `json:"program"`
	Mark    string   `json:"mark"`
	Lengths []int    `json:"lengths"` // of the parts
	Sums    []uint32 `json:"sums"`    // of every checkedBytes of the parts
}

const byteOrder = 0x01020304

// snapshotParts are the parts of a snapshot that is being made. They are shared with the index and not changed.
type snapshotParts struct{ list [][]byte }

func newSnapshotParts() *snapshotParts { return &snapshotParts{} }

func (s *snapshotParts) add(b []byte) { s.list = append(s.list, b) }

// texts adds two parts: the ends of texts, and the texts one after the other.
func (s *snapshotParts) texts(list []string) {
	var ends []uint64
	var all []byte
	for _, t := range list {
		all = append(all, t...)
		ends = append(ends, uint64(len(all)))
	}
	put64(s, ends)
	s.add(all)
}

func put16(s *snapshotParts, list []uint16)                         { s.add(bytesOf(list)) }
func put32[T ~uint32](s *snapshotParts, list []T)                   { s.add(bytesOf(list)) }
func put64[T uint64 | int64 | id | set](s *snapshotParts, list []T) { s.add(bytesOf(list)) }

// bytesOf is the memory of numbers.
func bytesOf[T any](list []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(list))), len(list)*int(unsafe.Sizeof(one)))
}

// numbersOf is memory as numbers. Parts begin at multiples of 64 bytes, so that numbers are where the processor wants them.
func numbersOf[T any](b []byte) []T {
	var one T
	n := len(b) / int(unsafe.Sizeof(one))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// write makes the file, durably, under a name of its own, and then gives it the name that it is to have.
func (s *snapshotParts) write(path string, head snapshotHead) (err error) {
	head.Order = byteOrder
	for _, b := range s.list {
		head.Lengths = append(head.Lengths, len(b))
	}
	// Always the same name, so that what a crash leaves is written over: one process holds a store. Readable by its owner alone.
	temp, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, temp.Close(), os.Remove(temp.Name()))
		}
	}()
	head.Sums = s.sums()
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(temp, 1<<20)
	start := append([]byte(snapshotMagic), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(start[len(snapshotMagic):], uint32(len(text)))
	binary.LittleEndian.PutUint32(start[len(snapshotMagic)+4:], crc32.Checksum(text, castagnoli))
	start = append(start, text...)
	start = append(start, make([]byte, aligned(len(start))-len(start))...)
	if _, err := w.Write(start); err != nil {
		return err
	}
	if err := s.each(func(b []byte) error { _, err := w.Write(b); return err }); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// each calls do with the parts and what fills up between them.
func (s *snapshotParts) each(do func([]byte) error) error {
	var gap [partAlign]byte
	for _, b := range s.list {
		if err := do(b); err != nil {
			return err
		}
		if err := do(gap[:aligned(len(b))-len(b)]); err != nil {
			return err
		}
	}
	return nil
}

// sums are the checksums of every checkedBytes of what each gives.
func (s *snapshotParts) sums() []uint32 {
	var sums []uint32
	var sum uint32
	left := checkedBytes
	_ = s.each(func(b []byte) error {
		for len(b) > 0 {
			n := min(left, len(b))
			sum = crc32.Update(sum, castagnoli, b[:n])
			b = b[n:]
			if left -= n; left == 0 {
				sums, sum, left = append(sums, sum), 0, checkedBytes
			}
		}
		return nil
	})
	if left < checkedBytes {
		sums = append(sums, sum)
	}
	return sums
}

func aligned(n int) int { return (n + partAlign - 1) / partAlign * partAlign }

// snapshotFile is a snapshot that is being taken over. What is taken is the index's own from then on.
type snapshotFile struct {
	head  snapshotHead
	parts []byte
	at    int // of head.Lengths
}

// openSnapshot returns nil where there is no file, and errSnapshot where it can't be used.
func openSnapshot(path, program string) (*snapshotFile, error) {
	whole, err := memoryOf(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSnapshot, err)
	}
	bad := func(why string) (*snapshotFile, error) { return nil, fmt.Errorf("%w: %s", errSnapshot, why) }
	begin := len(snapshotMagic) + 8
	if len(whole) < begin || string(whole[:len(snapshotMagic)]) != snapshotMagic {
		return bad("it is not a snapshot of the index")
	}
	length, sum := binary.LittleEndian.Uint32(whole[begin-8:]), binary.LittleEndian.Uint32(whole[begin-4:])
	if length > maxHead || int(length) > len(whole)-begin || crc32.Checksum(whole[begin:begin+int(length)], castagnoli) != sum {
		return bad("it is damaged")
	}
	f := &snapshotFile{}
	if err := json.Unmarshal(whole[begin:begin+int(length)], &f.head); err != nil {
		return bad("it is damaged")
	}
	if f.head.Form != Form || f.head.Program != program || f.head.Order != byteOrder {
		return bad("another version of the program made it")
	}
	f.parts = whole[min(aligned(begin+int(length)), len(whole)):]
	want := 0
	for _, n := range f.head.Lengths {
		want += aligned(n)
	}
	if want != len(f.parts) || !f.whole() {
		return bad("it is damaged")
	}
	return f, nil
}

// whole reports whether the parts have their checksums.
func (f *snapshotFile) whole() bool {
	pieces := (len(f.parts) + checkedBytes - 1) / checkedBytes
	if pieces != len(f.head.Sums) {
		return false
	}
	var next, wrong atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for at := int(next.Add(1)) - 1; at < pieces; at = int(next.Add(1)) - 1 {
				if crc32.Checksum(f.parts[at*checkedBytes:min((at+1)*checkedBytes, len(f.parts))], castagnoli) != f.head.Sums[at] {
					wrong.Add(1)
				}
			}
		})
	}
	group.Wait()
	return wrong.Load() == 0
}

// take returns the next part. It panics where there is none.
func (f *snapshotFile) take() []byte {
	n := f.head.Lengths[f.at]
	b := f.parts[:n:n]
	f.parts = f.parts[aligned(n):]
	f.at++
	return b
}

func (f *snapshotFile) texts() []string {
	ends, all := take64[uint64](f), f.take()
	out := make([]string, len(ends))
	from := uint64(0)
	for i, end := range ends {
		out[i], from = textOf(all[from:end]), end
	}
	return out
}

// textOf is memory that nobody writes to as a text.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func take16(f *snapshotFile) []uint16                         { return numbersOf[uint16](f.take()) }
func take32[T ~uint32](f *snapshotFile) []T                   { return numbersOf[T](f.take()) }
func take64[T uint64 | int64 | id | set](f *snapshotFile) []T { return numbersOf[T](f.take()) }

// loadSlots takes over a table of open addresses.
func loadSlots(flat []uint32) *slots {
	s := &slots{}
	for _, v := range flat {
		if v != 0 {
			s.count++
		}
	}
	table := unsafe.Slice((*atomic.Uint32)(unsafe.Pointer(unsafe.SliceData(flat))), len(flat))
	s.table.Store(&table)
	return s
}

// readAll is the file's text in memory of the process.
func readAll(f *os.File, size int) ([]byte, error) {
	room := make([]uint64, (size+7)/8) // so that numbers in it are where the processor wants them
	b := bytesOf(room)[:size]
	_, err := io.ReadFull(f, b)
	return b, err
}
