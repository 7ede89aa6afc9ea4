package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"workbench"
	"workbench/store"
)

var ctx = context.Background()

// world is a made-up history of stories, as a store keeps it: the present entry of each, at its place.
type world struct {
	r      *rand.Rand
	mu     sync.Mutex
	number store.Change
	places map[store.Ref]store.Entry
	refs   []store.Ref // of every story that ever was
	odd    int         // how many of ten stories have ids that no program made
}

func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 1))
	return &world{r: r, places: map[store.Ref]store.Entry{}, odd: r.IntN(2) * r.IntN(10)}
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func (w *world) chance(n int) bool { return w.r.IntN(n) == 0 }

// What stories are made of. Values differ in case alone, contain one another, look like words that mean something, and are missing.
var (
	tenants = []workbench.TenantID{"alpha", "beta", "Beta", "a/b", "a", "gamma", "none", "zeta-zeta"}
	words   = []string{"", "", "Kim", "kim", "KIM LEE", "none", "None", "host-1", "HOST-1", "Host-10", "ü-Ärger", "Ü-ärger", "ⅷ ⅷ", "İstanbul", "10.0.0.7", "10.0.0.70",
		"a b", "\"quoted\"", "x", "\U0001F600 smile", "nobody", "Nobody", "true",
		strings.Repeat("long", 40) + "A", strings.Repeat("long", 40) + "b", strings.Repeat("é", 300), strings.Repeat("É", 300) + "x"}
	incidents  = []string{"", "7", "9", "10", "007", "12345", "b/7", "B/7", "x-1", "X-1", "-5", "+7", "none", "99999999999999999999", "1234567890123456789", "0", strings.Repeat("i", 510)}
	severityIs = []string{"", "high", "High", "medium", "low", "informational", "unknown", "odd word", "none"}
	products   = []string{"endpoint", "office365", "identity", "Endpoint", "none"}
	producers  = []string{"Defender for Endpoint", "defender for endpoint", "Defender for Office 365", "", "identity"}
	labelsAre  = []string{"vip", "VIP", "lab", "Lab", "none", "Kim", "", strings.Repeat("l", 600), "two words"}
	techniques = []string{"T1059", "t1059", "T1059.001", "T1566", ""}
)

func (w *world) text(list []string) workbench.Untrusted { return workbench.Text(pick(w.r, list...)) }

func (w *world) texts(list []string, most int) []workbench.Untrusted {
	var out []workbench.Untrusted
	for range w.r.IntN(most + 1) {
		out = append(out, w.text(list))
	}
	return out
}

var begin = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func (w *world) time(absent int) workbench.Time {
	if w.chance(absent) {
		return workbench.Time{}
	}
	t := begin.Add(time.Duration(w.r.IntN(40)) * time.Minute)
	if w.chance(4) {
		t = t.Add(time.Duration(w.r.IntN(300)))
	}
	if w.chance(200) {
		t = time.Date(1900+w.r.IntN(300), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return workbench.At(t)
}

func (w *world) head(id workbench.StoryID, tenant workbench.TenantID) workbench.Head {
	h := workbench.Head{ID: id, Tenant: tenant, ProducerType: pick(w.r, workbench.GenericIncident, workbench.MicrosoftEndpointAlert), Product: pick(w.r, products...),
		Producer:   w.text(producers),
		IncidentID: w.text(incidents),
		Indication: w.text(words), Criticality: 1 + w.r.IntN(10), Severity: w.text(severityIs), Source: w.text(words), SourceIP: w.text(words),
		CreatedAt: w.time(30), UpdatedAt: w.time(500), FirstSignalAt: w.time(3), LastSignalAt: w.time(2),
		AlertCount: w.r.IntN(3), DeviceCount: w.r.IntN(3), UserCount: w.r.IntN(2), MailboxCount: w.r.IntN(2),
		MitreTechniques: w.texts(techniques, 3), VendorStatus: w.text(words), AllResolved: w.chance(5), NewestAlertAt: w.time(4), Names: w.texts(words, 3)}
	if w.chance(6) {
		h.MovedTo = []workbench.StoryID{"elsewhere"}
	}
	return h
}

func (w *world) state() workbench.State {
	if w.chance(2) {
		return workbench.State{}
	}
	s := workbench.State{Verdict: pick(w.r, append(workbench.Verdicts, "")...), Owner: w.text(words), Labels: w.texts(labelsAre, 3),
		ThreatType: w.text(words), Classification: w.text(words), ActedAt: w.time(5)}
	if s.Verdict == workbench.VerdictMalicious {
		s.AnalystSeverity = pick(w.r, append(workbench.AnalystSeverities, "")...)
	}
	if w.chance(2) {
		s.Status, s.StatusAt = pick(w.r, workbench.Statuses...), w.time(10)
	}
	return s
}

// change makes one story come, change, go or come back, and returns its entry.
func (w *world) change(most int) store.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.number++
	if len(w.refs) < most && (len(w.refs) == 0 || w.chance(2)) {
		tenant := pick(w.r, tenants...)
		ref := store.Ref{Tenant: tenant, Place: uint64(len(w.refs))}
		if w.chance(20) {
			ref.Tenant = "kept elsewhere"
		}
		id := workbench.StoryID(workbench.NewID(fmt.Sprint(w.r.Uint64())))
		if w.r.IntN(10) < w.odd {
			id = workbench.StoryID(fmt.Sprint(pick(w.r, "s", "S", "story ", "zz"), len(w.refs)))
		}
		e := store.Entry{ID: id, Ref: ref, Number: w.number, Head: w.head(id, tenant), State: w.state()}
		w.refs = append(w.refs, ref)
		w.places[ref] = e
		return e
	}
	ref := pick(w.r, w.refs...)
	e := w.places[ref]
	e.Number = w.number
	switch {
	case e.Gone: // comes back; its tenant stays
		e.Gone, e.Head, e.State = false, w.head(e.ID, pick(w.r, tenants...)), w.state()
	case w.chance(8):
		e.Gone, e.Head, e.State = true, workbench.Head{}, workbench.State{}
	case w.chance(2):
		e.State = w.state()
	default:
		e.Head = w.head(e.ID, e.Head.Tenant)
	}
	w.places[ref] = e
	return e
}

// Changes implements store.Feed.
func (w *world) Changes(_ context.Context, after store.Change, limit int) ([]store.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []store.Entry
	for _, e := range w.places {
		if e.Number > after {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b store.Entry) int { return int(a.Number) - int(b.Number) })
	return out[:min(limit, len(out))], nil
}

// Entries implements store.Feed.
func (w *world) Entries(_ context.Context, refs []store.Ref) ([]store.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []store.Entry
	for _, ref := range refs {
		e, ok := w.places[ref]
		if !ok {
			return nil, workbench.ErrNotFound
		}
		out = append(out, e)
	}
	return out, nil
}

// Texts implements store.Feed.
func (w *world) Texts(context.Context, []store.Ref) ([][]string, error) { return nil, nil }

// Mark implements store.Feed.
func (w *world) Mark(context.Context) (string, error) { return "mark", nil }

// Marked implements store.Feed.
func (w *world) Marked(context.Context, string) (bool, error) { return true, nil }

// Wait implements store.Feed.
func (w *world) Wait(ctx context.Context, _ store.Change) error { <-ctx.Done(); return ctx.Err() }

// insides is what stands inside stories, by ordinal.
type insides struct {
	ids        []workbench.StoryID
	texts      map[workbench.StoryID][]string
	generation uint64
}

func (i *insides) Find(_ context.Context, word string) ([]uint32, error) {
	var out []uint32
	for ordinal, id := range i.ids {
		if slices.ContainsFunc(i.texts[id], func(s string) bool { return strings.Contains(strings.ToLower(s), word) }) {
			out = append(out, uint32(ordinal))
		}
	}
	return out, nil
}

func (i *insides) Stories(from uint32) []workbench.StoryID { return slices.Clone(i.ids[from:]) }
func (i *insides) Generation() uint64                      { return i.generation }
func (i *insides) Applied() store.Change                   { return 0 }

// learn sets the texts of a story; sometimes ordinals are given anew.
func (i *insides) learn(r *rand.Rand, id workbench.StoryID) {
	if i.texts == nil {
		i.texts = map[workbench.StoryID][]string{}
	}
	if _, known := i.texts[id]; !known {
		i.ids = append(i.ids, id)
	}
	i.texts[id] = []string{pick(r, words...), pick(r, "C:\\Windows\\cmd.exe", "deadbeef", "")}
	if r.IntN(50) == 0 {
		r.Shuffle(len(i.ids), func(a, b int) { i.ids[a], i.ids[b] = i.ids[b], i.ids[a] })
		i.generation++
	}
}

// query draws a query that is valid.
func (w *world) query() (workbench.Scope, store.Query) {
	scope := workbench.EveryTenant()
	if w.chance(3) {
		var some []workbench.TenantID
		for range w.r.IntN(4) {
			some = append(some, pick(w.r, tenants...))
		}
		scope = workbench.ScopeOf(some...)
	}
	q := store.Query{Filters: map[store.Field]store.Filter{}, Limit: pick(w.r, 0, 1, 2, 5, 1000), TimeField: pick(w.r, "", "created", "updated", "firstSignal", "lastSignal")}
	for range w.r.IntN(4) {
		field := pick(w.r, store.FilterFields...)
		var f store.Filter
		for range w.r.IntN(3) {
			f.Any = append(f.Any, w.value(field))
		}
		for range w.r.IntN(2) * w.r.IntN(3) {
			f.Not = append(f.Not, w.value(field))
		}
		if field == store.Criticality && w.chance(2) {
			from := 1 + w.r.IntN(10)
			f.Ranges = append(f.Ranges, store.Range{From: from, To: from + w.r.IntN(11-from)})
		}
		q.Filters[field] = f
	}
	if w.chance(3) {
		q.Text = pick(w.r, "kim", "KIM", "host-1", "host", "ü", "10.0", "0", "7", "l", "long", `"kim lee"`, "kim lee", "t1059 kim", "vip",
			"none", "defender", "endpoint kim", "deadbeef", "cmd.exe kim", "123", "9999", "smile", `"`, "é", "nobody", "b/7", "i\u0307", "ⅷ", "\x00", "a\x00b", "zzz", "beef \"a b\"")
	}
	if w.chance(3) {
		from := begin.Add(time.Duration(w.r.IntN(40)) * time.Minute)
		if w.chance(2) {
			q.From = workbench.At(from)
		}
		if w.chance(2) {
			q.To = workbench.At(from.Add(time.Duration(1+w.r.IntN(30)) * time.Minute))
		}
	}
	switch w.r.IntN(6) {
	case 0:
	case 1:
		down := w.chance(2)
		q.Sort = []store.Sort{{By: "criticality", Descending: down}, {By: "updated", Descending: down}}
	case 2:
		q.Sort = []store.Sort{{By: pick(w.r, "updated", "created"), Descending: w.chance(2)}}
	default:
		seen := map[string]bool{}
		for range 1 + w.r.IntN(3) {
			if by := pick(w.r, store.SortFields...); !seen[by] {
				seen[by] = true
				q.Sort = append(q.Sort, store.Sort{By: by, Descending: w.chance(2)})
			}
		}
	}
	return scope, q
}

// value draws a filter's value that the field may have.
func (w *world) value(field store.Field) string {
	var v string
	switch field {
	case store.ProducerType:
		v = pick(w.r, string(workbench.GenericIncident), "MICROSOFTENDPOINTALERT")
	case store.Producer:
		v = pick(w.r, append(producers, products...)...)
	case store.Status:
		v = string(pick(w.r, workbench.Statuses...))
	case store.Criticality:
		v = fmt.Sprint(1 + w.r.IntN(10))
	case store.Severity:
		v = pick(w.r, severityIs...)
	case store.Verdict:
		v = pick(w.r, "none", "malicious", "Benign")
	case store.AnalystSeverity:
		v = pick(w.r, "none", "high", "low")
	case store.Tenant:
		v = string(pick(w.r, tenants...))
	case store.Label:
		v = pick(w.r, labelsAre...)
	case store.Mitre:
		v = pick(w.r, techniques...)
	case store.Moved:
		v = pick(w.r, "true", "false", "TRUE")
	case store.Incident:
		v = pick(w.r, incidents...)
		if w.chance(2) {
			v = string(pick(w.r, tenants...)) + "/" + v
		}
	default:
		v = pick(w.r, words...)
	}
	if v == "" {
		return store.None
	}
	if len(v) > store.MaxValueLength {
		v = strings.ToValidUTF8(v[:store.MaxValueLength], "")
	}
	return v
}
