package boltstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// Act implements store.Facts.
func (s *Store) Act(ctx context.Context, scope workbench.Scope, action workbench.Action) (workbench.Action, store.Change, error) {
	if err := ctx.Err(); err != nil {
		return workbench.Action{}, 0, err
	}
	if action.ID == "" || len(action.ID) > maxID {
		var bad *workbench.Invalid
		return workbench.Action{}, 0, bad.Set("id", "is missing or longer than 256 bytes")
	}
	action.Changes = slices.Clone(action.Changes)
	var stored workbench.Action
	var change store.Change
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		t, story, err := find(tx, scope, action.Story)
		if err != nil {
			return err
		}
		if t.actionIDs.Get([]byte(action.ID)) != nil {
			return fmt.Errorf("action %q: %w", workbench.Text(action.ID), workbench.ErrExists)
		}
		state, err := t.stateOf(story.number)
		if err != nil {
			return err
		}
		if stored, err = state.Prepare(action); err != nil {
			return err
		}
		stored.Expect = 0 // it says what the analyst saw, and is not kept
		if !hasEffect(state, stored) {
			return errNoEffect
		}
		if err := putAction(t, story, stored); err != nil {
			return err
		}
		if err := putStory(tx, t, story); err != nil {
			return err
		}
		change = store.Change(parseNumber(tx.Bucket(bucketMeta).Get(metaChange)))
		return record(tx, store.AuditEntry{At: stored.At, By: stored.By, What: "acted on story",
			About: fmt.Sprintf("story %s, action %s", stored.Story, workbench.Text(stored.ID))})
	})
	switch {
	case err == errNoEffect:
		return stored, 0, nil
	case err != nil:
		return workbench.Action{}, 0, fmt.Errorf("acting on story %s: %w", workbench.Text(string(action.Story)), err)
	}
	return stored, change, nil
}

// errNoEffect ends the transaction of an action that changes nothing.
var errNoEffect = errors.New("action has no effect")

// hasEffect also knows the action that only withdraws a comment.
func hasEffect(s workbench.State, a workbench.Action) bool {
	withdraws := slices.ContainsFunc(s.Comments, func(c workbench.Comment) bool { return a.Undoes != "" && c.ID == a.Undoes })
	return len(a.Changes) > 0 || !a.Comment.IsZero() || withdraws
}

func putAction(t *tenant, story numberedStory, a workbench.Action) error {
	ordinal := uint64(1)
	if former := numbersUnder(t.actions, number(story.number)); len(former) > 0 {
		ordinal = former[len(former)-1] + 1
	}
	value, err := marshal(a)
	if err != nil {
		return err
	}
	key := slices.Concat(number(story.number), number(ordinal))
	return putAll([]row{{t.actions, key, value}, {t.actionIDs, []byte(a.ID), key}})
}

// find looks a story up in the tenants of a scope. ErrNotFound where it is unknown, outside or gone.
func find(tx *bbolt.Tx, scope workbench.Scope, id workbench.StoryID) (*tenant, numberedStory, error) {
	if id == "" || len(id) > maxID {
		return nil, numberedStory{}, workbench.ErrNotFound
	}
	tenants := tx.Bucket(bucketTenants)
	c := tenants.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if !scope.Sees(workbench.TenantID(k)) {
			continue
		}
		ids := tenants.Bucket(k).Bucket([]byte("ids"))
		if ids == nil || ids.Get([]byte(id)) == nil {
			continue
		}
		t, err := openTenant(tx, workbench.TenantID(k))
		if err != nil {
			return nil, numberedStory{}, err
		}
		r, err := t.story(parseNumber(t.ids.Get([]byte(id))))
		if err != nil || !r.gone {
			return t, r, err
		}
	}
	return nil, numberedStory{}, workbench.ErrNotFound
}
