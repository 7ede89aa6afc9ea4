package simulator

import (
	"fmt"
	"math"
	"slices"
	"time"

	"workbench"
	"workbench/ingest/sample"
)

// Attack is a script that is being played in a tenant. Nothing runs between requests: whoever asks first after a step was due finds it done,
// at the time at which it was due.
type Attack struct {
	id      int
	script  sample.Attack
	started time.Time
	speed   float64
	acts    []sample.Act
	done    int
	err     error // why it stopped early
}

// RunningAttack is an attack as it stands.
type RunningAttack struct {
	ID      int
	Name    string
	Title   string
	Started time.Time
	Speed   float64
	Steps   []AttackStep
	Done    int    // steps
	Problem string // why it stopped early
}

// AttackStep is one step of an attack.
type AttackStep struct {
	At   time.Time
	Says string
	Done bool
}

// Limits of attacks.
const (
	mostAttacks  = 50     // that are remembered; the oldest that have ended are forgotten
	fastest      = 10_000 // times as told
	mostEveryday = 3_600  // everyday incidents in an hour
	missedMost   = 200    // everyday incidents that are made up for at once
)

// Start begins an attack, one of sample.Attacks, now: at a speed of 1 as told, at 10 ten times as fast. It returns its id.
func (w *World) Start(name string, speed float64) (int, error) {
	list := sample.Attacks()
	i := slices.IndexFunc(list, func(a sample.Attack) bool { return a.Name == name })
	if i < 0 {
		return 0, fmt.Errorf("attack %q: %w", name, workbench.ErrNotFound)
	}
	if !(speed > 0 && speed <= fastest) {
		return 0, (*workbench.Invalid)(nil).Set("speed", fmt.Sprintf("Enter a speed above 0 and up to %d.", fastest))
	}
	now := w.lock()
	defer w.mu.Unlock()
	if len(w.attacks) >= mostAttacks {
		w.attacks = slices.DeleteFunc(w.attacks, func(a *Attack) bool { return a.done == len(a.acts) })
	}
	if len(w.attacks) >= mostAttacks {
		return 0, fmt.Errorf("%d attacks are being played: %w", len(w.attacks), workbench.ErrTooLarge)
	}
	w.runs++
	a := &Attack{id: w.runs, script: list[i], started: now, speed: speed}
	a.acts = a.script.Acts(w.stage(now, speed, list[i].Incidents))
	w.attacks = append(w.attacks, a)
	return a.id, nil
}

// stage is where an attack with so many incidents is played. The caller holds mu.
func (w *World) stage(start time.Time, speed float64, incidents int) sample.Stage {
	for n := w.nextID; n < w.nextID+incidents; n++ {
		if w.series != nil && n >= w.series.FirstID && n < w.series.FirstID+w.series.Incidents {
			w.nextID = w.series.FirstID + w.series.Incidents
		}
	}
	first := w.nextID
	w.nextID += incidents
	return sample.Stage{Tenant: workbench.TenantID(w.tenant.id), Domain: w.tenant.Domain(), Start: start, Speed: speed, Run: w.runs, FirstID: first}
}

// Stop ends an attack where it stands; one that is not there has ended already.
func (w *World) Stop(id int) {
	w.lock()
	defer w.mu.Unlock()
	w.attacks = slices.DeleteFunc(w.attacks, func(a *Attack) bool { return a.id == id })
}

// Attacks are those that were started and not stopped, the oldest first.
func (w *World) Attacks() []RunningAttack {
	w.lock()
	defer w.mu.Unlock()
	var list []RunningAttack
	for _, a := range w.attacks {
		r := RunningAttack{ID: a.id, Name: a.script.Name, Title: a.script.Title, Started: a.started, Speed: a.speed, Done: a.done}
		if a.err != nil {
			r.Problem = a.err.Error()
		}
		for i, act := range a.acts {
			r.Steps = append(r.Steps, AttackStep{act.At, act.Says, i < a.done})
		}
		list = append(list, r)
	}
	return list
}

// everyday is the small incidents that come now and then.
type everyday struct {
	every time.Duration // 0 = none come
	last  time.Time     // when the last came, or they began
}

// Background lets so many small incidents an hour come from now on; 0 = none. They come at even distances.
func (w *World) Background(perHour float64) error {
	if !(perHour >= 0 && perHour <= mostEveryday) {
		return (*workbench.Invalid)(nil).Set("rate", fmt.Sprintf("Enter a number of incidents an hour from 0 to %d.", mostEveryday))
	}
	now := w.lock()
	defer w.mu.Unlock()
	w.everyday = everyday{last: now}
	if perHour > 0 {
		w.everyday.every = time.Duration(math.Min(float64(time.Hour)/perHour, math.MaxInt64/4)).Truncate(100)
	}
	return nil
}

// BackgroundRate is how many small incidents an hour come.
func (w *World) BackgroundRate() float64 {
	w.lock()
	defer w.mu.Unlock()
	if w.everyday.every == 0 {
		return 0
	}
	return float64(time.Hour) / float64(w.everyday.every)
}

// advance lets everything happen that was due, in order of time. The caller holds mu.
func (w *World) advance(now time.Time) {
	if e := &w.everyday; e.every > 0 && now.Sub(e.last)/e.every > missedMost {
		e.last = now.Add(-missedMost * e.every)
	}
	for {
		due, next := now, (*Attack)(nil)
		for _, a := range w.attacks {
			if a.done < len(a.acts) && !a.acts[a.done].At.After(due) && (next == nil || a.acts[a.done].At.Before(due)) {
				due, next = a.acts[a.done].At, a
			}
		}
		if e := &w.everyday; e.every > 0 && !e.last.Add(e.every).After(due) {
			e.last = e.last.Add(e.every)
			w.runs++
			if err := w.play(sample.Everyday(w.stage(e.last, 1, 1))); err != nil {
				e.every = 0
			}
			continue
		}
		if next == nil {
			return
		}
		next.done++
		if next.err = w.play(next.acts[next.done-1]); next.err != nil {
			next.acts = next.acts[:next.done]
		}
	}
}

// play makes the world what an act says. The caller holds mu.
func (w *World) play(a sample.Act) error {
	rows, err := elements(document(a.Page()).get("value"))
	for _, row := range rows {
		if err == nil {
			err = w.put(row)
		}
	}
	return err
}
