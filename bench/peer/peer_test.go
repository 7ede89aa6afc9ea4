package peer_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"workbench"
	"workbench/bench/generate"
	"workbench/bench/peer"
	"workbench/store"
	"workbench/store/naive"
)

func row(i int) workbench.Row {
	s := generate.New(5, 100)
	c := s.Content(i)
	return workbench.NewRow(c.Head, s.State(i, c.Head), workbench.Text("Tenant"))
}

func TestRowsComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := row(rapid.IntRange(0, 99).Draw(r, "story"))
		text := func(name string) workbench.Untrusted { return workbench.Text(rapid.String().Draw(r, name)) }
		want.Indication, want.LastComment, want.AlertCount = text("indication"), text("comment"), rapid.Int().Draw(r, "alerts")
		want.WaitingSince = workbench.At(time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(r, "second"), rapid.Int64Range(0, 999_999_999).Draw(r, "nanosecond")))
		for range rapid.IntRange(0, 3).Draw(r, "labels") {
			want.Labels = append(want.Labels, text("label"))
		}
		b := peer.AppendRow(nil, want)
		got, err := peer.ReadRow(b)
		if err != nil {
			r.Fatal(err)
		}
		if differs := peer.Differ(peer.Rows, peer.Answer{Rows: []workbench.Row{want}}, peer.Answer{Rows: []workbench.Row{got}}); differs != "" {
			r.Fatal(differs)
		}
		if _, err := peer.ReadRow(b[:rapid.IntRange(0, len(b)-1).Draw(r, "cut")]); err == nil {
			r.Fatal("a row that is cut short is read without an error")
		}
	})
}

// TestDifferFindsWhatDiffers plants one difference after the other.
func TestDifferFindsWhatDiffers(t *testing.T) {
	answer := func() peer.Answer {
		return peer.Answer{Rows: []workbench.Row{row(1), row(2)}, Total: 2,
			Facets: map[store.Field][]store.Count{store.Status: {{Value: "open", Count: 2}}, store.Owner: {{Value: "kim", Count: 1}, {Value: "none", Count: 1}}},
			Groups: store.Groups{Count: 1, Total: 2, Groups: []store.Group{{Count: store.Count{Value: "x", Count: 2}, High: 1, Low: 1, UpdatedAt: row(1).UpdatedAt}}}}
	}
	all := peer.Rows | peer.Total | peer.Facets | peer.Groups
	if differs := peer.Differ(all, answer(), answer()); differs != "" {
		t.Errorf("equal answers differ: %s", differs)
	}
	for name, plant := range map[string]func(*peer.Answer){
		"order":         func(a *peer.Answer) { slices.Reverse(a.Rows) },
		"row missing":   func(a *peer.Answer) { a.Rows = a.Rows[:1] },
		"row's text":    func(a *peer.Answer) { a.Rows[1].Summary = workbench.Text("another") },
		"row's time":    func(a *peer.Answer) { a.Rows[0].UpdatedAt = workbench.At(a.Rows[0].UpdatedAt.Add(100)) },
		"row's list":    func(a *peer.Answer) { a.Rows[0].Labels = append(a.Rows[0].Labels, workbench.Text("x")) },
		"total":         func(a *peer.Answer) { a.Total = 3 },
		"count":         func(a *peer.Answer) { a.Facets[store.Status][0].Count = 1 },
		"value":         func(a *peer.Answer) { a.Facets[store.Owner][0].Value = "lee" },
		"value missing": func(a *peer.Answer) { a.Facets[store.Owner] = a.Facets[store.Owner][:1] },
		"no facets":     func(a *peer.Answer) { a.Facets = nil },
		"group":         func(a *peer.Answer) { a.Groups.Groups[0].High = 2 },
		"groups":        func(a *peer.Answer) { a.Groups.Count = 2 },
		"group's time":  func(a *peer.Answer) { a.Groups.Groups[0].UpdatedAt = workbench.At(row(1).UpdatedAt.Add(100)) },
	} {
		got := answer()
		plant(&got)
		if peer.Differ(all, answer(), got) == "" {
			t.Errorf("%s: the difference is not found", name)
		}
		one, other := peer.NewDigest(), peer.NewDigest()
		one.Add(all, answer())
		other.Add(all, got)
		if one.String() == other.String() {
			t.Errorf("%s: the digests are the same", name)
		}
	}
	less := answer()
	delete(less.Facets, store.Owner)
	if differs := peer.Differ(all, answer(), less); differs != "" {
		t.Errorf("a facet that a peer does not give: %s", differs)
	}
}

func sample(n int) (records []peer.Record, x *naive.Index) {
	s := generate.New(5, n)
	x = naive.New(nil)
	var entries []store.Entry
	for i := range n {
		c := s.Content(i)
		e := store.Entry{ID: c.ID, Number: store.Change(i + 1), Head: c.Head, State: s.State(i, c.Head)}
		entries, records = append(entries, e), append(records, peer.NewRecord(int64(i+1), e, c.Texts()))
	}
	x.Apply(entries)
	return records, x
}

func TestQuestions(t *testing.T) {
	records, x := sample(3_000)
	a, again, other := peer.NewAsker(1, records, x), peer.NewAsker(1, records, x), peer.NewAsker(2, records, x)
	for _, kind := range peer.Kinds {
		same, empty, nots, ranges := 0, 0, 0, 0
		for i := range 60 {
			ask, err := a.Ask(t.Context(), kind, i)
			if err != nil {
				t.Fatal(err)
			}
			if err := ask.Query.Validate(); err != nil {
				t.Errorf("%s, question %d (%s): %v", kind.Name, i, ask, err)
			}
			if twin, err := again.Ask(t.Context(), kind, i); err != nil || twin.String() != ask.String() {
				t.Errorf("%s, question %d: got %s, %v, then %s", kind.Name, i, ask, err, twin)
			}
			if stranger, err := other.Ask(t.Context(), kind, i); err == nil && stranger.String() == ask.String() {
				same++
			}
			for _, f := range ask.Query.Filters {
				nots, ranges = nots+len(f.Not), ranges+len(f.Ranges)
			}
			page, err := x.Stories(t.Context(), workbench.EveryTenant(), ask.Query)
			if err != nil {
				t.Errorf("%s, question %d (%s): %v", kind.Name, i, ask, err)
			}
			if page.Total == 0 {
				empty++
			}
		}
		if few := len(kind.Name) > 0 && (kind.Name == "first" || kind.Name == "deep"); !few && same > 30 {
			t.Errorf("%s: %d of 60 questions are the same for another seed", kind.Name, same)
		}
		if kind.Name != "inside" && empty > 20 { // the plain index was given no inner texts
			t.Errorf("%s: %d of 60 answers are empty", kind.Name, empty)
		}
		if kind.Name == "page" && (nots == 0 || ranges == 0) {
			t.Errorf("page: %d values with not and %d ranges among 60 questions, want some", nots, ranges)
		}
	}
}

// TestMiddle holds that the place that peers are told is where the workbench's cursor is.
func TestMiddle(t *testing.T) {
	records, x := sample(3_000)
	kind, _ := peer.KindNamed("deep")
	a := peer.NewAsker(1, records, x)
	for i := range 10 {
		ask, err := a.Ask(t.Context(), kind, i)
		if err != nil {
			t.Fatal(err)
		}
		before := 0
		status := ask.Query.Filters[store.Status].Any[0]
		var behind []peer.Record
		for _, r := range records {
			if r.Values[store.Status][0] != status || r.Values[store.Moved][0] != "false" {
				continue
			}
			if u := r.Times["updated"]; ask.After != nil && (u > ask.After.Updated || u == ask.After.Updated && string(r.Row.ID) <= ask.After.ID) {
				before++
			} else {
				behind = append(behind, r)
			}
		}
		if before != (before+len(behind))/2 {
			t.Errorf("question %d: %d stories before the place and %d behind it", i, before, len(behind))
		}
		page, err := x.Stories(t.Context(), workbench.EveryTenant(), ask.Query)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(behind, func(a, b peer.Record) int {
			if a.Times["updated"] != b.Times["updated"] {
				return int(b.Times["updated"] - a.Times["updated"])
			}
			return strings.Compare(string(a.Row.ID), string(b.Row.ID))
		})
		if len(page.Rows) == 0 || page.Rows[0].ID != behind[0].Row.ID {
			t.Errorf("question %d: the workbench goes on with another story than what is behind the place", i)
		}
	}
}

func TestTicks(t *testing.T) {
	if got := peer.Ticks(workbench.Time{}); got != math.MinInt64 {
		t.Errorf("no time: got %d", got)
	}
	at := workbench.At(time.Unix(1_790_000_000, 123_456_789))
	if got := peer.Ticks(at); got != 17_900_000_001_234_567 {
		t.Errorf("got %d", got)
	}
}
