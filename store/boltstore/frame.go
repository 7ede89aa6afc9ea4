package boltstore

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"workbench"
)

// dictionary1 is JSON in the shape of Graph incidents and alerts, with invented values: compression finds names and frequent words in it,
// so that even one small document compresses well. Frames name the dictionary that they were made with by its number; a better one gets
// the next number, and this one stays, byte for byte, for as long as frames made with it may exist.
//
//go:embed dictionary-1.json
var dictionary1 []byte

const (
	dictionaryNumber = 1
	maxFrame         = 1 << 20   // bytes after which a frame takes no further document
	maxUnpacked      = 128 << 20 // no value in the store is larger than this when unpacked
)

// codec packs and unpacks what the store keeps compressed. It is safe for concurrent use.
type codec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	room    sync.Pool // of *[]byte, to write into what is copied or packed before anybody else writes there
}

func newCodec() (*codec, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithWindowSize(maxFrame),
		zstd.WithEncoderDictRaw(dictionaryNumber, dictionary1))
	if err != nil {
		return nil, fmt.Errorf("preparing compression: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxUnpacked), zstd.WithDecodeAllCapLimit(false),
		zstd.WithDecoderDictRaw(dictionaryNumber, dictionary1))
	if err != nil {
		return nil, fmt.Errorf("preparing compression: %w", err)
	}
	return &codec{encoder: encoder, decoder: decoder}, nil
}

func (c *codec) pack(plain []byte) ([]byte, error) {
	if len(plain) > maxUnpacked {
		return nil, fmt.Errorf("packing %d bytes, the limit is %d: %w", len(plain), maxUnpacked, workbench.ErrTooLarge)
	}
	room := c.borrow(len(plain)/2 + 64)
	*room = c.encoder.EncodeAll(plain, (*room)[:0])
	packed := bytes.Clone(*room) // of its size: a transaction keeps thousands of them
	c.giveBack(room)
	return packed, nil
}

// maxRoom is how large room may be that is kept for later.
const maxRoom = 4 << 20

// borrow returns room for some bytes, which may hold anything.
func (c *codec) borrow(size int) *[]byte {
	room, _ := c.room.Get().(*[]byte)
	if room == nil {
		room = new([]byte)
	}
	*room = slices.Grow((*room)[:0], size)
	return room
}

// giveBack takes room that nobody uses any more.
func (c *codec) giveBack(room *[]byte) {
	if cap(*room) <= maxRoom {
		c.room.Put(room)
	}
}

// unpack returns bytes of its own, and ErrCorrupt where packed is not what pack returned.
func (c *codec) unpack(packed []byte) ([]byte, error) {
	plain, err := c.decoder.DecodeAll(packed, nil)
	if err != nil {
		return nil, corrupt("unpacking: %v", err)
	}
	return plain, nil
}

func (c *codec) close() {
	c.decoder.Close()
}

// frames collects the new documents of one tenant in a transaction, so that those of one incident share a compressed frame.
type frames struct {
	open  map[string]*frame // by incident; "" = documents without incident
	next  func() (uint64, error)
	codec *codec
	done  func(number uint64, packed []byte) error
}

type frame struct {
	number uint64
	parts  [][]byte
	size   int
}

// place is where a document's bytes lie.
type place struct{ frame, offset, length uint64 }

// add keeps raw until flush; the caller leaves it as it is.
func (f *frames) add(incident string, raw []byte) (place, error) {
	at := f.open[incident]
	if at != nil && at.size > 0 && at.size+len(raw) > maxFrame {
		packed, err := f.pack(at)
		if err == nil {
			err = f.done(at.number, packed)
		}
		if err != nil {
			return place{}, err
		}
		at = nil
	}
	if at == nil {
		number, err := f.next()
		if err != nil {
			return place{}, err
		}
		at = &frame{number: number}
		f.open[incident] = at
	}
	p := place{frame: at.number, offset: uint64(at.size), length: uint64(len(raw))}
	at.parts, at.size = append(at.parts, raw), at.size+len(raw)
	return p, nil
}

// pack packs a frame's documents. It may run for several frames at once.
func (f *frames) pack(at *frame) ([]byte, error) {
	if len(at.parts) == 1 {
		return f.codec.pack(at.parts[0])
	}
	plain := f.codec.borrow(at.size)
	defer f.codec.giveBack(plain)
	for _, raw := range at.parts {
		*plain = append(*plain, raw...)
	}
	return f.codec.pack(*plain)
}

// flush writes the frames that are still open, in the order of their numbers.
func (f *frames) flush() error {
	byNumber := func(a, b *frame) int { return cmp.Compare(a.number, b.number) }
	list := slices.SortedFunc(maps.Values(f.open), byNumber)
	packed, errs := make([][]byte, len(list)), make([]error, len(list))
	sideBySide(len(list), func(i int) { packed[i], errs[i] = f.pack(list[i]) })
	for i, at := range list {
		if errs[i] != nil {
			return errs[i]
		}
		if err := f.done(at.number, packed[i]); err != nil {
			return err
		}
	}
	clear(f.open)
	return nil
}
