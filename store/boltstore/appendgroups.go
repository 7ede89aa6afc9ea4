package boltstore

import (
	"cmp"
	"slices"
	"strings"

	"workbench"
	"workbench/store"
)

// finish derives what the batch touched, and adds quarantined records.
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
	for _, key := range keys {
		t := a.tenants[key.Tenant]
		effects, err := a.effects(t, key)
		if err != nil {
			return err
		}
		a.done.Stories = append(a.done.Stories, effects...)
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

func (a *appending) effects(t *tenantAppending, key workbench.GroupKey) ([]store.StoryEffect, error) {
	d := deriving{s: a.s, tx: a.tx, tenant: t.tenant, fresh: t.fresh}
	if a.touched[key] {
		return d.derive(key, true)
	}
	var out []store.StoryEffect
	kept, err := t.storiesOf(key)
	for _, r := range kept {
		if !r.gone {
			out = append(out, store.StoryEffect{ID: r.id})
		}
	}
	return out, err
}

func compareGroups(a, b workbench.GroupKey) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), strings.Compare(a.Incident, b.Incident), strings.Compare(a.Alert, b.Alert))
}
