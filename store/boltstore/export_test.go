package boltstore

import (
	"encoding/binary"

	"workbench"
)

// RenewedAtOnce is how many stories one transaction brings forward.
const RenewedAtOnce = renewedAtOnce

// OldStory is the record of a story as formats 1 and 2 had it.
func OldStory(tenant workbench.TenantID, value []byte) ([]byte, error) {
	r, err := decodeStory(tenant, value)
	if err != nil || r.old {
		return value, err
	}
	var h workbench.Head
	if err := r.readHead(&h); err != nil {
		return nil, err
	}
	b := append(binary.BigEndian.AppendUint64(nil, r.change), flag(r.gone))
	b = appendText(appendText(appendText(b, string(r.id)), r.group.Incident), r.group.Alert)
	b = append(b, r.content[:]...)
	if r.gone {
		return b, nil
	}
	head, err := marshal(h)
	return append(b, head...), err
}

// IsOldStory reports whether a record is in the form of formats 1 and 2.
func IsOldStory(value []byte) bool {
	r, err := decodeStory("", value)
	return err == nil && r.old
}
