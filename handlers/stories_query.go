package handlers

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/store"
)

// maxQuery is how many bytes of query string are looked at, besides those of the cursor in it. Every link of a page repeats it.
const maxQuery = 8 << 10

// queryLength counts the bytes of an address's query without its cursor, which no link repeats and the store bounds.
func queryLength(u *url.URL) int {
	return len(u.RawQuery) - len(url.QueryEscape(u.Query().Get("after")))
}

var (
	numberRange = regexp.MustCompile(`^(\d{1,2})\.\.(\d{1,2})$`)
	timeAgo     = regexp.MustCompile(`^(\d{1,5})(m|h|d)$`)
)

// otherParameters are the parameters of the list that are no filters.
var otherParameters = []string{"q", "time", "timeField", "sort", "limit", "after", "columns"}

// storiesQuery reads a list's query from its address. What cannot be understood is named in invalid, by parameter, as a plain sentence; the
// query is then not to be asked.
func storiesQuery(values url.Values, now time.Time) (q store.Query, invalid map[string]string) {
	invalid = map[string]string{}
	q.Filters = map[store.Field]store.Filter{}
	for name, given := range values {
		field := store.Field(name)
		switch {
		case slices.Contains(store.FilterFields, field):
			var f store.Filter
			for _, v := range given {
				switch {
				case v == "":
				case strings.HasPrefix(v, "!") && len(v) > 1:
					f.Not = append(f.Not, v[1:])
				case numberRange.MatchString(v):
					m := numberRange.FindStringSubmatch(v)
					from, _ := strconv.Atoi(m[1])
					to, _ := strconv.Atoi(m[2])
					f.Ranges = append(f.Ranges, store.Range{From: from, To: to})
				default:
					f.Any = append(f.Any, v)
				}
			}
			if len(f.Any)+len(f.Not)+len(f.Ranges) > 0 {
				q.Filters[field] = f
			}
		case !slices.Contains(otherParameters, name):
			invalid[workbench.Text(cut(name, 40)).String()] = "is not something that stories can be narrowed by; take it out of the address"
		case len(given) > 1:
			invalid[name] = "stands more than once in the address; keep one"
		}
	}
	q.Text, q.TimeField, q.After = values.Get("q"), values.Get("timeField"), values.Get("after")
	if t := values.Get("time"); t != "" && t != "all" {
		var ok bool
		if q.From, q.To, ok = timeWindow(t, now); !ok {
			invalid["time"] = "is not a time range; write 48h, 7d, all, or from..to as in 2026-11-01..2026-11-22"
		}
	}
	if v := values.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > store.MaxLimit {
			invalid["limit"] = "is not a number from 1 to " + strconv.Itoa(store.MaxLimit)
		}
		q.Limit = n
	}
	for _, key := range strings.Split(values.Get("sort"), ",") {
		if key = strings.TrimSpace(key); key != "" {
			by, descending := strings.CutPrefix(key, "-")
			q.Sort = append(q.Sort, store.Sort{By: by, Descending: descending})
		}
	}
	if len(invalid) == 0 {
		var bad *workbench.Invalid
		if err := q.Validate(); errorsAs(err, &bad) {
			invalid = bad.Fields
		} else if err != nil {
			invalid["query"] = err.Error()
		}
	}
	return q, invalid
}

// timeWindow reads 48h, 7d, or from..to, where either side may be empty and each is a day or an RFC 3339 time. A day that ends a window is
// inside it.
func timeWindow(text string, now time.Time) (from, to workbench.Time, ok bool) {
	if m := timeAgo.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
		return workbench.At(now.Add(-time.Duration(n) * unit)), workbench.Time{}, true
	}
	left, right, found := strings.Cut(text, "..")
	if !found || left == "" && right == "" {
		return from, to, false
	}
	if left != "" {
		if from, ok = workbench.ParseTime(left); !ok {
			return from, to, false
		}
	}
	if right != "" {
		if to, ok = workbench.ParseTime(right); !ok {
			return from, to, false
		}
		if len(right) == len(time.DateOnly) {
			to = workbench.At(to.AddDate(0, 0, 1))
		}
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return from, to, false
	}
	return from, to, true
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
