package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// verifyingTenant checks what belongs to one tenant.
type verifyingTenant struct {
	verifying
	*tenant
	unpacked    *unpacked
	observation uint64 // last number given to a receipt
}

func (v verifyingTenant) run() error {
	for _, check := range []func() error{v.documentRows, v.storyRows, v.lookUps, v.actionRows, v.quarantineRows, v.contentOfGroups} {
		if err := v.note(check()); err != nil {
			return err
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// documentRows recomputes every hash and looks for the rows that lead to the document.
func (v verifyingTenant) documentRows() error {
	c := v.documents.Cursor()
	for k, value := c.First(); k != nil; k, value = c.Next() {
		n := parseNumber(k)
		r, err := decodeDocument(v.tenant.id, value)
		if err != nil {
			v.tell("document %d of tenant %s cannot be read: %v", n, v.tenant.id.Text(), err)
			continue
		}
		if r.JSON, err = v.unpacked.bytesOf(r.place); err != nil {
			v.tell("document %d of tenant %s: %v", n, v.tenant.id.Text(), err)
			continue
		}
		if workbench.HashJSON(r.JSON) != r.Hash {
			v.tell("document %d of tenant %s (%s %s) does not match its hash %s", n, v.tenant.id.Text(), r.Kind, workbench.Text(r.Object), r.Hash)
		}
		led := parseNumber(v.hashes.Get(identity(r.Document, r.Hash))) == n && v.groups.Get(groupMember(r.Groups(), 'd', n)) != nil
		if r.Kind == workbench.AlertDocument {
			led = led && v.alerts.Get(textAndNumber(r.Object, n)) != nil
		}
		if !led {
			v.tell("document %d of tenant %s (%s %s) is missing from a look-up", n, v.tenant.id.Text(), r.Kind, workbench.Text(r.Object))
		}
		receipts, err := receiptsOf(v.tenant, n)
		if err != nil || len(receipts) == 0 || receipts[0].Observation != r.Observation || r.Observation > v.observation {
			v.tell("document %d of tenant %s (%s %s) has no fitting receipt", n, v.tenant.id.Text(), r.Kind, workbench.Text(r.Object))
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// lookUps checks that every row of a look-up leads somewhere.
func (v verifyingTenant) lookUps() error {
	each := func(name string, b *bbolt.Bucket, target func(k, value []byte) (*bbolt.Bucket, uint64)) {
		c := b.Cursor()
		for k, value := c.First(); k != nil; k, value = c.Next() {
			if to, n := target(k, value); to == nil || to.Get(number(n)) == nil {
				v.tell("look-up %s of tenant %s leads to number %d, which is missing", name, v.tenant.id.Text(), n)
			}
		}
	}
	byKey := func(b *bbolt.Bucket) func(k, _ []byte) (*bbolt.Bucket, uint64) {
		return func(k, _ []byte) (*bbolt.Bucket, uint64) { return b, lastNumber(k) }
	}
	byValue := func(b *bbolt.Bucket) func(_, value []byte) (*bbolt.Bucket, uint64) {
		return func(_, value []byte) (*bbolt.Bucket, uint64) { return b, parseNumber(value) }
	}
	each("hashes", v.hashes, byValue(v.documents))
	each("ids", v.ids, byValue(v.stories))
	each("alerts", v.alerts, byKey(v.documents))
	each("moved", v.moved, byKey(v.stories))
	each("contents", v.contents, func(k, _ []byte) (*bbolt.Bucket, uint64) { return v.stories, parseNumber(k) })
	each("groups", v.groups, func(k, _ []byte) (*bbolt.Bucket, uint64) {
		_, rest, ok := cutGroup(v.tenant.id, k)
		switch {
		case ok && len(rest) == 9 && rest[0] == 'd':
			return v.documents, lastNumber(k)
		case ok && len(rest) == 9 && rest[0] == 's':
			return v.stories, lastNumber(k)
		}
		return nil, 0
	})
	return nil
}

func (v verifyingTenant) actionRows() error {
	c := v.actions.Cursor()
	for k, value := c.First(); k != nil; k, value = c.Next() {
		var a workbench.Action
		err := json.Unmarshal(value, &a)
		switch {
		case err != nil || len(k) != 16:
			v.tell("an action of tenant %s cannot be read: %v", v.tenant.id.Text(), err)
		case !bytes.Equal(v.actionIDs.Get([]byte(a.ID)), k):
			v.tell("action %s of tenant %s is missing from a look-up", workbench.Text(a.ID), v.tenant.id.Text())
		case parseNumber(v.ids.Get([]byte(a.Story))) != parseNumber(k[:8]):
			v.tell("action %s of tenant %s stands under another story", workbench.Text(a.ID), v.tenant.id.Text())
		}
	}
	return nil
}

func (v verifyingTenant) quarantineRows() error {
	c := v.quarantine.Cursor()
	for k, value := c.First(); k != nil; k, value = c.Next() {
		r, err := decodeQuarantined(k, value)
		if err != nil {
			v.tell("%s", err)
			continue
		}
		first, err := v.s.codec.unpack(v.quarantineBytes.Get(k))
		r.First = first
		if err != nil || r.Whole() && workbench.Hash(sha256.Sum256(first)) != r.Hash {
			v.tell("quarantined record %s of tenant %s does not match its hash", workbench.Text(r.ID), v.tenant.id.Text())
		}
	}
	return nil
}

// contentOfGroups derives every group again.
func (v verifyingTenant) contentOfGroups() error {
	if !v.derive {
		return nil
	}
	after := workbench.GroupKey{Tenant: v.tenant.id}
	for {
		keys, err := groupsAfter(v.tx, after, groupsAtOnce)
		if err != nil || len(keys) == 0 || keys[0].Tenant != v.tenant.id {
			return err
		}
		for _, key := range keys {
			if key.Tenant != v.tenant.id {
				return nil
			}
			effects, err := v.s.rederive(v.tx, key, false)
			if err := v.note(err); err != nil {
				return err
			}
			for _, e := range effects {
				if e.Effect != store.Unchanged {
					v.tell("story %s is not what its documents give; rebuild the store", e.ID)
				}
			}
			if err := v.ctx.Err(); err != nil {
				return err
			}
		}
		after = keys[len(keys)-1]
	}
}
