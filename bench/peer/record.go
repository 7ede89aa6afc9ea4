package peer

import (
	"math"
	"strconv"
	"strings"

	"workbench"
	"workbench/store"
)

// Record is a story as peers are given it: what is filtered, counted, sorted and searched is taken apart, so that none has to compute it.
type Record struct {
	N      int64 // from 1, in the order of loading
	Row    workbench.Row
	Values map[store.Field][]string // of the facets, as they are counted
	Keys   map[store.Field]string   // of the fields that have too many values to be facets
	Times  map[string]int64         // ticks, by names of store.TimeFields
	Names  string                   // texts that lists show and Head.Names, in lower case, one a line
	Inside string                   // texts of the story's inside, likewise
}

// NewRecord prepares an entry of the change feed, and the texts that store.Feed gives for it.
func NewRecord(n int64, e store.Entry, inside []string) Record {
	r := workbench.NewRow(e.Head, e.State, workbench.Untrusted{})
	rec := Record{N: n, Row: r, Values: map[store.Field][]string{
		store.ProducerType: {string(r.ProducerType)}, store.Producer: {e.Head.Product}, store.Status: {string(r.Status)}, store.Criticality: {strconv.Itoa(r.Criticality)},
		store.Severity: folded(r.Severity), store.Verdict: {orNone(string(r.Verdict))}, store.AnalystSeverity: {orNone(string(r.AnalystSeverity))}, store.Tenant: {string(r.Tenant.ID)},
		store.Owner: {orNone(fold(r.Owner.Raw()))}, store.Label: folded(r.Labels...), store.Mitre: folded(r.MitreTechniques...), store.Moved: {strconv.FormatBool(len(r.MovedTo) > 0)},
	}}
	incident := store.None
	if !r.IncidentID.IsZero() {
		incident = shorten(fold(string(r.Tenant.ID) + "/" + r.IncidentID.Raw()))
	}
	rec.Keys = map[store.Field]string{store.Source: orNone(shorten(fold(r.Source.Raw()))), store.SourceIP: orNone(shorten(fold(r.SourceIP.Raw()))),
		store.Indication: orNone(shorten(fold(r.Indication.Raw()))), store.Incident: incident}
	rec.Times = map[string]int64{"created": Ticks(r.CreatedAt), "updated": Ticks(r.UpdatedAt), "firstSignal": Ticks(r.FirstSignalAt), "lastSignal": Ticks(r.LastSignalAt)}
	var names []string
	for _, u := range []workbench.Untrusted{r.Indication, r.Source, r.SourceIP, r.Producer, r.IncidentID, r.Owner} {
		names = append(names, u.Raw())
	}
	for _, list := range [][]workbench.Untrusted{r.Labels, r.MitreTechniques, e.Head.Names} {
		for _, u := range list {
			names = append(names, u.Raw())
		}
	}
	rec.Names, rec.Inside = lines(names), lines(inside)
	return rec
}

// Ticks is a time in units of 100 ns; the least number where nobody said when.
func Ticks(t workbench.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.Unix()*10_000_000 + int64(t.Nanosecond()/100)
}

func fold(s string) string { return strings.ToLower(s) }

func folded(list ...workbench.Untrusted) []string {
	var out []string
	seen := map[string]bool{}
	for _, u := range list {
		if w := fold(u.Raw()); w != "" && !seen[w] && len(w) <= store.MaxValueLength {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return store.None
	}
	return s
}

func shorten(s string) string {
	if len(s) > store.MaxValueLength {
		s = strings.ToValidUTF8(s[:store.MaxValueLength], "")
	}
	return s
}

// lines joins texts; a line end inside of one becomes a character that no question of the bench asks for.
func lines(texts []string) string {
	var b strings.Builder
	for _, t := range texts {
		if t != "" {
			b.WriteString(strings.ReplaceAll(fold(t), "\n", "\v"))
			b.WriteByte('\n')
		}
	}
	return b.String()
}
