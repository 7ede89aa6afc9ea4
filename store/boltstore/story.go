package boltstore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
)

// Story implements store.Stories.
func (s *Store) Story(ctx context.Context, scope workbench.Scope, id workbench.StoryID) (workbench.Story, error) {
	var story workbench.Story
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		t, r, err := s.find(tx, scope, id)
		if err == nil {
			err = t.openAll()
		}
		if err != nil {
			return err
		}
		inherited, err := t.inherited(id)
		if err != nil {
			return err
		}
		if story, err = s.story(t, r, tenantName(tx, t.id), inherited); err != nil {
			return err
		}
		if story.Siblings, err = t.siblings(r); err != nil {
			return err
		}
		story.NotIngested, err = notIngested(tx, r.group)
		return err
	})
	if err != nil {
		return workbench.Story{}, fmt.Errorf("reading story %s: %w", workbench.Text(string(id)), err)
	}
	return story, nil
}

func (s *Store) story(t *tenant, r numberedStory, name workbench.Untrusted, inherited []workbench.TimelineItem) (workbench.Story, error) {
	content, err := s.content(t, r)
	if err != nil {
		return workbench.Story{}, err
	}
	state, err := t.stateOf(r.number)
	if err != nil {
		return workbench.Story{}, err
	}
	return workbench.NewStory(content, state, name, inherited), nil
}

// siblings are the other stories of the same incident, in the order of their producers' names, then ids.
func (t *tenant) siblings(of numberedStory) ([]workbench.Sibling, error) {
	list := []workbench.Sibling{}
	if of.group.Incident == "" {
		return list, nil
	}
	all, err := t.storiesOf(of.group)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.gone || r.number == of.number {
			continue
		}
		var head workbench.Head
		var state workbench.State
		if err := errors.Join(r.readHead(&head), t.readSummary(&r, &state)); err != nil {
			return nil, err
		}
		list = append(list, workbench.Sibling{ID: r.id, Producer: head.Producer, AlertCount: head.AlertCount, Status: workbench.StatusOf(head, state),
			MovedTo: append([]workbench.StoryID{}, head.MovedTo...)})
	}
	slices.SortFunc(list, func(a, b workbench.Sibling) int {
		return cmp.Or(cmp.Compare(a.Producer.Raw(), b.Producer.Raw()), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// inherited are the comments of stories whose alerts went to this one.
func (t *tenant) inherited(id workbench.StoryID) ([]workbench.TimelineItem, error) {
	var items []workbench.TimelineItem
	for _, n := range numbersUnder(t.moved, appendText(nil, string(id))) {
		r, err := t.story(n)
		if err != nil {
			return nil, err
		}
		state, err := t.stateOf(n)
		if err != nil {
			return nil, err
		}
		for _, c := range state.Comments {
			items = append(items, workbench.TimelineItem{ID: c.ID, At: c.At, Kind: workbench.CommentItem, By: c.ByName, Origin: "analyst",
				Title: workbench.Text("commented"), Text: c.Text, Changes: []workbench.TimelineChange{}, From: r.id})
		}
	}
	return items, nil
}

// StoryOfAlert implements store.Stories. The deriver has put each alert into the story that its newest version belongs to; where versions
// of the alert name several groups, a story whose alerts have not all left comes first.
func (s *Store) StoryOfAlert(ctx context.Context, scope workbench.Scope, alertID string) (workbench.StoryID, error) {
	var found workbench.StoryID
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		if len(alertID) > maxID {
			return workbench.ErrNotFound
		}
		for t, err := range tenantsIn(tx, scope) {
			if err != nil {
				return err
			}
			if found, err = s.storyOfAlert(t, alertID); err != nil || found != "" {
				return err
			}
		}
		return workbench.ErrNotFound
	})
	if err != nil {
		return "", fmt.Errorf("finding the story of alert %q: %w", workbench.Text(alertID), err)
	}
	return found, nil
}

func (s *Store) storyOfAlert(t *tenant, alertID string) (workbench.StoryID, error) {
	groups := map[workbench.GroupKey]bool{}
	var left workbench.StoryID
	for _, n := range numbersUnder(t.alerts, appendText(nil, alertID)) {
		d, err := t.document(n)
		if err != nil {
			return "", err
		}
		if groups[d.Groups()] {
			continue
		}
		groups[d.Groups()] = true
		stories, err := t.storiesOf(d.Groups())
		if err != nil {
			return "", err
		}
		for _, r := range stories {
			if r.gone {
				continue
			}
			c, err := s.content(t, r)
			if err != nil {
				return "", err
			}
			if !slices.ContainsFunc(c.Alerts, func(a workbench.Alert) bool { return a.ID == alertID }) {
				continue
			}
			if len(c.MovedTo) == 0 {
				return r.id, nil
			}
			left = r.id
		}
	}
	return left, nil
}

// Documents implements store.Stories.
func (s *Store) Documents(ctx context.Context, scope workbench.Scope, id workbench.StoryID) ([]workbench.Observed, error) {
	list := []workbench.Observed{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		t, r, err := s.find(tx, scope, id)
		if err == nil {
			err = t.openAll()
		}
		if err != nil {
			return err
		}
		c, err := s.content(t, r)
		if err != nil {
			return err
		}
		g, err := deriving{s: s, tx: tx, tenant: t}.group(r.group)
		if err != nil {
			return err
		}
		behind := map[workbench.RawRef][]workbench.Observed{}
		for _, d := range g.Documents {
			ref := workbench.RawRef{Hash: d.Hash, Kind: d.Kind}
			behind[ref] = append(behind[ref], d)
		}
		for _, ref := range c.Raw {
			same := behind[ref]
			if len(same) == 0 {
				return corrupt("document %s of story %s is missing", ref.Hash, id)
			}
			if len(same) > 1 { // received in several incidents: one row each
				behind[ref] = same[1:]
			}
			d := same[0]
			d.JSON = bytes.Clone(d.JSON)
			list = append(list, d)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading documents of story %s: %w", workbench.Text(string(id)), err)
	}
	return list, nil
}
