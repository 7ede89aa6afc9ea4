package boltstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
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
	a := acting{s: s, scope: scope, action: action}
	var err error
	if known := s.whereabouts.of(action.Story); known == "" || !scope.Sees(known) {
		err = s.view(ctx, a.look)
	}
	if err == nil {
		err = s.join(ctx, &click{check: a.check, write: a.write})
	}
	switch {
	case errors.Is(err, errNoEffect):
		return a.stored, 0, nil
	case err != nil:
		return workbench.Action{}, 0, fmt.Errorf("acting on story %s: %w", workbench.Text(string(action.Story)), err)
	}
	return a.stored, a.change, nil
}

// acting is one Act. Its transaction may be another at each call, but check comes before write in each.
type acting struct {
	s      *Store
	scope  workbench.Scope
	action workbench.Action

	tenant  *tenant
	story   numberedStory
	actions []workbench.Action // before
	last    uint64             // ordinal of the last of them

	stored workbench.Action
	change store.Change
}

// look looks a story that nobody read lately up while others write: then the turn is shorter, and is not taken for one that is not there.
func (a *acting) look(tx *bbolt.Tx) error {
	_, _, err := a.s.find(tx, a.scope, a.action.Story)
	return err
}

// check finds out what is to be stored, and writes nothing.
func (a *acting) check(tx *bbolt.Tx) (err error) {
	if a.tenant, a.story, err = a.s.find(tx, a.scope, a.action.Story); err != nil {
		return err
	}
	if err := a.tenant.open(&a.tenant.actionIDs, "action ids"); err != nil {
		return err
	}
	if a.tenant.actionIDs.Get([]byte(a.action.ID)) != nil {
		return fmt.Errorf("action %q: %w", workbench.Text(a.action.ID), workbench.ErrExists)
	}
	if a.actions, a.last, err = a.tenant.actionsOf(a.story.number); err != nil {
		return err
	}
	state := workbench.StateOf(a.actions)
	if a.stored, err = state.Prepare(a.action); err != nil {
		return err
	}
	a.stored.Expect = 0 // it says what the analyst saw, and is not kept
	if !hasEffect(state, a.stored) {
		return errNoEffect
	}
	return a.tenant.renew(&a.story)
}

func (a *acting) write(tx *bbolt.Tx) error {
	value, err := a.s.appendAction(nil, reflect.ValueOf(&a.stored).Elem())
	if err != nil {
		return err
	}
	key := slices.Concat(number(a.story.number), number(a.last+1))
	if err := putAll([]row{{a.tenant.actions, key, value}, {a.tenant.actionIDs, []byte(a.stored.ID), key}}); err != nil {
		return err
	}
	a.story.state = string(encodeState(workbench.StateOf(append(a.actions, a.stored))))
	if err := a.s.putStory(tx, a.tenant, a.story); err != nil {
		return err
	}
	a.change = store.Change(parseNumber(tx.Bucket(bucketMeta).Get(metaChange)))
	return record(tx, store.AuditEntry{At: a.stored.At, By: a.stored.By, What: "acted on story",
		About: "story " + string(a.stored.Story) + ", action " + workbench.Text(a.stored.ID).String()})
}

// errNoEffect ends the transaction of an action that changes nothing.
var errNoEffect = errors.New("action has no effect")

// hasEffect also knows the action that only withdraws a comment.
func hasEffect(s workbench.State, a workbench.Action) bool {
	withdraws := slices.ContainsFunc(s.Comments, func(c workbench.Comment) bool { return a.Undoes != "" && c.ID == a.Undoes })
	return len(a.Changes) > 0 || !a.Comment.IsZero() || withdraws
}

// find looks a story up in the tenants of a scope, and opens no more of the tenant's buckets than stories and ids. ErrNotFound where it is
// unknown, outside or gone.
func (s *Store) find(tx *bbolt.Tx, scope workbench.Scope, id workbench.StoryID) (*tenant, numberedStory, error) {
	if id == "" || len(id) > maxID {
		return nil, numberedStory{}, workbench.ErrNotFound
	}
	tenants := tx.Bucket(bucketTenants)
	if probably := s.whereabouts.of(id); probably != "" && scope.Sees(probably) {
		if t, r, err := findIn(tenants, probably, id); !errors.Is(err, workbench.ErrNotFound) {
			return t, r, err
		}
	}
	c := tenants.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if !scope.Sees(workbench.TenantID(k)) {
			continue
		}
		t, r, err := findIn(tenants, workbench.TenantID(k), id)
		if err == nil {
			s.whereabouts.note(id, s.whereabouts.number(t.id))
		}
		if !errors.Is(err, workbench.ErrNotFound) {
			return t, r, err
		}
	}
	return nil, numberedStory{}, workbench.ErrNotFound
}

// findIn looks a story up in one tenant.
func findIn(tenants *bbolt.Bucket, name workbench.TenantID, id workbench.StoryID) (*tenant, numberedStory, error) {
	t := &tenant{id: name, root: tenants.Bucket([]byte(name))}
	if t.root == nil {
		return nil, numberedStory{}, workbench.ErrNotFound
	}
	if err := t.open(&t.ids, "ids"); err != nil {
		return nil, numberedStory{}, err
	}
	n := t.ids.Get([]byte(id))
	if n == nil {
		return nil, numberedStory{}, workbench.ErrNotFound
	}
	if err := t.open(&t.stories, "stories"); err != nil {
		return nil, numberedStory{}, err
	}
	r, err := t.story(parseNumber(n))
	if err == nil && r.gone {
		err = workbench.ErrNotFound
	}
	return t, r, err
}
