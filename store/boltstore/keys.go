package boltstore

import (
	"bytes"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"workbench"
)

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// parseNumber reads what number wrote; anything else is 0, which is no number in use.
func parseNumber(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// lastNumber reads the number that ends a key.
func lastNumber(key []byte) uint64 {
	if len(key) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(key[len(key)-8:])
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func cutText(b []byte) (text string, rest []byte, ok bool) {
	n, used := binary.Uvarint(b)
	if used <= 0 || uint64(len(b)-used) < n {
		return "", nil, false
	}
	return string(b[used : used+int(n)]), b[used+int(n):], true
}

// groupKey is 'i' and an incident, or 'a' and an alert. No key begins another.
func groupKey(g workbench.GroupKey) []byte {
	if g.Incident != "" {
		return appendText([]byte{'i'}, g.Incident)
	}
	return appendText([]byte{'a'}, g.Alert)
}

// cutGroup reads the group that begins a key of the bucket groups.
func cutGroup(tenant workbench.TenantID, key []byte) (g workbench.GroupKey, rest []byte, ok bool) {
	if len(key) == 0 {
		return g, nil, false
	}
	text, rest, ok := cutText(key[1:])
	switch g.Tenant = tenant; key[0] {
	case 'i':
		g.Incident = text
	case 'a':
		g.Alert = text
	default:
		ok = false
	}
	return g, rest, ok
}

func groupMember(g workbench.GroupKey, kind byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64(append(groupKey(g), kind), n)
}

func textAndNumber(text string, n uint64) []byte {
	return binary.BigEndian.AppendUint64(appendText(nil, text), n)
}

// identity is what makes two documents of a tenant the same: kind, object, hash and, for an alert that does not name its incident itself,
// the incident it came in.
func identity(d workbench.Document, hash workbench.Hash) []byte {
	key := append(appendText(appendText(nil, string(d.Kind)), d.Object), hash[:]...)
	if d.Kind == workbench.AlertDocument && !d.Own {
		key = appendText(key, d.Incident)
	}
	return key
}

// numbersUnder lists the numbers that end the keys with a prefix, in their order.
func numbersUnder(b *bbolt.Bucket, prefix []byte) []uint64 {
	var out []uint64
	c := b.Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if len(k) == len(prefix)+8 {
			out = append(out, lastNumber(k))
		}
	}
	return out
}
