package boltstore

import (
	"strings"
	"unicode"

	"go.etcd.io/bbolt"

	"workbench"
)

// Keys of the bucket connector keys: a letter, then texts led by their lengths. Those of the first three are held by one connector alone.
const (
	nameKey         = 'n' // name, folded
	tenantKey       = 't' // tenant; parents alone
	childKey        = 'c' // parent, kind; children alone
	registrationKey = 'r' // registration, connector; leads from a registration to those that name it
)

// uniqueKey is a key that one connector alone may hold, and what is said to whoever wants it too.
type uniqueKey struct {
	key             []byte
	field, sentence string
}

func uniqueKeys(c workbench.Connector) []uniqueKey {
	keys := []uniqueKey{{connectorKey(nameKey, folded(c.Name)), "name", "Another connector has this name. Choose another."}}
	switch {
	case c.Kind.Child():
		keys = append(keys, uniqueKey{connectorKey(childKey, string(c.Parent), string(c.Kind)), "kind",
			"The tenant has a connector for this already. Edit that one, or choose what else to connect."})
	case c.Tenant != "":
		keys = append(keys, uniqueKey{connectorKey(tenantKey, string(c.Tenant)), "tenant",
			"The tenant has a Microsoft 365 connector already. Add products under that one."})
	}
	return keys
}

// keysOf are all keys that lead to a connector.
func keysOf(c workbench.Connector) [][]byte {
	var keys [][]byte
	for _, k := range uniqueKeys(c) {
		keys = append(keys, k.key)
	}
	if c.Registration != "" {
		keys = append(keys, connectorKey(registrationKey, string(c.Registration), string(c.ID)))
	}
	return keys
}

func connectorKey(letter byte, texts ...string) []byte {
	key := []byte{letter}
	for _, t := range texts {
		key = appendText(key, t)
	}
	return key
}

// folded is the same for names that differ in case alone.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, name)
}

// putConnector writes a connector in the place of the former one, which may be the zero value.
func putConnector(tx *bbolt.Tx, c, former workbench.Connector) error {
	value, err := marshal(c)
	if err != nil {
		return err
	}
	keys := tx.Bucket(bucketConnectorKeys)
	if former.ID != "" {
		for _, k := range keysOf(former) {
			if err := keys.Delete(k); err != nil {
				return err
			}
		}
	}
	rows := []row{{tx.Bucket(bucketConnectors), []byte(c.ID), value}}
	for _, k := range keysOf(c) {
		rows = append(rows, row{keys, k, []byte(c.ID)})
	}
	return putAll(rows)
}

func childrenOf(tx *bbolt.Tx, parent workbench.ConnectorID) []workbench.ConnectorID {
	return connectorsUnder(tx, connectorKey(childKey, string(parent)))
}

func connectorsUnder(tx *bbolt.Tx, prefix []byte) []workbench.ConnectorID {
	var ids []workbench.ConnectorID
	for _, v := range under(tx, bucketConnectorKeys, prefix) {
		ids = append(ids, workbench.ConnectorID(v))
	}
	return ids
}
