package boltstore

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
)

// checkRegistration checks what needs no look at the store.
func checkRegistration(r workbench.Registration) error {
	var bad *workbench.Invalid
	if err := r.Check(); err != nil && !errors.As(err, &bad) {
		return err
	}
	if r.ID == "" || len(r.ID) > maxID {
		bad = bad.Set("id", "is missing or longer than 256 bytes")
	}
	if len(r.Manager) > maxID {
		bad = bad.Set("manager", "is longer than 256 bytes")
	}
	if len(r.Credentials) > workbench.MaxCredentials {
		bad = bad.Set("credentials", fmt.Sprintf("are more than %d", workbench.MaxCredentials))
	}
	if bad != nil {
		return bad
	}
	return nil
}

// checkRegistrationAgainst checks a registration against the others, and against the connectors that name it; former is what it replaces, or
// the zero value. What stays as it was is not looked at again, because hundreds of connectors may name one that is renewed.
func checkRegistrationAgainst(tx *bbolt.Tx, r, former workbench.Registration) error {
	var bad *workbench.Invalid
	if r.Name != "" && r.Name != former.Name {
		for k, v := range under(tx, bucketRegistrations, nil) {
			other, err := decodeRow[workbench.Registration]("app registration", k, v)
			if err != nil {
				return err
			}
			if other.ID != r.ID && other.Name != "" && folded(other.Name) == folded(r.Name) {
				bad = bad.Set("name", "Another shared app has this name already. Choose another.")
			}
		}
	}
	if (r.Name == "") != (former.Name == "") || r.Cloud != former.Cloud {
		for _, id := range connectorsUnder(tx, connectorKey(registrationKey, string(r.ID))) {
			c, err := connector(tx, id)
			if err != nil {
				return err
			}
			switch shared := c.Topology == workbench.SharedApp; {
			case shared && r.Name == "":
				bad = bad.Set("name", "Tenants share this app: give it a name.")
			case shared && r.Cloud != c.Cloud:
				bad = bad.Set("cloud", "Tenants of another cloud share this app. It stays in their cloud.")
			case !shared && r.Name != "":
				bad = bad.Set("name", "A connector uses this app for itself alone. Add the app that is to be shared anew.")
			}
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}

// checkNamed checks a connector against the registration that it names. One that nobody shares may be saved later.
func checkNamed(tx *bbolt.Tx, c workbench.Connector, bad *workbench.Invalid) (*workbench.Invalid, error) {
	r, err := registration(tx, c.Registration)
	if err != nil && !errors.Is(err, workbench.ErrNotFound) {
		return bad, err
	}
	switch shared := c.Topology == workbench.SharedApp; {
	case shared && err != nil:
		bad = bad.Set("registration", "The shared app is not there any more. Choose another.")
	case shared && r.Name == "":
		bad = bad.Set("registration", "The app belongs to one connector alone. Choose one that tenants share.")
	case shared && r.Cloud != c.Cloud:
		bad = bad.Set("cloud", "The shared app is in another cloud. Choose that cloud, or another app.")
	case !shared && r.Name != "":
		bad = bad.Set("registration", "Several tenants share this app. Choose it as a shared app, or use another.")
	}
	return bad, nil
}
