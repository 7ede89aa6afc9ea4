package pocketbase

import (
	"fmt"
	"strings"

	"workbench/bench/peer"
	"workbench/bench/peer/relational"
	"workbench/store"
)

// filter is a question in PocketBase's language, with the filter of one field replaced by one value; "" = none is.
func filter(ask peer.Ask, counted store.Field, value string) string {
	var all []string
	for _, f := range store.FacetFields {
		given, ok := ask.Query.Filters[f]
		switch {
		case f == counted:
			all = append(all, is(f, value))
		case !ok && f == store.Moved:
			all = append(all, "moved = false")
		case ok:
			all = append(all, conditions(f, given)...)
		}
	}
	if !ask.Query.From.IsZero() {
		all = append(all, fmt.Sprintf("updated >= %q", ticks(peer.Ticks(ask.Query.From))))
	}
	if !ask.Query.To.IsZero() {
		all = append(all, fmt.Sprintf("updated < %q", ticks(peer.Ticks(ask.Query.To))))
	}
	for _, w := range strings.Fields(ask.Query.Text) {
		all = append(all, fmt.Sprintf("(names ~ %q || inside ~ %q)", w, w))
	}
	if ask.After != nil {
		t := ticks(ask.After.Updated)
		all = append(all, fmt.Sprintf("(updated < %q || (updated = %q && story > %q))", t, t, ask.After.ID))
	}
	return strings.Join(all, " && ")
}

func is(f store.Field, v string) string {
	switch f {
	case store.Criticality, store.Moved:
		return relational.Column(f) + " = " + v
	case store.Label, store.Mitre:
		return fmt.Sprintf("%s ~ %q", relational.Column(f), "|"+v+"|")
	}
	return fmt.Sprintf("%s = %q", relational.Column(f), v)
}

func isNot(f store.Field, v string) string {
	switch f {
	case store.Criticality, store.Moved:
		return relational.Column(f) + " != " + v
	case store.Label, store.Mitre:
		return fmt.Sprintf("%s !~ %q", relational.Column(f), "|"+v+"|")
	}
	return fmt.Sprintf("%s != %q", relational.Column(f), v)
}

func conditions(f store.Field, given store.Filter) []string {
	var some, all []string
	for _, v := range given.Any {
		some = append(some, is(f, v))
	}
	for _, r := range given.Ranges {
		some = append(some, fmt.Sprintf("(criticality >= %d && criticality <= %d)", r.From, r.To))
	}
	if len(some) > 0 {
		all = append(all, "("+strings.Join(some, " || ")+")")
	}
	for _, v := range given.Not {
		all = append(all, isNot(f, v))
	}
	return all
}
