package boltstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"workbench"
)

// AddConsentLink implements store.Connectors.
func (s *Store) AddConsentLink(ctx context.Context, token string, l workbench.ConsentLink) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		if token == "" {
			return errors.New("it has no secret")
		}
		if err := checkConsentLink(l); err != nil {
			return err
		}
		c, err := connector(tx, l.Connector)
		if err != nil {
			return err
		}
		rows, err := consentRows(tx)
		if err != nil {
			return err
		}
		key, about := secret(token), aboutConsentLink(l, c)
		for _, r := range rows {
			if r.link.ID == l.ID || string(r.key) == string(key) {
				return fmt.Errorf("%w: its id or secret is that of another", workbench.ErrExists)
			}
			if r.link.Connector == l.Connector && r.link.UsedAt.IsZero() {
				about += ", in the place of " + workbench.Text(r.link.ID).String()
			}
		}
		if err := dropConsentLinks(tx, rows, func(o workbench.ConsentLink) bool {
			return o.Connector == l.Connector && o.UsedAt.IsZero() || forgotten(o, l.MadeAt.Time)
		}); err != nil {
			return err
		}
		if err := putConsentLink(tx, key, l); err != nil {
			return err
		}
		return recordConsentLink(tx, "added", about, l.Requester, l.MadeAt)
	})
	if err != nil {
		return fmt.Errorf("adding a consent link: %w", err)
	}
	return nil
}

// ConsentLink implements store.Connectors.
func (s *Store) ConsentLink(ctx context.Context, token string, now time.Time) (workbench.ConsentLink, error) {
	var l workbench.ConsentLink
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		l, err = decodeRow[workbench.ConsentLink]("a consent link", nil, get(tx, bucketConsentLinks, secret(token)))
		if err == nil && forgotten(l, now) {
			err = workbench.ErrNotFound
		}
		return err
	})
	if err != nil {
		return workbench.ConsentLink{}, fmt.Errorf("reading a consent link: %w", err)
	}
	return l, nil
}

// ConsentLinkNamed implements store.Connectors.
func (s *Store) ConsentLinkNamed(ctx context.Context, id string, now time.Time) (workbench.ConsentLink, error) {
	var r consentRow
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		if r, err = consentRowNamed(tx, id); err == nil && forgotten(r.link, now) {
			err = workbench.ErrNotFound
		}
		return err
	})
	if err != nil {
		return workbench.ConsentLink{}, fmt.Errorf("reading consent link %q: %w", workbench.Text(id), err)
	}
	return r.link, nil
}

// ConsentLinks implements store.Connectors.
func (s *Store) ConsentLinks(ctx context.Context) ([]workbench.ConsentLink, error) {
	list := []workbench.ConsentLink{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		rows, err := consentRows(tx)
		for _, r := range rows {
			list = append(list, r.link)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing consent links: %w", err)
	}
	slices.SortFunc(list, func(a, b workbench.ConsentLink) int {
		if c := b.MadeAt.Compare(a.MadeAt.Time); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, nil
}

// UseConsentLink implements store.Connectors.
func (s *Store) UseConsentLink(ctx context.Context, id string, usedBy workbench.Untrusted, now time.Time) (workbench.ConsentLink, error) {
	var used workbench.ConsentLink
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		r, err := openConsentRow(tx, id, now)
		if err != nil {
			return err
		}
		c, err := connector(tx, r.link.Connector)
		if err != nil {
			return err
		}
		used = r.link
		used.UsedAt, used.UsedBy = workbench.At(now), usedBy
		if err := putConsentLink(tx, r.key, used); err != nil {
			return err
		}
		return recordConsentLink(tx, "used", aboutConsentLink(used, c)+", by "+usedBy.Brief(), "", used.UsedAt)
	})
	if err != nil {
		return workbench.ConsentLink{}, fmt.Errorf("using consent link %q: %w", workbench.Text(id), err)
	}
	return used, nil
}

// WithdrawConsentLink implements store.Connectors.
func (s *Store) WithdrawConsentLink(ctx context.Context, id string, by workbench.AccountID, now time.Time) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		r, err := openConsentRow(tx, id, now)
		if err != nil {
			return err
		}
		c, err := connector(tx, r.link.Connector)
		if err != nil {
			return err
		}
		if err := tx.Bucket(bucketConsentLinks).Delete(r.key); err != nil {
			return err
		}
		return recordConsentLink(tx, "withdrew", aboutConsentLink(r.link, c), by, workbench.At(now))
	})
	if err != nil {
		return fmt.Errorf("withdrawing consent link %q: %w", workbench.Text(id), err)
	}
	return nil
}
