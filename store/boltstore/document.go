package boltstore

import (
	"bytes"
	"encoding/json"
	"slices"

	"workbench"
)

func (t *tenant) document(n uint64) (documentRecord, error) {
	value := t.documents.Get(number(n))
	if value == nil {
		return documentRecord{}, corrupt("document %d of tenant %s is missing", n, t.id.Text())
	}
	r, err := decodeDocument(t.id, value)
	if err != nil {
		return r, corrupt("document %d of tenant %s: %v", n, t.id.Text(), err)
	}
	return r, nil
}

// unpacked keeps the frames that one reading touches, since documents of one group lie together.
type unpacked struct {
	codec  *codec
	tenant *tenant
	kept   map[uint64][]byte
	size   int
}

// bytesOf returns a document's bytes. The caller owns them.
func (u *unpacked) bytesOf(p place) ([]byte, error) {
	plain, ok := u.kept[p.frame]
	if !ok {
		packed := u.tenant.frames.Get(number(p.frame))
		if packed == nil {
			return nil, corrupt("frame %d of tenant %s is missing", p.frame, u.tenant.id.Text())
		}
		var err error
		if plain, err = u.codec.unpack(packed); err != nil {
			return nil, corrupt("frame %d of tenant %s: %v", p.frame, u.tenant.id.Text(), err)
		}
		if u.size += len(plain); u.kept == nil || u.size > 8*maxFrame {
			u.kept, u.size = map[uint64][]byte{}, len(plain)
		}
		u.kept[p.frame] = plain
	}
	if end := p.offset + p.length; end < p.offset || end > uint64(len(plain)) {
		return nil, corrupt("frame %d of tenant %s is too short", p.frame, u.tenant.id.Text())
	}
	return bytes.Clone(plain[p.offset : p.offset+p.length]), nil
}

func receiptsOf(t *tenant, n uint64) ([]workbench.Receipt, error) {
	var out []workbench.Receipt
	prefix := number(n)
	c := t.receipts.Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var r workbench.Receipt
		if err := json.Unmarshal(v, &r); err != nil {
			return nil, corrupt("receipt %d of tenant %s: %v", lastNumber(k), t.id.Text(), err)
		}
		out = append(out, r)
	}
	return out, nil
}

func putReceipt(t *tenant, n uint64, r workbench.Receipt) error {
	value, err := marshal(r)
	if err != nil {
		return err
	}
	return t.receipts.Put(slices.Concat(number(n), number(r.Observation)), value)
}
