package connectors

import (
	"workbench/views/link"
	"workbench/views/ui"
)

// manyTenants is beyond how many tenants a reader has to be told where to look.
const manyTenants = 6

// Many reports whether there are so many tenants that they are counted, those that are not well come first, and the others are folded.
func Many(sources []Source) bool { return len(families(sources)) > manyTenants }

// Sum counts the tenants by how they are.
type Sum struct {
	URL     string // gives it alone
	Tenants string
	Counts  []Count
}

// Count is how many tenants are in one way.
type Count struct {
	Badge
	Number string
}

// NewSum is nil where the tenants are few enough to be seen.
func NewSum(sources []Source) *Sum {
	if !Many(sources) {
		return nil
	}
	all := families(sources)
	s := &Sum{URL: link.ConnectorSum(), Tenants: many(len(all), "tenant", "tenants")}
	found := map[Badge]int{}
	for _, f := range all {
		found[worst(f)]++
	}
	for _, b := range []Badge{badgeError, badgePending, badgeCatchingUp, badgeConnected, badgeOff} {
		if n := found[b]; n > 0 {
			s.Counts = append(s.Counts, Count{b, ui.Count(n)})
		}
	}
	return s
}
