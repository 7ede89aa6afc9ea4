package stories

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"workbench/views/link"
)

// sorting is one key of an order.
type sorting struct {
	by         string
	descending bool
}

// sortingsOf reads the order; without one, the latest update comes first.
func sortingsOf(query url.Values) []sorting {
	var keys []sorting
	for _, key := range strings.Split(query.Get(paramSort), ",") {
		if key = strings.TrimSpace(key); key != "" {
			by, descending := strings.CutPrefix(key, "-")
			keys = append(keys, sorting{by, descending})
		}
	}
	if len(keys) == 0 {
		return []sorting{{"updated", true}}
	}
	return keys
}

// sortText writes an order as addresses have it.
func sortText(keys []sorting) string {
	var out []string
	for _, k := range keys {
		if k.descending {
			k.by = "-" + k.by
		}
		out = append(out, k.by)
	}
	return strings.Join(out, ",")
}

// adding returns the order with a key as its last, or turned round where it is in it already. It is as long as an order may be at most: then
// the new key takes the place of the last.
func adding(keys []sorting, key sorting) []sorting {
	keys = slices.Clone(keys)
	if i := slices.IndexFunc(keys, func(k sorting) bool { return k.by == key.by }); i >= 0 {
		keys[i].descending = !keys[i].descending
		return keys
	}
	if len(keys) >= maxSortKeys {
		keys = keys[:maxSortKeys-1]
	}
	return append(keys, key)
}

// Order is the menu that sorts by several columns.
type Order struct {
	Label   string // of the button: the order in force
	Action  string
	Carried []Param
	Keys    []Key
}

// Key is one key of an order, to be chosen.
type Key struct {
	Number string // "1"
	Name   string // "First"
	By     []Option
	Ways   []Option
}

// Option is one choice of a list of choices.
type Option struct {
	Value, Label string
	Chosen       bool
}

func newOrder(a address) Order {
	now := sortingsOf(a.query)
	o := Order{Action: link.Stories(nil), Carried: a.hidden(paramSort), Label: sortName(now[0].by)}
	if len(now) > 1 {
		o.Label += " +" + strconv.Itoa(len(now)-1)
	}
	for i, name := range []string{"Sort by", "Then by", "Then by", "Then by"} {
		k := Key{Number: strconv.Itoa(i + 1), Name: name}
		var at sorting
		if i < len(now) {
			at = now[i]
		}
		if i > 0 {
			k.By = append(k.By, Option{Label: "nothing more", Chosen: at.by == ""})
		}
		for _, c := range columns {
			if c.sort != "" {
				k.By = append(k.By, Option{c.sort, c.head, c.sort == at.by})
			}
		}
		k.Ways = []Option{{wayDown, "descending", at.descending || at.by == ""}, {wayUp, "ascending", !at.descending && at.by != ""}}
		o.Keys = append(o.Keys, k)
	}
	return o
}

// sortName is how people read a key.
func sortName(by string) string {
	for _, c := range columns {
		if c.sort == by {
			return c.head
		}
	}
	return "unknown"
}
