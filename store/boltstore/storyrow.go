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

func (t *tenant) story(n uint64) (numberedStory, error) {
	value := t.stories.Get(number(n))
	if value == nil {
		return numberedStory{}, corrupt("story %d of tenant %s is missing", n, t.id.Text())
	}
	r, err := decodeStory(t.id, value)
	if err != nil {
		return numberedStory{}, corrupt("story %d of tenant %s: %v", n, t.id.Text(), err)
	}
	r.head = bytes.Clone(r.head)
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
func putStory(tx *bbolt.Tx, t *tenant, r numberedStory) error {
	changes := tx.Bucket(bucketChanges)
	if r.change != 0 {
		if err := changes.Delete(number(r.change)); err != nil {
			return err
		}
	}
	n, err := advance(tx.Bucket(bucketMeta), metaChange)
	if err != nil {
		return err
	}
	r.change = n
	return putAll([]row{{changes, number(n), textAndNumber(string(t.id), r.number)}, {t.stories, number(r.number), r.encode()}})
}

func decodeHead(r storyRecord) (workbench.Head, error) {
	var h workbench.Head
	if r.gone {
		return h, nil
	}
	if err := json.Unmarshal(r.head, &h); err != nil {
		return h, corrupt("head of story %s: %v", r.id, err)
	}
	return h, nil
}

// stateOf folds the actions of a story.
func (t *tenant) stateOf(n uint64) (workbench.State, error) {
	var actions []workbench.Action
	prefix := number(n)
	c := t.actions.Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var a workbench.Action
		if err := json.Unmarshal(v, &a); err != nil {
			return workbench.State{}, corrupt("action %d of story %d of tenant %s: %v", lastNumber(k), n, t.id.Text(), err)
		}
		actions = append(actions, a)
	}
	return workbench.StateOf(actions), nil
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
