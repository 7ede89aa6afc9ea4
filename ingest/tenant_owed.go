package ingest

import (
	"slices"
	"time"
)

const (
	owedAfter = time.Minute // doubled with every failure
	owedMost  = time.Hour
	maxOwed   = 1_000
)

// owed are the incidents that could not be had by themselves. What the lists said of them is kept; they are asked for again, later and
// later. After a restart the daily reading makes up for what was forgotten.
type owed struct{ list []debt }

type debt struct {
	incident string
	at       time.Time // not before
	failures int
}

func (o *owed) find(incident string) int {
	return slices.IndexFunc(o.list, func(d debt) bool { return d.incident == incident })
}

// due reports whether an incident may be asked for.
func (o *owed) due(incident string, now time.Time) bool {
	i := o.find(incident)
	return i < 0 || !now.Before(o.list[i].at)
}

// put remembers an incident that was not asked for.
func (o *owed) put(incident string, now time.Time) {
	if o.find(incident) < 0 && len(o.list) < maxOwed {
		o.list = append(o.list, debt{incident, now.Add(owedAfter), 0})
	}
}

// fail remembers an incident that could not be had.
func (o *owed) fail(incident string, now time.Time) {
	o.put(incident, now)
	if i := o.find(incident); i >= 0 {
		d := &o.list[i]
		d.at = now.Add(backOff(owedAfter, owedMost, d.failures))
		d.failures++
	}
}

func (o *owed) settle(incident string) {
	if i := o.find(incident); i >= 0 {
		o.list = slices.Delete(o.list, i, i+1)
	}
}

// next returns an incident that may be asked for now.
func (o *owed) next(now time.Time) (string, bool) {
	for _, d := range o.list {
		if !now.Before(d.at) {
			return d.incident, true
		}
	}
	return "", false
}

// backOff is how long to wait after so many failures before.
func backOff(first, most time.Duration, failures int) time.Duration {
	return min(most, first<<min(failures, 20))
}
