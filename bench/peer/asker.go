package peer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/store"
)

// Asker draws questions from one seed. Values are those of stories that are there, so that frequent ones are asked for more often and few
// answers are empty.
type Asker struct {
	seed   uint64
	sample []Record
	pages  store.Queries // finds the places in the middle
	middle map[string]middle
}

type middle struct {
	cursor string
	place  Place
}

// MaxSample is how many records an asker wants to draw from.
const MaxSample = 20_000

// NewAsker draws from a sample of the records. Queries is the workbench, which is asked where the middle of a list is.
func NewAsker(seed uint64, sample []Record, queries store.Queries) *Asker {
	return &Asker{seed: seed, sample: sample, pages: queries, middle: map[string]middle{}}
}

// Ask draws question i of a kind. The same seed, sample and numbers give the same question.
func (a *Asker) Ask(ctx context.Context, kind Kind, i int) (Ask, error) {
	index := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == kind.Name })
	if index < 0 || len(a.sample) == 0 {
		return Ask{}, fmt.Errorf("drawing a question of kind %q: there is no such kind, or no story", kind.Name)
	}
	d := rand.New(rand.NewPCG(a.seed+uint64(index)<<32, uint64(i)))
	r := &a.sample[d.IntN(len(a.sample))]
	ask := Ask{Want: kind.Want, Query: store.Query{Filters: map[store.Field]store.Filter{}, Limit: store.DefaultLimit}}
	only := func(fields ...store.Field) {
		for _, f := range fields {
			if v := r.Values[f]; len(v) > 0 {
				ask.Query.Filters[f] = store.Filter{Any: v[:1]}
			}
		}
	}
	byCriticality := []store.Sort{{By: "criticality", Descending: true}, {By: "updated", Descending: true}}
	switch kind.Name {
	case "page":
		a.filters(d, r, &ask.Query, 1+d.IntN(3))
		if d.IntN(2) == 0 {
			ask.Query.Sort = byCriticality
		}
	case "window":
		a.filters(d, r, &ask.Query, 1)
		to := r.Row.UpdatedAt.Add(time.Duration(d.IntN(24)) * time.Hour)
		ask.Query.From, ask.Query.To = workbench.At(to.Add(-time.Duration(24+d.IntN(29*24))*time.Hour)), workbench.At(to)
	case "facets":
		only(store.Status, store.Severity)
	case "untuned":
		pool := []store.Field{store.Verdict, store.AnalystSeverity, store.Owner, store.Severity, store.Tenant, store.Label, store.Mitre, store.ProducerType}
		d.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		only(pool[:2+d.IntN(2)]...)
		ask.Query.Sort = byCriticality
	case "names":
		only(store.Status)
		ask.Query.Text = piece(d, r.Names, 5, 9)
	case "inside":
		ask.Query.Text = piece(d, r.Inside, 8, 20)
	case "groups":
		only(store.Status)
		ask.Group = store.GroupFields[d.IntN(len(store.GroupFields)-1)] // all but by incident, where every story is a group
	case "tuned":
		only(store.Producer, store.Status)
		ask.Query.Sort = byCriticality
	case "deep":
		only(store.Status)
		return a.deep(ctx, ask, r.Values[store.Status][0])
	}
	return ask, nil
}

// filters adds so many random filters that the record passes, but for those with not.
func (a *Asker) filters(d *rand.Rand, r *Record, q *store.Query, n int) {
	for len(q.Filters) < n {
		field := store.FacetFields[d.IntN(len(store.FacetFields)-1)] // moved is always asked for as pages do: not moved
		own := r.Values[field]
		if len(own) == 0 {
			continue
		}
		var f store.Filter
		if field == store.Criticality && d.IntN(2) == 0 {
			f.Ranges = []store.Range{{From: max(1, r.Row.Criticality-d.IntN(4)), To: min(10, r.Row.Criticality+d.IntN(4))}}
			q.Filters[field] = f
			continue
		}
		values := own[:1]
		for range d.IntN(3) {
			if other := a.sample[d.IntN(len(a.sample))].Values[field]; len(other) > 0 && !slices.Contains(values, other[0]) {
				values = append(slices.Clone(values), other[0])
			}
		}
		if d.IntN(5) == 0 {
			f.Not = values
		} else {
			f.Any = values
		}
		q.Filters[field] = f
	}
}

// piece cuts a word of so many bytes out of texts: at least three, which is what trigrams need, and nothing that a query would take apart.
func piece(d *rand.Rand, texts string, least, most int) string {
	lines := strings.Fields(texts)
	for range 50 {
		word := strings.Trim(lines[d.IntN(len(lines))], `"`)
		if n := least + d.IntN(most-least+1); len(word) >= n && plain(word) {
			at := d.IntN(len(word) - n + 1)
			return word[at : at+n]
		}
	}
	return "example"
}

func plain(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'%\\", r) })
}

// deep moves a question to the middle of its list, by walking there once for each status.
func (a *Asker) deep(ctx context.Context, ask Ask, status string) (Ask, error) {
	m, known := a.middle[status]
	if !known {
		q := ask.Query
		q.Limit, q.Bare = 1, true
		page, err := a.pages.Stories(ctx, workbench.EveryTenant(), q)
		if err != nil {
			return ask, fmt.Errorf("walking to the middle of the list: %w", err)
		}
		for left := page.Total / 2; left > 0; left -= len(page.Versions) {
			q.Limit = min(left, store.MaxLimit)
			if page, err = a.pages.Stories(ctx, workbench.EveryTenant(), q); err != nil {
				return ask, fmt.Errorf("walking to the middle of the list: %w", err)
			}
			if len(page.Versions) == 0 {
				break
			}
			q.After = page.Next
		}
		if q.After == "" { // too short to have a middle
			return ask, nil
		}
		rows, err := a.pages.Rows(ctx, workbench.EveryTenant(), page.Versions[len(page.Versions)-1:])
		if err != nil || len(rows) != 1 {
			return ask, fmt.Errorf("reading the row in the middle of the list: %d rows, %w", len(rows), err)
		}
		m = middle{q.After, Place{Ticks(rows[0].UpdatedAt), string(rows[0].ID)}}
		a.middle[status] = m
	}
	ask.Query.After, ask.After = m.cursor, &m.place
	return ask, nil
}

// String is the question in short, for messages.
func (a Ask) String() string {
	var b strings.Builder
	for _, f := range store.FilterFields {
		if filter, ok := a.Query.Filters[f]; ok {
			b.WriteString(string(f) + " any " + strings.Join(filter.Any, ",") + " not " + strings.Join(filter.Not, ","))
			for _, r := range filter.Ranges {
				b.WriteString(" " + strconv.Itoa(r.From) + ".." + strconv.Itoa(r.To))
			}
			b.WriteString("; ")
		}
	}
	fmt.Fprintf(&b, "text %q, time %v to %v, order %v, group %q", a.Query.Text, a.Query.From, a.Query.To, a.Query.Sort, a.Group)
	return b.String()
}
