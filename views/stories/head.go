package stories

import (
	"slices"
	"strconv"

	"workbench/views/link"
)

// heads are the heads of the columns, each with the address that sorts by it alone or turns the order round, and the one that adds it to the
// order. Only the first key is said as aria-sort, which names one column; of the others words tell.
func heads(a address, shown []column) []Column {
	now := sortingsOf(a.query)
	var out []Column
	for _, c := range shown {
		head := Column{Key: c.key, Head: c.head, Explain: c.explain, Kind: c.kind}
		if c.sort != "" {
			key := sorting{c.sort, c.downFirst}
			head.Also = sortText(adding(now, key))
			if at := slices.IndexFunc(now, func(k sorting) bool { return k.by == c.sort }); at >= 0 {
				head.Way = way(now[at])
				if len(now) > 1 {
					head.Number = strconv.Itoa(at + 1)
				}
				if at == 0 {
					head.Sorted, key.descending = head.Way, !now[0].descending
				} else {
					head.Next = "key " + head.Number + " of the order, " + head.Way + "; "
				}
			}
			head.Next += "sort " + way(key)
			head.URL = a.set(paramSort, sortText([]sorting{key})).url()
		}
		out = append(out, head)
	}
	return out
}

func way(k sorting) string {
	if k.descending {
		return "descending"
	}
	return "ascending"
}

func chooser(a address, shown []column) Chooser {
	c := Chooser{Action: link.Columns(), Return: a.set(paramColumns).url()}
	for i, col := range shown {
		o := Offer{Key: col.key, Head: col.head, Explain: col.explain, Fixed: col.key == "indication"}
		if i > 0 {
			o.Up = col.key + ":up"
		}
		if i < len(shown)-1 {
			o.Down = col.key + ":down"
		}
		c.Shown = append(c.Shown, o)
	}
	for _, col := range columns {
		if !slices.ContainsFunc(shown, func(s column) bool { return s.key == col.key }) {
			c.Others = append(c.Others, Offer{Key: col.key, Head: col.head, Explain: col.explain})
		}
	}
	return c
}

func exports(a address, shown []column) []Export {
	all := a.set(paramLimit).set(paramColumns)
	return []Export{
		{"CSV, these columns", "every matching story", link.StoriesAs(link.CSV, all.set(paramColumns, list(keysOf(shown))).query)},
		{"CSV, all columns", "every matching story", link.StoriesAs(link.CSV, all.set(paramColumns, list(ColumnKeys())).query)},
		{"NDJSON", "every matching story, one on a line", link.StoriesAs(link.NDJSON, all.query)},
		{"JSON", "this page, with counts", link.StoriesAs(link.JSON, a.query)},
	}
}
