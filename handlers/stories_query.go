package handlers

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/store"
	"workbench/views/link"
	"workbench/views/stories"
)

// maxQuery is how many bytes of query string are looked at, besides those of the cursor in it. Every link of a page repeats it.
const maxQuery = 8 << 10

const addressTooLong = "The address is longer than the 8,192 characters that a list of stories may have. Ask for fewer values, or search for fewer words."

// queryLength counts the bytes of an address's query without its cursor, which no link repeats and the store bounds.
func queryLength(u *url.URL) int {
	return len(u.RawQuery) - len(url.QueryEscape(u.Query().Get("after")))
}

var (
	numberRange = regexp.MustCompile(`^(\d{1,9})\.\.(\d{1,9})$`)
	timeAgo     = regexp.MustCompile(`^([1-9]\d{0,4})(m|h|d)$`)
)

// maxUnknown is how many unknown parameters are named before the rest is only counted.
const maxUnknown = 5

// otherParameters are the parameters of the list that are no filters.
var otherParameters = []string{"q", "time", "timeField", "sort", "limit", "after", "columns", "group", link.ViewParameter, link.BaseParameter}

// storiesQuery reads a list's query from its address. What cannot be understood is named in invalid, by parameter, as a plain sentence; the
// query is then not to be asked.
func storiesQuery(values url.Values, now time.Time) (q store.Query, invalid map[string]string) {
	invalid = map[string]string{}
	q.Filters = map[store.Field]store.Filter{}
	unknown := 0
	for _, name := range slices.Sorted(maps.Keys(values)) {
		given := values[name]
		switch {
		case slices.Contains(store.FilterFields, store.Field(name)):
			f, sentence := filterOf(store.Field(name), given)
			if sentence != "" {
				invalid[name] = sentence
			}
			if len(f.Any)+len(f.Not)+len(f.Ranges) > 0 {
				q.Filters[store.Field(name)] = f
			}
		case name == stories.OpenGroups, name == stories.OpenFacets: // as many as there are; one that is not on the page plays no part
		case !slices.Contains(otherParameters, name):
			if unknown++; unknown <= maxUnknown {
				invalid[workbench.Text(cut(name, 40)).String()] = "is not something that stories can be narrowed by; take it out of the address"
			}
		case len(given) > 1:
			invalid[name] = "stands more than once in the address; keep one"
		}
	}
	if more := unknown - maxUnknown; more > 0 {
		invalid["…"] = "and " + strconv.Itoa(more) + " more that stories cannot be narrowed by"
	}
	q.Text, q.TimeField, q.After = values.Get("q"), values.Get("timeField"), values.Get("after")
	if t := values.Get("time"); t != "" && t != "all" {
		var sentence string
		if q.From, q.To, sentence = timeWindow(t, now); sentence != "" {
			invalid["time"] = sentence
		}
	}
	if g := values.Get("group"); g != "" && !slices.Contains(store.GroupFields, store.Field(g)) {
		invalid["group"] = "is not something that stories can be grouped by; they can be by source, sourceIp, indication, status, producer, producerType, tenant and incident"
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

// filterOf reads the values of a field. Only criticality has ranges: elsewhere what looks like one is a value as any other. sentence says what
// is wrong with them, where something is.
func filterOf(field store.Field, given []string) (f store.Filter, sentence string) {
	for _, v := range given {
		bare, out := strings.CutPrefix(v, "!")
		m := numberRange.FindStringSubmatch(bare)
		switch {
		case v == "":
		case bare == "":
			return f, "has a “!” without a value; write what is to be left out behind it"
		case field == store.Criticality && m != nil:
			from, _ := strconv.Atoi(m[1])
			to, _ := strconv.Atoi(m[2])
			switch {
			case from < 1 || to < 1 || from > 10 || to > 10:
				return f, "is not a range within 1..10"
			case from > to:
				return f, "is a range that ends before it begins; write " + m[2] + ".." + m[1]
			case !out:
				f.Ranges = append(f.Ranges, store.Range{From: from, To: to})
			}
			for n := from; out && n <= to; n++ {
				if text := strconv.Itoa(n); !slices.Contains(f.Not, text) {
					f.Not = append(f.Not, text)
				}
			}
		case out:
			f.Not = append(f.Not, bare)
		default:
			f.Any = append(f.Any, bare)
		}
	}
	return f, ""
}

const notATime = "is not a time range; write 48h, 7d, all, or from..to as in 2026-11-01..2026-11-22"

// timeWindow reads 48h, 7d, or from..to, where either side may be empty and each is a day or an RFC 3339 time. A day that ends a window is
// inside it. sentence says what is wrong with the text, where something is.
func timeWindow(text string, now time.Time) (from, to workbench.Time, sentence string) {
	if m := timeAgo.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
		return workbench.At(now.Add(-time.Duration(n) * unit)), workbench.Time{}, ""
	}
	left, right, found := strings.Cut(text, "..")
	if !found || left == "" && right == "" {
		return from, to, notATime
	}
	var ok bool
	if left != "" {
		if from, ok = workbench.ParseTime(left); !ok {
			return from, to, notATime
		}
	}
	if right != "" {
		if to, ok = workbench.ParseTime(right); !ok {
			return from, to, notATime
		}
		if len(right) == len(time.DateOnly) {
			to = workbench.At(to.AddDate(0, 0, 1))
		}
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return from, to, "ends before it begins; turn its ends round"
	}
	return from, to, ""
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
