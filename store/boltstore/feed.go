package boltstore

import (
	"context"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// mostAtOnce bounds what a reading makes room for before it knows how much there is.
const mostAtOnce = 8_192

// Changes implements store.Feed. Callers that read different ranges of numbers do not wait for each other.
func (s *Store) Changes(ctx context.Context, after store.Change, limit int) ([]store.Entry, error) {
	var list []store.Entry
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		last := parseNumber(tx.Bucket(bucketMeta).Get(metaChange))
		if last <= uint64(after) || limit <= 0 {
			return nil
		}
		list = make([]store.Entry, 0, min(last-uint64(after), uint64(limit), mostAtOnce))
		tenants := rows{s: s, tx: tx}
		c := tx.Bucket(bucketChanges).Cursor()
		for k, v := c.Seek(number(uint64(after) + 1)); k != nil && len(list) < limit; k, v = c.Next() {
			n, used := binary.Uvarint(v)
			if used <= 0 || uint64(len(v)-used) != n+8 {
				return corrupt("change %d", parseNumber(k))
			}
			name, place := v[used:used+int(n)], v[used+int(n):]
			t, err := tenants.named(name)
			if err != nil {
				return err
			}
			if t == nil {
				return corrupt("change %d names tenant %s, which is missing", parseNumber(k), workbench.Text(string(name)))
			}
			list = append(list, store.Entry{})
			if err := s.entry(t, place, t.next(place), &list[len(list)-1]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading changes after %d: %w", after, err)
	}
	return list, nil
}

// places calls visit with the record at each ref, in one transaction.
func (s *Store) places(ctx context.Context, refs []store.Ref, visit func(i int, t *tenantRows, place, value []byte) error) error {
	return s.view(ctx, func(tx *bbolt.Tx) error {
		tenants := rows{s: s, tx: tx}
		place := make([]byte, 0, 8)
		for i, ref := range refs {
			t, err := tenants.of(ref.Tenant)
			if err != nil {
				return err
			}
			if t == nil {
				return workbench.ErrNotFound
			}
			place = binary.BigEndian.AppendUint64(place[:0], ref.Place)
			value := t.at(place)
			if value == nil {
				return workbench.ErrNotFound
			}
			if err := visit(i, t, place, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// Entries implements store.Feed.
func (s *Store) Entries(ctx context.Context, refs []store.Ref) ([]store.Entry, error) {
	list := make([]store.Entry, len(refs))
	err := s.places(ctx, refs, func(i int, t *tenantRows, place, value []byte) error { return s.entry(t, place, value, &list[i]) })
	if err != nil {
		return nil, fmt.Errorf("reading %d entries: %w", len(refs), err)
	}
	return list, nil
}

// Texts implements store.Feed.
func (s *Store) Texts(ctx context.Context, refs []store.Ref) ([][]string, error) {
	list := make([][]string, len(refs))
	err := s.places(ctx, refs, func(i int, t *tenantRows, place, value []byte) error {
		r, err := t.storyIn(parseNumber(place), value)
		if err != nil || r.gone {
			return err
		}
		if err := t.open(&t.contents, "contents"); err != nil {
			return err
		}
		c, err := s.content(&t.tenant, r)
		list[i] = c.Texts()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the texts of %d stories: %w", len(refs), err)
	}
	return list, nil
}

// Wait implements store.Feed. It also returns where the store failed or was closed, with the reason.
func (s *Store) Wait(ctx context.Context, after store.Change) error {
	for {
		s.mu.Lock()
		last, failed, closed, changed := s.last, s.failed, s.closed, s.changed
		s.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case failed != nil:
			return failed
		case closed:
			return errClosed
		case last > after:
			return nil
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}
