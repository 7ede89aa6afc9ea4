package textindex

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"workbench"
)

// The sizes, in bytes of text, from which a block is closed. A text is never cut, so that a block can be larger by one text.
const (
	plainBlock = 8 << 10
	hexBlock   = 4 << 10
	maxPlain   = 1 << 20 // no text in a block is longer; see workbench.MaxTextBytes and what folding may add
)

// How the texts of a block are kept.
const (
	blockPlain  = 0
	blockZstd   = 1
	blockDigits = 2
)

// packer compresses and decompresses blocks. It is safe for concurrent use.
type packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newPacker() (*packer, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(64<<10),
		zstd.WithEncoderCRC(false), zstd.WithAllLitEntropyCompression(true), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("preparing compression: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("preparing compression: %w", err)
	}
	return &packer{encoder: encoder, decoder: decoder}, nil
}

// pack appends a block: how it is kept, and its texts: how many, the length of each, and their bytes.
func (p *packer) pack(to []byte, ends []uint32, text []byte, digits bool) []byte {
	plain := binary.AppendUvarint(make([]byte, 0, len(text)+2*len(ends)+8), uint64(len(ends)))
	from := uint32(0)
	for _, end := range ends {
		plain = binary.AppendUvarint(plain, uint64(end-from))
		from = end
	}
	if digits {
		return appendPacked(append(append(to, blockDigits), plain...), text)
	}
	plain = append(plain, text...)
	n := len(to)
	if to = p.encoder.EncodeAll(plain, append(to, blockZstd)); len(to)-n <= len(plain) {
		return to
	}
	return append(append(to[:n], blockPlain), plain...)
}

// texts is a block that was read.
type texts struct {
	ends   []uint32 // where each text ends
	text   []byte
	digits bool // they are nothing but hexadecimal digits
	room   []byte
}

// unpack reads a block whose texts, with their lengths, take size bytes before compression. It keeps nothing of packed, but t.text may
// share its bytes until the next call.
func (t *texts) unpack(p *packer, packed []byte, size int) error {
	if len(packed) == 0 {
		return damage("a block is empty")
	}
	kind, plain := packed[0], packed[1:]
	if kind == blockZstd {
		if cap(t.room) < size {
			t.room = make([]byte, 0, size+size/4)
		}
		var err error
		if plain, err = p.decoder.DecodeAll(plain, t.room[:0:size]); err != nil {
			return damage("a block does not unpack: %v", err)
		}
		t.room = plain[:0:cap(plain)]
	} else if kind > blockDigits {
		return damage("a block is of kind %d", kind)
	}
	count, used := binary.Uvarint(plain)
	if used <= 0 || count > uint64(len(plain)) {
		return damage("a block has %d texts", count)
	}
	plain = plain[used:]
	t.ends = t.ends[:0]
	end := uint64(0)
	for range count {
		n, used := binary.Uvarint(plain)
		if used <= 0 || n > maxPlain {
			return damage("a block has a text of %d bytes", n)
		}
		plain = plain[used:]
		end += n
		if end > 1<<30 {
			return damage("a block has %d bytes of text", end)
		}
		t.ends = append(t.ends, uint32(end))
	}
	if t.digits = kind == blockDigits; t.digits {
		if end != 2*uint64(len(plain)) {
			return damage("a block of digits has %d bytes for %d digits", len(plain), end)
		}
		t.room = hex.AppendEncode(t.room[:0], plain)
		plain = t.room
	}
	if uint64(len(plain)) != end {
		return damage("a block has %d bytes for %d", len(plain), end)
	}
	t.text = plain
	return nil
}

// at returns one text.
func (t *texts) at(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.text[from:t.ends[i]]
}

// damage is an error about a file that is not what was written.
func damage(format string, args ...any) error {
	return fmt.Errorf("%w: %s", workbench.ErrCorrupt, fmt.Sprintf(format, args...))
}
