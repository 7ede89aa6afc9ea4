package relational

import (
	"cmp"
	"slices"
	"time"

	"workbench"
	"workbench/store"
)

// Group is a group as a statement answers it.
type Group struct {
	Value                    string
	Count, High, Medium, Low int
	Updated                  int64 // ticks
}

// Group is the group as it is compared.
func (g Group) Group() store.Group {
	return store.Group{Count: store.Count{Value: g.Value, Count: g.Count}, High: g.High, Medium: g.Medium, Low: g.Low,
		UpdatedAt: workbench.At(time.Unix(g.Updated/10_000_000, g.Updated%10_000_000*100))}
}

// SortGroups puts groups into their order and keeps a page of them.
func SortGroups(list []store.Group, limit int) []store.Group {
	slices.SortFunc(list, func(a, b store.Group) int {
		return cmp.Or(cmp.Compare(b.High, a.High), cmp.Compare(b.Medium, a.Medium), cmp.Compare(b.Low, a.Low), cmp.Compare(a.Value, b.Value))
	})
	return list[:min(len(list), limit)]
}
