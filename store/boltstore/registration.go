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

// SaveRegistration implements store.Connectors. It fails with *workbench.Invalid for a registration without id or with too many credentials.
func (s *Store) SaveRegistration(ctx context.Context, r workbench.Registration, what string, by workbench.AccountID, at workbench.Time) (workbench.Registration, error) {
	var saved workbench.Registration
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		var bad *workbench.Invalid
		if r.ID == "" || len(r.ID) > maxID {
			bad = bad.Set("id", "is missing or longer than 256 bytes")
		}
		if len(r.Credentials) > workbench.MaxCredentials {
			bad = bad.Set("credentials", fmt.Sprintf("are more than %d", workbench.MaxCredentials))
		}
		if bad != nil {
			return bad
		}
		former, err := registration(tx, r.ID)
		switch {
		case errors.Is(err, workbench.ErrNotFound) && r.Revision == 0:
		case err != nil:
			return err
		case former.Revision != r.Revision:
			return workbench.ErrConflict
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

// dropRegistration takes away a registration that no connector names, with its keys. One that is not there is no error.
func dropRegistration(tx *bbolt.Tx, id workbench.RegistrationID, by workbench.AccountID, at workbench.Time) error {
	if id == "" || len(connectorsUnder(tx, connectorKey(registrationKey, string(id)))) > 0 {
		return nil
	}
	r, err := registration(tx, id)
	if errors.Is(err, workbench.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.Bucket(bucketRegistrations).Delete([]byte(id)); err != nil {
		return err
	}
	return recordRegistration(tx, r, "deleted", by, at)
}

func recordRegistration(tx *bbolt.Tx, r workbench.Registration, what string, by workbench.AccountID, at workbench.Time) error {
	about := fmt.Sprintf("app registration %s of application %s", workbench.Text(string(r.ID)), workbench.Text(r.ClientID))
	for _, id := range connectorsUnder(tx, connectorKey(registrationKey, string(r.ID))) {
		c, err := connector(tx, id)
		if err != nil {
			return err
		}
		about += ", used by " + aboutConnector(c)
	}
	return record(tx, store.AuditEntry{At: at, By: by, What: what + " app registration", About: about})
}
