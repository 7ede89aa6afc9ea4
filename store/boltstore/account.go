package boltstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"

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
	return decodeAccount(id, tx.Bucket(bucketAccounts).Get(id))
}

// decodeAccount also reads accounts that were kept before there were roles: every one of them could do everything.
func decodeAccount(id, value []byte) (workbench.Account, error) {
	former, err := decodeRow[struct {
		Role *workbench.Role `json:"role"`
	}]("account", id, value)
	if err != nil {
		return workbench.Account{}, err
	}
	a, err := decodeRow[workbench.Account]("account", id, value)
	if err == nil && former.Role == nil {
		a.Role = workbench.AdministratorRole
	}
	return a, err
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

// SaveAccount implements store.Accounts.
func (s *Store) SaveAccount(ctx context.Context, a workbench.Account, what string, by workbench.AccountID, at workbench.Time) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		former, err := account(tx, []byte(a.ID))
		if err != nil {
			return err
		}
		next := a
		next.Name = former.Name
		value, err := marshal(next)
		if err != nil {
			return err
		}
		if err := tx.Bucket(bucketAccounts).Put([]byte(a.ID), value); err != nil {
			return err
		}
		return record(tx, store.AuditEntry{At: at, By: by, What: cmp.Or(what, "changed") + " account",
			About: fmt.Sprintf("account %s, named %s", a.ID, workbench.Text(former.Name))})
	})
	if err != nil {
		return fmt.Errorf("saving account %q: %w", workbench.Text(string(a.ID)), err)
	}
	return nil
}

// AccountList implements store.Accounts.
func (s *Store) AccountList(ctx context.Context) ([]workbench.Account, error) {
	list := []workbench.Account{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for name, id := range under(tx, bucketAccountNames, nil) {
			a, err := account(tx, id)
			if errors.Is(err, workbench.ErrNotFound) {
				return corrupt("the account named %s is missing", workbench.Text(string(name)))
			}
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return list, nil
}
