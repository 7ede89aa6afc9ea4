package boltstore

import (
	"bytes"
	"encoding/json"
	"iter"

	"go.etcd.io/bbolt"

	"workbench"
)

var (
	bucketMeta             = []byte("meta")
	bucketChanges          = []byte("changes")
	bucketAudit            = []byte("audit")
	bucketAccounts         = []byte("accounts")
	bucketAccountNames     = []byte("account names")
	bucketLinks            = []byte("links")
	bucketSessions         = []byte("sessions")
	bucketSessionEnds      = []byte("session ends")
	bucketSettings         = []byte("settings")
	bucketTenantNames      = []byte("tenant names")
	bucketTenants          = []byte("tenants")
	bucketConnectors       = []byte("connectors")
	bucketConnectorKeys    = []byte("connector keys")
	bucketRegistrations    = []byte("registrations")
	bucketHealths          = []byte("healths")
	bucketProgress         = []byte("progress")
	bucketFlows            = []byte("flows")
	bucketForeign          = []byte("foreign")
	bucketForeignIncidents = []byte("foreign incidents")
	bucketViews            = []byte("views")
	bucketPreferences      = []byte("preferences")
	bucketConsentLinks     = []byte("consent links")

	// The buckets of format 1, and those that each later format added.
	rootBuckets1 = [][]byte{bucketMeta, bucketChanges, bucketAudit, bucketAccounts, bucketAccountNames, bucketLinks, bucketSessions,
		bucketSessionEnds, bucketSettings, bucketTenantNames, bucketTenants}
	rootBuckets2 = [][]byte{bucketConnectors, bucketConnectorKeys, bucketRegistrations, bucketHealths, bucketProgress, bucketFlows,
		bucketForeign, bucketForeignIncidents}
	rootBuckets3 = [][]byte{bucketViews, bucketPreferences}
	rootBuckets4 = [][]byte{bucketConsentLinks}
)

// get reads one value. It is nil where there is none, and where the store is older than the bucket.
func get(tx *bbolt.Tx, bucket, key []byte) []byte {
	if b := tx.Bucket(bucket); b != nil {
		return b.Get(key)
	}
	return nil
}

// under walks the rows of a bucket whose keys begin with a prefix; none where the store is older than the bucket. Nothing may be written
// to the bucket meanwhile.
func under(tx *bbolt.Tx, bucket, prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		b := tx.Bucket(bucket)
		if b == nil {
			return
		}
		c := b.Cursor()
		for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// decodeRow reads a row that is kept as JSON. It fails with ErrNotFound where there is none.
func decodeRow[T any](what string, key, value []byte) (row T, err error) {
	if value == nil {
		return row, workbench.ErrNotFound
	}
	if err := json.Unmarshal(value, &row); err != nil {
		var none T
		return none, corrupt("%s %s: %v", what, workbench.Text(string(key)), err)
	}
	return row, nil
}

// decodeAll reads all rows of a bucket by their keys.
func decodeAll[K ~string, T any](tx *bbolt.Tx, bucket []byte, what string) (map[K]T, error) {
	rows := map[K]T{}
	for k, v := range under(tx, bucket, nil) {
		row, err := decodeRow[T](what, k, v)
		if err != nil {
			return nil, err
		}
		rows[K(k)] = row
	}
	return rows, nil
}
