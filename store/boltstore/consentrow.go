package boltstore

import (
	"bytes"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// consentKept is how long a link that was used or has expired is kept.
const consentKept = 30 * 24 * time.Hour

// forgotten reports whether a link came to its end so long ago that it is not kept any more.
func forgotten(l workbench.ConsentLink, now time.Time) bool {
	end := l.Expires
	if !l.UsedAt.IsZero() {
		end = l.UsedAt
	}
	return !now.Before(end.Add(consentKept))
}

// consentRow is a link and what it stands under: the hash of its secret.
type consentRow struct {
	key  []byte
	link workbench.ConsentLink
}

// consentRows reads all links. A connector has one that is open, and those that were used in the last 30 days: there is no look-up by id or
// connector, because going through all is quick and is done for editors and signed answers alone.
func consentRows(tx *bbolt.Tx) ([]consentRow, error) {
	var rows []consentRow
	for k, v := range under(tx, bucketConsentLinks, nil) {
		l, err := decodeRow[workbench.ConsentLink]("a consent link", nil, v)
		if err != nil {
			return nil, err
		}
		rows = append(rows, consentRow{bytes.Clone(k), l})
	}
	return rows, nil
}

func consentRowNamed(tx *bbolt.Tx, id string) (consentRow, error) {
	rows, err := consentRows(tx)
	if err != nil {
		return consentRow{}, err
	}
	for _, r := range rows {
		if r.link.ID == id {
			return r, nil
		}
	}
	return consentRow{}, workbench.ErrNotFound
}

// openConsentRow is consentRowNamed for a link that still leads to Microsoft.
func openConsentRow(tx *bbolt.Tx, id string, now time.Time) (consentRow, error) {
	r, err := consentRowNamed(tx, id)
	if err == nil && !r.link.Open(now) {
		return consentRow{}, workbench.ErrNotFound
	}
	return r, err
}

func putConsentLink(tx *bbolt.Tx, key []byte, l workbench.ConsentLink) error {
	value, err := marshal(l)
	if err != nil {
		return err
	}
	return tx.Bucket(bucketConsentLinks).Put(key, value)
}

func dropConsentLinks(tx *bbolt.Tx, rows []consentRow, drop func(workbench.ConsentLink) bool) error {
	for _, r := range rows {
		if !drop(r.link) {
			continue
		}
		if err := tx.Bucket(bucketConsentLinks).Delete(r.key); err != nil {
			return err
		}
	}
	return nil
}

// checkConsentLink checks a link that is to be added, which needs no look at the store.
func checkConsentLink(l workbench.ConsentLink) error {
	bad := checkConsentRow(l)
	if !l.UsedAt.IsZero() || !l.UsedBy.IsZero() {
		bad = bad.Set("usedAt", "is of a link that was used before it was added")
	}
	if bad != nil {
		return bad
	}
	return nil
}

// checkConsentRow checks what holds for links that were used too.
func checkConsentRow(l workbench.ConsentLink) *workbench.Invalid {
	var bad *workbench.Invalid
	if l.ID == "" || len(l.ID) > maxID {
		bad = bad.Set("id", "is missing or longer than 256 bytes")
	}
	if id, ok := workbench.NewTenantID(string(l.Tenant)); !ok || id != l.Tenant {
		bad = bad.Set("tenant", "The link needs to know which tenant may answer: enter the tenant of the connector first.")
	}
	if life := l.Expires.Sub(l.MadeAt.Time); l.MadeAt.IsZero() || life <= 0 || life > workbench.ConsentLifetime {
		bad = bad.Set("expires", "is not within 7 days after the link was made")
	}
	return bad
}

func aboutConsentLink(l workbench.ConsentLink, c workbench.Connector) string {
	return fmt.Sprintf("consent link %s to tenant %s, for %s", workbench.Text(l.ID), l.Tenant.Text(), aboutConnector(c))
}

func recordConsentLink(tx *bbolt.Tx, what, about string, by workbench.AccountID, at workbench.Time) error {
	return record(tx, store.AuditEntry{At: at, By: by, What: what + " consent link", About: about})
}
