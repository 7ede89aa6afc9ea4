package stories

import (
	"net/url"

	"workbench/views/link"
	"workbench/views/ui"
)

// News is the line that says what came while the list was looked at. The list itself moves only when it is asked to.
type News struct {
	Address string // asks for this line again
	Load    string // the list as it is now, from its first page
	Words   string // "" = nothing came
}

// NewNews makes the line for a list's query, as it was at a change number.
func NewNews(query url.Values, asOf uint64, fresh, changed int) News {
	first := newAddress(query).set(paramAfter)
	n := News{Address: link.News(first.query, asOf), Load: first.url()}
	switch {
	case fresh > 0 && changed > 0:
		n.Words = ui.Count(fresh) + " new, " + ui.Count(changed) + " changed: load"
	case fresh > 0:
		n.Words = ui.Count(fresh) + " new: load"
	case changed > 0:
		n.Words = ui.Count(changed) + " changed: load"
	}
	return n
}
