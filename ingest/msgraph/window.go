package msgraph

import (
	"net/http"
	"net/url"
	"time"

	"workbench"
)

// tick is the unit of Microsoft's times: a ten-millionth of a second.
const tick = 100 * time.Nanosecond

// filter is the $filter of a window, or "" where it is open on both sides. It holds every tick that the window holds.
func (w Window) filter() string {
	var text string
	if !w.From.IsZero() {
		text = "lastUpdateDateTime ge " + stamp(w.From.Time)
	}
	if !w.To.IsZero() {
		if text != "" {
			text += " and "
		}
		text += "lastUpdateDateTime lt " + stamp(w.To.Add(tick-1))
	}
	return text
}

// stamp writes a time as Microsoft reads it in filters: UTC, up to 7 fraction digits, cut to a tick.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.9999999Z") }

// listQuery is the query of the first page of a list, oldest update first.
func listQuery(w Window, size string) string {
	query := "$orderby=" + url.PathEscape("lastUpdateDateTime asc") + "&$top=" + size
	if filter := w.filter(); filter != "" {
		query = "$filter=" + url.PathEscape(filter) + "&" + query
	}
	return query
}

// clock reads the Date of an answer; zero where there is none.
func clock(date string) workbench.Time {
	t, err := http.ParseTime(date)
	if err != nil {
		return workbench.Time{}
	}
	return workbench.At(t)
}
