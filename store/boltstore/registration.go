package boltstore

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// Registration implements store.Connectors.
func (s *Store) Registration(ctx context.Context, id workbench.RegistrationID) (workbench.Registration, error) {
	var r workbench.Registration
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		r, err = registration(tx, id)
		return err
	})
	if err != nil {
		return workbench.Registration{}, fmt.Errorf("reading app registration %q: %w", workbench.Text(string(id)), err)
	}
	return r, nil
}

// Registrations implements store.Connectors.
func (s *Store) Registrations(ctx context.Context) ([]workbench.Registration, error) {
	list := []workbench.Registration{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for k, v := range under(tx, bucketRegistrations, nil) {
			r, err := decodeRow[workbench.Registration]("app registration", k, v)
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing app registrations: %w", err)
	}
	return list, nil
}

func registration(tx *bbolt.Tx, id workbench.RegistrationID) (workbench.Registration, error) {
	return decodeRow[workbench.Registration]("app registration", []byte(id), get(tx, bucketRegistrations, []byte(id)))
}

// SaveRegistration implements store.Connectors.
func (s *Store) SaveRegistration(ctx context.Context, r workbench.Registration, what string, by workbench.AccountID, at workbench.Time) (workbench.Registration, error) {
	var saved workbench.Registration
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		if err := checkRegistration(r); err != nil {
			return err
		}
		former, err := registration(tx, r.ID)
		switch {
		case errors.Is(err, workbench.ErrNotFound) && r.Revision == 0:
		case err != nil:
			return err
		case former.Revision != r.Revision:
			return workbench.ErrConflict
		}
		if err := checkRegistrationAgainst(tx, r, former); err != nil {
			return err
		}
		next := r
		next.Revision++
		value, err := marshal(next)
		if err != nil {
			return err
		}
		if saved, err = decodeRow[workbench.Registration]("app registration", []byte(r.ID), value); err != nil {
			return err
		}
		if err := tx.Bucket(bucketRegistrations).Put([]byte(r.ID), value); err != nil || what == "" {
			return err
		}
		return recordRegistration(tx, next, what, by, at)
	})
	if err != nil {
		return workbench.Registration{}, fmt.Errorf("saving app registration %q: %w", workbench.Text(string(r.ID)), err)
	}
	return saved, nil
}

// DeleteRegistration implements store.Connectors.
func (s *Store) DeleteRegistration(ctx context.Context, id workbench.RegistrationID, by workbench.AccountID, at workbench.Time) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		r, err := registration(tx, id)
		if err != nil {
			return err
		}
		if n := len(connectorsUnder(tx, connectorKey(registrationKey, string(id)))); n > 0 {
			return fmt.Errorf("%w: %d connectors sign in with it", workbench.ErrConflict, n)
		}
		return deleteRegistration(tx, r, by, at)
	})
	if err != nil {
		return fmt.Errorf("deleting app registration %q: %w", workbench.Text(string(id)), err)
	}
	return nil
}

// dropRegistration takes away a registration without name that no connector names, with its keys. One that is not there is no error.
func dropRegistration(tx *bbolt.Tx, id workbench.RegistrationID, by workbench.AccountID, at workbench.Time) error {
	if id == "" || len(connectorsUnder(tx, connectorKey(registrationKey, string(id)))) > 0 {
		return nil
	}
	r, err := registration(tx, id)
	if errors.Is(err, workbench.ErrNotFound) || err == nil && r.Name != "" {
		return nil
	}
	if err != nil {
		return err
	}
	return deleteRegistration(tx, r, by, at)
}

func deleteRegistration(tx *bbolt.Tx, r workbench.Registration, by workbench.AccountID, at workbench.Time) error {
	if err := tx.Bucket(bucketRegistrations).Delete([]byte(r.ID)); err != nil {
		return err
	}
	return recordRegistration(tx, r, "deleted", by, at)
}

// maxRecorded is how many of the connectors that use a registration an audit entry names: hundreds may.
const maxRecorded = 5

func recordRegistration(tx *bbolt.Tx, r workbench.Registration, what string, by workbench.AccountID, at workbench.Time) error {
	about := fmt.Sprintf("app registration %s of application %s", workbench.Text(string(r.ID)), workbench.Text(r.ClientID))
	if r.Name != "" {
		about += ", named " + workbench.Text(r.Name).String()
	}
	users := connectorsUnder(tx, connectorKey(registrationKey, string(r.ID)))
	for i, id := range users {
		if i == maxRecorded {
			about += fmt.Sprintf(", and by %d more", len(users)-i)
			break
		}
		c, err := connector(tx, id)
		if err != nil {
			return err
		}
		about += ", used by " + aboutConnector(c)
	}
	return record(tx, store.AuditEntry{At: at, By: by, What: what + " app registration", About: about})
}
