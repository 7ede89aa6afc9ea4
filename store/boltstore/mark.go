package boltstore

import (
	"context"
	"crypto/sha256"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
)

// Mark implements store.Feed. It is the number of the last change, and number and hash of the newest entry of the audit trail: every write
// leaves one in its transaction, but for those of Rebuild, and each has the hash of the one before.
func (s *Store) Mark(ctx context.Context) (string, error) {
	mark := ""
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		k, v := tx.Bucket(bucketAudit).Cursor().Last()
		mark = markOf(parseNumber(tx.Bucket(bucketMeta).Get(metaChange)), parseNumber(k), v)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("marking the store's history: %w", err)
	}
	return mark, nil
}

// Marked implements store.Feed.
func (s *Store) Marked(ctx context.Context, mark string) (bool, error) {
	marked := false
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		var change, entry uint64
		if _, err := fmt.Sscanf(mark, "%d %d ", &change, &entry); err == nil && change <= parseNumber(tx.Bucket(bucketMeta).Get(metaChange)) {
			marked = mark == markOf(change, entry, tx.Bucket(bucketAudit).Get(number(entry)))
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("looking for a mark in the store's history: %w", err)
	}
	return marked, nil
}

func markOf(change, entry uint64, value []byte) string {
	if value == nil {
		return fmt.Sprintf("%d %d ", change, entry) // nothing has happened yet
	}
	return fmt.Sprintf("%d %d %s", change, entry, workbench.Hash(sha256.Sum256(value)))
}
