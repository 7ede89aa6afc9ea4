package boltstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
)

// foreignRow is what is kept of an alert that no connector takes in.
type foreignRow struct {
	Incident string              `json:"incident"`
	Product  string              `json:"product"`
	Name     workbench.Untrusted `json:"name"`
}

func foreignKey(tenant workbench.TenantID, alert string) []byte {
	return appendText(appendText(nil, string(tenant)), alert)
}

// foreignIncidentKey leads from an incident to its foreign alerts; without alert it begins the keys of all of them.
func foreignIncidentKey(tenant workbench.TenantID, incident, alert string) []byte {
	key := appendText(appendText(nil, string(tenant)), incident)
	if alert == "" {
		return key
	}
	return appendText(key, alert)
}

// foreign remembers an alert of which no document is kept, in the incident that was named last. One without incident belongs to no story.
func (a *appending) foreign(f workbench.Foreign) error {
	kept, err := keepsAlert(a.tx, f.Tenant, f.Alert)
	if err != nil || kept || f.Incident == "" {
		return err
	}
	next := foreignRow{Incident: f.Incident, Product: f.Product, Name: f.Name}
	if former := get(a.tx, bucketForeign, foreignKey(f.Tenant, f.Alert)); former != nil {
		r, err := decodeRow[foreignRow]("foreign alert", []byte(f.Alert), former)
		if err != nil || r == next {
			return err
		}
		if err := forget(a.tx, f.Tenant, f.Alert); err != nil {
			return err
		}
	}
	value, err := marshal(next)
	if err != nil {
		return err
	}
	a.foreigners++
	return putAll([]row{{a.tx.Bucket(bucketForeign), foreignKey(f.Tenant, f.Alert), value},
		{a.tx.Bucket(bucketForeignIncidents), foreignIncidentKey(f.Tenant, f.Incident, f.Alert), []byte{}}})
}

// keepsAlert reports whether there is a document of an alert.
func keepsAlert(tx *bbolt.Tx, id workbench.TenantID, alert string) (bool, error) {
	root := tx.Bucket(bucketTenants).Bucket([]byte(id))
	if root == nil {
		return false, nil
	}
	alerts := root.Bucket([]byte("alerts"))
	if alerts == nil {
		return false, corrupt("tenant %s has no bucket %q", id.Text(), "alerts")
	}
	return len(numbersUnder(alerts, appendText(nil, alert))) > 0, nil
}

// forget takes a foreign alert away, if it is there.
func forget(tx *bbolt.Tx, tenant workbench.TenantID, alert string) error {
	key := foreignKey(tenant, alert)
	value := get(tx, bucketForeign, key)
	if value == nil {
		return nil
	}
	r, err := decodeRow[foreignRow]("foreign alert", []byte(alert), value)
	if err != nil {
		return err
	}
	if err := tx.Bucket(bucketForeignIncidents).Delete(foreignIncidentKey(tenant, r.Incident, alert)); err != nil {
		return err
	}
	return tx.Bucket(bucketForeign).Delete(key)
}

// notIngested counts the foreign alerts of an incident by product, in the order of product keys.
func notIngested(tx *bbolt.Tx, of workbench.GroupKey) ([]workbench.NotIngested, error) {
	if of.Incident == "" {
		return []workbench.NotIngested{}, nil
	}
	counts := map[string]workbench.NotIngested{}
	prefix := foreignIncidentKey(of.Tenant, of.Incident, "")
	for k := range under(tx, bucketForeignIncidents, prefix) {
		alert, _, _ := cutText(k[len(prefix):])
		r, err := decodeRow[foreignRow]("foreign alert", []byte(alert), get(tx, bucketForeign, foreignKey(of.Tenant, alert)))
		if errors.Is(err, workbench.ErrNotFound) {
			return nil, corrupt("foreign alert %s of tenant %s is missing", workbench.Text(alert), of.Tenant.Text())
		}
		if err != nil {
			return nil, err
		}
		n := counts[r.Product]
		counts[r.Product] = workbench.NotIngested{Product: r.Product, Name: n.Name.Or(r.Name), Alerts: n.Alerts + 1}
	}
	list := make([]workbench.NotIngested, 0, len(counts))
	for _, product := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, counts[product])
	}
	return list, nil
}

// KeptAlerts implements store.Connectors.
func (s *Store) KeptAlerts(ctx context.Context, id workbench.TenantID, incidents []string) (map[string]bool, error) {
	kept := map[string]bool{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		t, err := openTenant(tx, id)
		if err != nil || t == nil {
			return err
		}
		for _, incident := range incidents {
			if has, err := t.hasAlert(incident); err != nil {
				return err
			} else if has {
				kept[incident] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for alerts of incidents: %w", err)
	}
	return kept, nil
}

// hasAlert reports whether any kept version of an alert names the incident.
func (t *tenant) hasAlert(incident string) (bool, error) {
	if incident == "" || len(incident) > maxID {
		return false, nil
	}
	key := workbench.GroupKey{Tenant: t.id, Incident: incident}
	for _, n := range numbersUnder(t.groups, append(groupKey(key), 'd')) {
		r, err := t.document(n)
		if err != nil || r.Kind == workbench.AlertDocument {
			return err == nil, err
		}
	}
	return false, nil
}
