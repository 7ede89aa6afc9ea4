package boltstore

import (
	"bytes"
	"encoding/json"

	"go.etcd.io/bbolt"

	"workbench"
)

// numberedStory is a story's record with its number.
type numberedStory struct {
	storyRecord
	number uint64 // 0 = there is no such story
}

// story needs the bucket stories.
func (t *tenant) story(n uint64) (numberedStory, error) {
	return t.storyIn(n, t.stories.Get(number(n)))
}

// storyIn reads the record of story n.
func (t *tenant) storyIn(n uint64, value []byte) (numberedStory, error) {
	if value == nil {
		return numberedStory{}, corrupt("story %d of tenant %s is missing", n, t.id.Text())
	}
	r, err := decodeStory(t.id, value)
	if err != nil {
		return numberedStory{}, corrupt("story %d of tenant %s: %v", n, t.id.Text(), err)
	}
	return numberedStory{r, n}, nil
}

// storiesOf lists the stories that were ever derived from a group, also those that are gone.
func (t *tenant) storiesOf(key workbench.GroupKey) ([]numberedStory, error) {
	var out []numberedStory
	for _, n := range numbersUnder(t.groups, append(groupKey(key), 's')) {
		r, err := t.story(n)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// putStory writes a story's record with the next number of the change feed, where it takes the place of its former row.
func (s *Store) putStory(tx *bbolt.Tx, t *tenant, r numberedStory) error {
	if err := t.renew(&r); err != nil {
		return err
	}
	changes := tx.Bucket(bucketChanges)
	if r.change == 0 {
		changes.FillPercent = full
	} else if err := changes.Delete(number(r.change)); err != nil {
		return err
	}
	n, err := advance(tx.Bucket(bucketMeta), metaChange)
	if err != nil {
		return err
	}
	r.change = n
	s.whereabouts.note(r.id, s.whereabouts.number(t.id))
	return putAll([]row{{changes, number(n), textAndNumber(string(t.id), r.number)}, {t.stories, number(r.number), r.encode()}})
}

// renew gives an old record the present form.
func (t *tenant) renew(r *numberedStory) error {
	if !r.old {
		return nil
	}
	var head workbench.Head
	if err := r.readHead(&head); err != nil {
		return err
	}
	state, err := t.stateOf(r.number)
	if err != nil {
		return err
	}
	r.old, r.state = false, string(encodeState(state))
	if !r.gone {
		r.head = string(encodeHead(&head, r.group))
	}
	return nil
}

// readSummary reads what lists know of a story's state into state, which is zero.
func (t *tenant) readSummary(r *numberedStory, state *workbench.State) error {
	if r.old {
		all, err := t.stateOf(r.number)
		*state = summary(all)
		return err
	}
	if err := readState(r.state, state); err != nil {
		return corrupt("state of story %s: %v", workbench.Text(string(r.id)), err)
	}
	return nil
}

// stateOf folds the actions of a story.
func (t *tenant) stateOf(n uint64) (workbench.State, error) {
	actions, _, err := t.actionsOf(n)
	return workbench.StateOf(actions), err
}

// actionsOf reads the actions of a story, and the ordinal of the last.
func (t *tenant) actionsOf(n uint64) (actions []workbench.Action, last uint64, err error) {
	if err := t.open(&t.actions, "actions"); err != nil {
		return nil, 0, err
	}
	prefix := number(n)
	c := t.actions.Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var a workbench.Action
		if err := json.Unmarshal(v, &a); err != nil {
			return nil, 0, corrupt("action %d of story %d of tenant %s: %v", lastNumber(k), n, t.id.Text(), err)
		}
		actions, last = append(actions, a), lastNumber(k)
	}
	return actions, last, nil
}

// content unpacks a story's content.
func (s *Store) content(t *tenant, r numberedStory) (workbench.Content, error) {
	var c workbench.Content
	packed := t.contents.Get(number(r.number))
	if packed == nil {
		return c, corrupt("content of story %s is missing", r.id)
	}
	plain, err := s.codec.unpack(packed)
	if err != nil {
		return c, corrupt("content of story %s: %v", r.id, err)
	}
	if err := json.Unmarshal(plain, &c); err != nil {
		return c, corrupt("content of story %s: %v", r.id, err)
	}
	return c, nil
}
