package boltstore

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
)

// format is the number of the layout that doc.go describes. A store of a smaller number is brought forward at Open, one of a larger number
// is refused. The formats are:
//
//	1  the first
//	2  connectors, registrations, what is found out about them, flows and foreign alerts; accounts have roles, which a program that knows
//	   format 1 alone would not heed
//	3  views and preferences; records of stories say what lists show, and are short to read. Until all are brought forward, meta has
//	   metaForward, and records of both forms stand side by side
//	4  consent links; connectors have a topology and a cloud, registrations a name, a home and a manager. A program that knows format 3 reads
//	   all that it knows, but it would not heed the rest: it would ask the wrong cloud, sign in with the parent's app where each child has its
//	   own, drop the new fields from every record that it saves (from registrations at each renewal), and delete an app that tenants share,
//	   with its keys, together with a connector. So it has to refuse the store
const format = 4

// checkFormat returns the store's format and checks that it has the buckets of it.
func checkFormat(tx *bbolt.Tx) (uint64, error) {
	check := func(names [][]byte) error {
		for _, name := range names {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: the file is not a store of the workbench: it has no bucket %q", workbench.ErrCorrupt, name)
			}
		}
		return nil
	}
	if err := check(rootBuckets1); err != nil {
		return 0, err
	}
	switch found := parseNumber(tx.Bucket(bucketMeta).Get(metaFormat)); found {
	case 1:
		return found, nil
	case 2:
		return found, check(rootBuckets2)
	case 3:
		return found, check(slices.Concat(rootBuckets2, rootBuckets3))
	case format:
		return found, check(slices.Concat(rootBuckets2, rootBuckets3, rootBuckets4))
	case 0:
		return 0, corrupt("it has no format")
	default:
		return found, fmt.Errorf("%w: it has format %d, this program knows up to %d; use the newer program", workbench.ErrNewer, found, format)
	}
}

// bringForward makes a store of an earlier format one of this format. It first says so, so that an older program leaves the store alone;
// the rest follows in transactions of some stories each, and goes on at the next Open where it was interrupted.
func (s *Store) bringForward() error {
	more := false
	err := s.update(context.Background(), func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		found := parseNumber(meta.Get(metaFormat))
		for _, name := range slices.Concat(rootBuckets2, rootBuckets3, rootBuckets4) {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		if found < 3 { // the first whose stories are of the present form
			if err := meta.Put(metaForward, storyPlace("", 0)); err != nil {
				return err
			}
		}
		more = meta.Get(metaForward) != nil
		return meta.Put(metaFormat, number(format))
	})
	for more && err == nil {
		err = s.update(context.Background(), func(tx *bbolt.Tx) (err error) {
			more, err = renewStories(tx)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("bringing it forward to format %d: %w", format, err)
	}
	return nil
}

// storyPlace is the value of metaForward: the last story that was looked at.
func storyPlace(tenant workbench.TenantID, n uint64) []byte { return textAndNumber(string(tenant), n) }

// renewedAtOnce is how many stories one transaction brings forward at most.
const renewedAtOnce = 2_000

// renewStories brings the next stories forward, and reports whether there are more. What cannot be read stays as it is, for Verify to tell
// of.
func renewStories(tx *bbolt.Tx) (more bool, err error) {
	meta := tx.Bucket(bucketMeta)
	name, place, ok := cutText(meta.Get(metaForward))
	if !ok || len(place) != 8 {
		return false, corrupt("it does not say how far it was brought forward")
	}
	tenant, after, looked := workbench.TenantID(name), parseNumber(place), 0
	c := tx.Bucket(bucketTenants).Cursor()
	for k, _ := c.Seek([]byte(tenant)); k != nil; k, _ = c.Next() {
		t := enterTenant(tx, workbench.TenantID(k))
		if t.id != tenant {
			tenant, after = t.id, 0
		}
		if err := t.open(&t.stories, "stories"); err != nil {
			return false, err
		}
		for _, n := range numbersAfter(t.stories, after, renewedAtOnce-looked) {
			looked, after = looked+1, n
			r, err := t.story(n)
			if err != nil || !r.old || t.renew(&r) != nil {
				continue
			}
			if err := t.stories.Put(number(n), r.encode()); err != nil {
				return false, err
			}
		}
		if looked == renewedAtOnce {
			return true, meta.Put(metaForward, storyPlace(tenant, after))
		}
	}
	return false, meta.Delete(metaForward)
}

// numbersAfter lists at most limit keys of a bucket of numbers.
func numbersAfter(b *bbolt.Bucket, after uint64, limit int) []uint64 {
	var out []uint64
	c := b.Cursor()
	for k, _ := c.Seek(number(after + 1)); k != nil && len(out) < limit; k, _ = c.Next() {
		out = append(out, parseNumber(k))
	}
	return out
}
