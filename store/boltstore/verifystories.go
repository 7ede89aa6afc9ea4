package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"

	"workbench"
)

// storyRows checks that each story is found by its look-ups, and that its record says what content and actions give.
func (v verifyingTenant) storyRows() error {
	c := v.stories.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		r, err := v.tenant.story(parseNumber(k))
		if err != nil {
			v.tell("%s", err)
			continue
		}
		v.changes[r.change] = true
		if parseNumber(v.ids.Get([]byte(r.id))) != r.number || v.groups.Get(groupMember(r.group, 's', r.number)) == nil ||
			!bytes.Equal(v.tx.Bucket(bucketChanges).Get(number(r.change)), textAndNumber(string(v.tenant.id), r.number)) {
			v.tell("story %s is missing from a look-up", r.id)
		}
		if err := v.stateRow(r); err != nil {
			v.tell("%s", err)
		}
		if r.gone {
			continue
		}
		plain, err := v.s.codec.unpack(v.contents.Get(number(r.number)))
		if err != nil || workbench.Hash(sha256.Sum256(plain)) != r.content {
			v.tell("content of story %s does not match its hash", r.id)
			continue
		}
		var content workbench.Content
		if err := json.Unmarshal(plain, &content); err != nil {
			v.tell("content of story %s cannot be read: %v", r.id, err)
			continue
		}
		if err := v.tenant.renew(&r); err != nil || r.head != string(encodeHead(&content.Head, r.group)) {
			v.tell("head of story %s is not that of its content", r.id)
		}
		for _, to := range content.MovedTo {
			if v.moved.Get(textAndNumber(string(to), r.number)) == nil {
				v.tell("story %s is missing from a look-up", r.id)
			}
		}
	}
	return nil
}

// stateRow folds the actions again.
func (v verifyingTenant) stateRow(r numberedStory) error {
	if r.old {
		return nil
	}
	state, err := v.tenant.stateOf(r.number)
	if err == nil && r.state != string(encodeState(state)) {
		err = corrupt("state of story %s is not what its actions give; rebuild the store", workbench.Text(string(r.id)))
	}
	return err
}
