package boltstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// AddLink implements store.Accounts.
func (s *Store) AddLink(ctx context.Context, token string, link store.Link) error {
	value, err := marshal(link)
	if err != nil {
		return fmt.Errorf("adding a sign-in link: %w", err)
	}
	return s.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(bucketLinks).Put(secret(token), value) })
}

// Link implements store.Accounts.
func (s *Store) Link(ctx context.Context, token string, now time.Time) (store.Link, error) {
	link, err := s.link(ctx, token, now)
	if err != nil {
		return store.Link{}, fmt.Errorf("reading a sign-in link: %w", err)
	}
	return link, nil
}

// UseLink implements store.Accounts.
func (s *Store) UseLink(ctx context.Context, token string, now time.Time) (workbench.AccountID, error) {
	link, err := s.link(ctx, token, now)
	if err == nil && !link.Lasting {
		err = s.update(ctx, func(tx *bbolt.Tx) error {
			if link, err = usable(tx, token, now); err != nil { // another request used it meanwhile
				return err
			}
			if err := tx.Bucket(bucketLinks).Delete(secret(token)); err != nil {
				return err
			}
			return dropLinks(tx, now)
		})
	}
	if err != nil {
		return "", fmt.Errorf("using a sign-in link: %w", err)
	}
	return link.Account, nil
}

// dropLinks drops links that have expired.
func dropLinks(tx *bbolt.Tx, now time.Time) error {
	var ended [][]byte
	b := tx.Bucket(bucketLinks)
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		var link store.Link
		if err := json.Unmarshal(v, &link); err != nil {
			return corrupt("a sign-in link: %v", err)
		}
		if !now.Before(link.Expires) {
			ended = append(ended, bytes.Clone(k))
		}
	}
	for _, k := range ended {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) link(ctx context.Context, token string, now time.Time) (link store.Link, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) (err error) {
		link, err = usable(tx, token, now)
		return err
	})
	return link, err
}

func usable(tx *bbolt.Tx, token string, now time.Time) (store.Link, error) {
	var link store.Link
	value := tx.Bucket(bucketLinks).Get(secret(token))
	if value == nil {
		return link, workbench.ErrNotFound
	}
	if err := json.Unmarshal(value, &link); err != nil {
		return link, corrupt("a sign-in link: %v", err)
	}
	if !now.Before(link.Expires) {
		return store.Link{}, workbench.ErrNotFound
	}
	return link, nil
}

// secret is what is kept of a token or session id: whoever reads the file can't use it.
func secret(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
