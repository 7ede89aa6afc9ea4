package boltstore

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"workbench"
	"workbench/store"
)

// finish derives what the batch touched, and adds quarantined records, foreign alerts and progress.
func (a *appending) finish() error {
	for _, t := range a.tenants {
		if err := t.frames.flush(); err != nil {
			return err
		}
		if err := a.touchVersions(t); err != nil {
			return err
		}
	}
	keys := make([]workbench.GroupKey, 0, len(a.touched))
	for key := range a.touched {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareGroups)
	if err := a.derive(keys); err != nil {
		return err
	}
	slices.SortFunc(a.done.Stories, func(x, y store.StoryEffect) int { return cmp.Compare(x.ID, y.ID) })
	for _, e := range a.done.Stories {
		if e.Effect != store.Unchanged {
			a.done.Change = store.Change(parseNumber(a.tx.Bucket(bucketMeta).Get(metaChange)))
			break
		}
	}
	for _, q := range a.batch.Quarantined {
		if err := a.keep(q); err != nil {
			return err
		}
	}
	for _, f := range a.batch.Foreign {
		if err := a.foreign(f); err != nil {
			return err
		}
	}
	for _, p := range a.batch.Progress {
		if err := a.move(p); err != nil {
			return err
		}
	}
	return nil
}

// touchVersions touches the groups that any kept version of the batch's alerts names.
func (a *appending) touchVersions(t *tenantAppending) error {
	for _, alert := range t.alerts {
		for _, n := range numbersUnder(t.tenant.alerts, appendText(nil, alert.id)) {
			r, err := t.document(n)
			if err != nil {
				return err
			}
			group := r.Groups()
			a.touched[group] = a.touched[group] || alert.new
		}
	}
	return nil
}

// The most that is derived side by side: so many groups, so many bytes of documents, and the group that goes beyond.
const (
	groupsTogether = 64
	bytesTogether  = 4 << 20
)

// derive derives the groups that something new came for, several side by side; of the others it only lists the stories. What is stored
// does not depend on how many processors there are: settling keeps the order of the keys.
func (a *appending) derive(keys []workbench.GroupKey) error {
	var together []*pending
	size := 0
	for i, key := range keys {
		t := a.tenants[key.Tenant]
		if a.touched[key] {
			p, err := deriving{s: a.s, tx: a.tx, tenant: t.tenant, fresh: t.fresh}.gather(key)
			if err != nil {
				return err
			}
			together, size = append(together, p), size+p.size()
		} else if err := a.list(t, key); err != nil {
			return err
		}
		if len(together) < groupsTogether && size < bytesTogether && i+1 < len(keys) {
			continue
		}
		makeAll(together)
		for _, p := range together {
			effects, err := p.settle(true)
			if err != nil {
				return err
			}
			a.done.Stories = append(a.done.Stories, effects...)
		}
		together, size = nil, 0
	}
	return nil
}

// makeAll makes the stories of groups side by side.
func makeAll(list []*pending) { sideBySide(len(list), func(i int) { list[i].make() }) }

// sideBySide does n things on as many processors as there are. A panic comes out of it as it would from one after the other.
func sideBySide(n int, do func(i int)) {
	var wait sync.WaitGroup
	var next atomic.Int64
	panics := make([]any, min(n, runtime.GOMAXPROCS(0)))
	for worker := range panics {
		wait.Go(func() {
			defer func() { panics[worker] = recover() }()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wait.Wait()
	for _, reason := range panics {
		if reason != nil {
			panic(reason)
		}
	}
}

// list adds the stories of a group that stay as they are.
func (a *appending) list(t *tenantAppending, key workbench.GroupKey) error {
	kept, err := t.storiesOf(key)
	for _, r := range kept {
		if !r.gone {
			a.done.Stories = append(a.done.Stories, store.StoryEffect{ID: r.id})
		}
	}
	return err
}

func compareGroups(a, b workbench.GroupKey) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), strings.Compare(a.Incident, b.Incident), strings.Compare(a.Alert, b.Alert))
}
