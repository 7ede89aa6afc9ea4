package stories

import (
	"slices"

	"workbench/views/link"
)

// heads are the heads of the columns, each with the address that sorts by it or turns the order round.
func heads(a address, shown []column) []Column {
	now := sortingOf(a.query)
	var out []Column
	for _, c := range shown {
		head := Column{Key: c.key, Head: c.head, Explain: c.explain, Kind: c.kind}
		if c.sort != "" {
			down := c.downFirst
			if now.by == c.sort {
				head.Sorted, down = "ascending", true
				if now.descending {
					head.Sorted, down = "descending", false
				}
			}
			key := c.sort
			head.Next = "sort ascending"
			if down {
				key, head.Next = "-"+key, "sort descending"
			}
			head.URL = a.set(paramSort, key).url()
		}
		out = append(out, head)
	}
	return out
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
