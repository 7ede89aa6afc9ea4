package index_test

import (
	"testing"

	"workbench"
	"workbench/store"
	"workbench/store/index"
	"workbench/store/storetest"
)

func TestLists(t *testing.T) {
	storetest.Lists(t, func(names func(workbench.TenantID) workbench.Untrusted, rows store.Feed) storetest.ListIndex {
		return index.New(index.Config{Names: names, Rows: rows})
	})
}
