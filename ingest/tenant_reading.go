package ingest

import (
	"context"
	"slices"

	"workbench"
	"workbench/ingest/msgraph"
	"workbench/store"
)

const (
	maxSingles = 100   // incidents that a poll asks for one by one; where more have changed, the lists alone are taken
	maxItems   = 2_000 // of a slice, aimed at
	maxTired   = 3     // incidents in a row that can't be had by themselves, after which the lists alone are taken
)

// reading reads one range of last updates: first the list of alerts, then that of incidents, then single incidents. What was understood is
// stored whether the reading comes to its end or not; progress is stored with the last of it.
type reading struct {
	t        *tenant
	window   msgraph.Window
	children []workbench.ConnectorID // whose progress it moves
	appender appender

	at    workbench.Time // until when the lists are whole, by Microsoft's clock
	items int
	limit int // of items; 0 = none

	live    map[string]*changed // by incident, in a poll that asks for them one by one; nil = the lists alone are taken
	order   []string            // of live
	held    int                 // bytes in live
	marks   []mark
	named   map[string]bool // incidents of alerts that were taken in from the list
	names   []string        // the same in order
	targets []string        // incidents that others of the list were merged into
	listed  map[string]bool // incidents in the list
	loose   map[string][]workbench.Foreign
	done    map[string]bool // incidents that were asked for
	tired   int             // single incidents in a row that could not be had
	waiting waiting         // alerts of a slice

	batch store.Batch
	from  []origin
	bytes int
	tally taken
}

// changed is an incident that a poll found changed.
type changed struct {
	incident []piece             // as listed
	alerts   []piece             // as listed
	loose    []workbench.Foreign // alerts as listed that nobody takes
	peers    []string            // incidents that alerts came from or went to
}

// reading begins to read a range; a zero end is open.
func (t *tenant) reading(from, to workbench.Time) *reading {
	r := &reading{t: t, window: msgraph.Window{From: from, To: to}, named: map[string]bool{}, listed: map[string]bool{},
		loose: map[string][]workbench.Foreign{}, done: map[string]bool{}, tally: taken{}}
	for _, p := range t.progress {
		if to.IsZero() || p.From.Before(to) {
			r.children = append(r.children, p.Connector)
		}
	}
	r.batch.Source, r.waiting.all = string(t.id), &t.waiting
	return r
}

// read reads the range to its end and moves progress.
func (r *reading) read(ctx context.Context) error {
	defer r.waiting.forget()
	r.begin(ctx)
	err := r.lists(ctx)
	if err == nil {
		err = r.singles(ctx)
	}
	if err == nil {
		err = r.addWaiting(ctx)
	}
	if err == nil {
		err = r.leftover(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			if kept := r.keep(ctx); kept != nil {
				return kept
			}
		}
		return err
	}
	return r.finish(ctx)
}

func (r *reading) begin(ctx context.Context) {
	r.appender = appender{store: patient{r.t, ctx}, splits: r.t.splits(), stored: func(store.Batch, store.Appended) {}}
}

// lists reads both lists.
func (r *reading) lists(ctx context.Context) error {
	graph := r.t.target.Graph
	first, err := graph.Alerts(ctx, r.window, func(p msgraph.Page) error { return r.page(ctx, p) })
	if err != nil {
		return err
	}
	second, err := graph.Incidents(ctx, r.window, func(p msgraph.Page) error { return r.page(ctx, p) })
	if err != nil {
		return err
	}
	r.at = r.t.clock(workbench.Earliest(first.At, second.At))
	if r.at.IsZero() {
		return errNoClock
	}
	return nil
}

// page takes in one page of a list.
func (r *reading) page(ctx context.Context, p msgraph.Page) error {
	if err := r.giveWay(ctx); err != nil {
		return err
	}
	a, wrong := r.t.page(p)
	r.quarantine(a)
	r.items += len(a.pieces) + len(a.quarantined)
	var incidents []piece
	for _, d := range a.pieces {
		switch {
		case d.Kind == workbench.IncidentDocument:
			incidents = append(incidents, d)
		default:
			if err := r.alert(ctx, d); err != nil {
				return err
			}
		}
	}
	if err := r.incidents(ctx, incidents); err != nil {
		return err
	}
	if r.live != nil && (len(r.live) > maxSingles || r.held > maxBatchBytes) {
		if err := r.spill(ctx); err != nil {
			return err
		}
	}
	if wrong == nil && r.limit > 0 && r.items > r.limit {
		return errManyItems
	}
	return wrong
}

// giveWay polls where it is time to while something else is read.
func (r *reading) giveWay(ctx context.Context) error {
	if r.polls() || !r.t.due() {
		return nil
	}
	if err := r.t.turn(ctx); err != nil {
		return &interrupted{err}
	}
	return nil
}

// interrupted is the error of a poll that something else gave way to. It was told already, and is not about what gave way.
type interrupted struct{ err error }

func (i *interrupted) Error() string { return "giving way to a poll: " + i.err.Error() }
func (i *interrupted) Unwrap() error { return i.err }

// spill goes on with the lists alone.
func (r *reading) spill(ctx context.Context) error {
	live, order := r.live, r.order
	r.live, r.order, r.held = nil, nil, 0
	var incidents []piece
	for _, id := range order {
		c := live[id]
		incidents = append(incidents, c.incident...)
		r.loose[id] = append(r.loose[id], c.loose...)
		for _, d := range c.alerts {
			r.name(id)
			if err := r.add(ctx, d); err != nil {
				return err
			}
		}
	}
	for part := range slices.Chunk(incidents, maxBatch) {
		if err := r.withAlerts(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// keep stores what was understood of a reading that did not come to its end.
func (r *reading) keep(ctx context.Context) error {
	if r.live != nil {
		if err := r.spill(ctx); err != nil {
			return err
		}
	}
	if err := r.addWaiting(ctx); err != nil {
		return err
	}
	return r.store(ctx)
}
