package boltstore

import (
	"errors"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// rows checks what belongs to no tenant: that every row can be read, stands under its own key, and is found by its look-ups.
func (v verifying) rows() error {
	for _, check := range []func() error{v.accountRows, v.connectorRows, v.registrationRows, v.consentRows, v.findingRows, v.foreignRows} {
		if err := v.note(check()); err != nil {
			return err
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (v verifying) accountRows() error {
	accounts := 0
	for k, value := range under(v.tx, bucketAccounts, nil) {
		accounts++
		a, err := decodeAccount(k, value)
		switch {
		case err != nil:
			v.tell("%s", err)
		case string(a.ID) != string(k) || string(get(v.tx, bucketAccountNames, []byte(a.Name))) != string(k):
			v.tell("account %s is missing from a look-up", workbench.Text(string(k)))
		}
	}
	if names := count(v.tx, bucketAccountNames); names != accounts {
		v.tell("there are %d names for %d accounts", names, accounts)
	}
	for k, value := range under(v.tx, bucketLinks, nil) {
		if _, err := decodeRow[store.Link]("sign-in link", nil, value); err != nil || len(k) != len(workbench.Hash{}) {
			v.tell("a sign-in link cannot be read: %v", err)
		}
	}
	return nil
}

// connectorRows also holds every connector to what is checked when one is saved.
func (v verifying) connectorRows() error {
	keys := 0
	for k, value := range under(v.tx, bucketConnectors, nil) {
		c, err := decodeRow[workbench.Connector]("connector", k, value)
		if err != nil {
			v.tell("%s", err)
			continue
		}
		if string(c.ID) != string(k) {
			v.tell("connector %s stands under the id %s", workbench.Text(string(c.ID)), workbench.Text(string(k)))
		}
		err = checkConnector(c)
		if err == nil {
			err = checkAgainst(v.tx, c, workbench.Connector{})
		}
		if bad := (*workbench.Invalid)(nil); errors.As(err, &bad) {
			v.tell("connector %s, named %s, is not right: %v", workbench.Text(string(k)), workbench.Text(c.Name), bad)
		} else if err != nil {
			v.tell("connector %s: %v", workbench.Text(string(k)), err)
		}
		for _, key := range keysOf(c) {
			if keys++; string(get(v.tx, bucketConnectorKeys, key)) != string(k) {
				v.tell("connector %s is missing from a look-up", workbench.Text(string(k)))
			}
		}
	}
	if kept := count(v.tx, bucketConnectorKeys); kept != keys {
		v.tell("the look-up of connectors has %d rows, not %d", kept, keys)
	}
	return nil
}

// registrationRows also holds every registration to what is checked when one is saved.
func (v verifying) registrationRows() error {
	names := map[string]workbench.RegistrationID{}
	for k, value := range under(v.tx, bucketRegistrations, nil) {
		r, err := decodeRow[workbench.Registration]("app registration", k, value)
		if err != nil {
			v.tell("%s", err)
			continue
		}
		if string(r.ID) != string(k) {
			v.tell("app registration %s stands under the id %s", workbench.Text(string(r.ID)), workbench.Text(string(k)))
		}
		if err := checkRegistration(r); err != nil { // whether it fits its connectors is seen from them
			v.tell("app registration %s, named %s, is not right: %v", workbench.Text(string(k)), workbench.Text(r.Name), err)
		}
		if r.Name == "" {
			continue
		}
		if other, taken := names[folded(r.Name)]; taken {
			v.tell("app registrations %s and %s have one name", workbench.Text(string(other)), workbench.Text(string(k)))
		}
		names[folded(r.Name)] = r.ID
	}
	for k, value := range under(v.tx, bucketFlows, nil) {
		if _, err := decodeRow[workbench.Flow]("sign-in at Microsoft", nil, value); err != nil || len(k) != len(workbench.Hash{}) {
			v.tell("a sign-in at Microsoft cannot be read: %v", err)
		}
	}
	return nil
}

func (v verifying) consentRows() error {
	ids := map[string]bool{}
	for k, value := range under(v.tx, bucketConsentLinks, nil) {
		l, err := decodeRow[workbench.ConsentLink]("consent link", nil, value)
		if err != nil || len(k) != len(workbench.Hash{}) {
			v.tell("a consent link cannot be read: %v", err)
			continue
		}
		if bad := checkConsentRow(l); bad != nil {
			v.tell("consent link %s is not right: %v", workbench.Text(l.ID), bad)
		}
		if get(v.tx, bucketConnectors, []byte(l.Connector)) == nil {
			v.tell("consent link %s belongs to no connector", workbench.Text(l.ID))
		}
		if ids[l.ID] {
			v.tell("consent link %s is there twice", workbench.Text(l.ID))
		}
		ids[l.ID] = true
	}
	return nil
}

// findingRows are health and progress.
func (v verifying) findingRows() error {
	belongs := func(what string, k []byte, connector workbench.ConnectorID, err error) {
		switch {
		case err != nil:
			v.tell("%s", err)
		case string(connector) != string(k) || get(v.tx, bucketConnectors, k) == nil:
			v.tell("%s of connector %s belongs to no connector", what, workbench.Text(string(k)))
		}
	}
	for k, value := range under(v.tx, bucketHealths, nil) {
		h, err := decodeRow[workbench.Health]("health of connector", k, value)
		belongs("health", k, h.Connector, err)
	}
	for k, value := range under(v.tx, bucketProgress, nil) {
		p, err := decodeRow[workbench.Progress]("progress of connector", k, value)
		belongs("progress", k, p.Connector, err)
		for i, s := range p.Covered {
			if !s.From.Before(s.To) || i > 0 && !p.Covered[i-1].To.Before(s.From) {
				v.tell("progress of connector %s covers times that are not in order", workbench.Text(string(k)))
				break
			}
		}
	}
	return nil
}

func (v verifying) foreignRows() error {
	alerts := 0
	for k, value := range under(v.tx, bucketForeign, nil) {
		alerts++
		tenant, rest, ok := cutText(k)
		alert, _, ok2 := cutText(rest)
		r, err := decodeRow[foreignRow]("foreign alert", []byte(alert), value)
		if err != nil || !ok || !ok2 {
			v.tell("foreign alert %s cannot be read: %v", workbench.Text(alert), err)
			continue
		}
		if get(v.tx, bucketForeignIncidents, foreignIncidentKey(workbench.TenantID(tenant), r.Incident, alert)) == nil {
			v.tell("foreign alert %s of tenant %s is missing from a look-up", workbench.Text(alert), workbench.Text(tenant))
		}
		kept, err := keepsAlert(v.tx, workbench.TenantID(tenant), alert)
		if err != nil {
			return err
		}
		if kept {
			v.tell("foreign alert %s of tenant %s has a document", workbench.Text(alert), workbench.Text(tenant))
		}
	}
	if rows := count(v.tx, bucketForeignIncidents); rows != alerts {
		v.tell("the look-up of foreign alerts has %d rows for %d alerts", rows, alerts)
	}
	return nil
}

func count(tx *bbolt.Tx, bucket []byte) (n int) {
	for range under(tx, bucket, nil) {
		n++
	}
	return n
}
