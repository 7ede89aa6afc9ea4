package defender

import (
	"slices"

	"workbench"
)

// distinct drops repeats and keeps the order; it returns the list itself where there are none. It is nil for nothing.
func distinct(list []workbench.Untrusted) []workbench.Untrusted {
	if len(list) < 2 || len(list) <= 8 && !repeats(list) {
		return list
	}
	seen := make(map[workbench.Untrusted]struct{}, len(list))
	out := list[:0:0]
	for _, u := range list {
		if _, ok := seen[u]; !ok {
			seen[u] = struct{}{}
			out = append(out, u)
		}
	}
	return out
}

// repeats reports whether a text stands in a short list twice.
func repeats(list []workbench.Untrusted) bool {
	for i, u := range list {
		if slices.Contains(list[:i], u) {
			return true
		}
	}
	return false
}

// held is a list that is never nil.
func held[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
