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

// Account implements store.Accounts.
func (s *Store) Account(ctx context.Context, id workbench.AccountID) (workbench.Account, error) {
	var a workbench.Account
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		a, err = account(tx, []byte(id))
		return err
	})
	if err != nil {
		return workbench.Account{}, fmt.Errorf("reading account %q: %w", workbench.Text(string(id)), err)
	}
	return a, nil
}

// AccountNamed implements store.Accounts.
func (s *Store) AccountNamed(ctx context.Context, name string) (workbench.Account, error) {
	var a workbench.Account
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		a, err = account(tx, tx.Bucket(bucketAccountNames).Get([]byte(name)))
		return err
	})
	if err != nil {
		return workbench.Account{}, fmt.Errorf("reading the account named %q: %w", workbench.Text(name), err)
	}
	return a, nil
}

func account(tx *bbolt.Tx, id []byte) (workbench.Account, error) {
	var a workbench.Account
	value := tx.Bucket(bucketAccounts).Get(id)
	if value == nil {
		return a, workbench.ErrNotFound
	}
	if err := json.Unmarshal(value, &a); err != nil {
		return a, corrupt("account %s: %v", workbench.Text(string(id)), err)
	}
	return a, nil
}

// AddAccount implements store.Accounts. It fails with *workbench.Invalid for an account without id or name.
func (s *Store) AddAccount(ctx context.Context, a workbench.Account) error {
	var bad *workbench.Invalid
	if a.ID == "" || len(a.ID) > maxID {
		bad = bad.Set("id", "is missing or longer than 256 bytes")
	}
	if a.Name == "" || len(a.Name) > maxID {
		bad = bad.Set("name", "is missing or longer than 256 bytes")
	}
	if bad != nil {
		return fmt.Errorf("adding an account: %w", bad)
	}
	value, err := marshal(a)
	if err != nil {
		return fmt.Errorf("adding account %q: %w", a.ID, err)
	}
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketAccounts).Get([]byte(a.ID)) != nil || tx.Bucket(bucketAccountNames).Get([]byte(a.Name)) != nil {
			return workbench.ErrExists
		}
		if err := putAll([]row{{tx.Bucket(bucketAccounts), []byte(a.ID), value}, {tx.Bucket(bucketAccountNames), []byte(a.Name), []byte(a.ID)}}); err != nil {
			return err
		}
		return record(tx, store.AuditEntry{At: a.CreatedAt, What: "added account", About: fmt.Sprintf("account %s, named %s", a.ID, workbench.Text(a.Name))})
	})
	if err != nil {
		return fmt.Errorf("adding account %q: %w", workbench.Text(a.Name), err)
	}
	return nil
}

// AddLink implements store.Accounts.
func (s *Store) AddLink(ctx context.Context, token string, link store.Link) error {
	value, err := marshal(link)
	if err != nil {
		return fmt.Errorf("adding a sign-in link: %w", err)
	}
	return s.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(bucketLinks).Put(secret(token), value) })
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
