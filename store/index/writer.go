package index

import (
	"slices"
	"sync"

	"workbench"
	"workbench/store"
)

// writer makes versions, one batch after the other. It owns what gives codes; versions hold what was given so far.
type writer struct {
	values        [fields]*values
	cells         *cells
	labelSets     *codeSets
	techniqueSets *codeSets
	spellings     *spellings
	incidents     *texts
	counts        *codes[[4]int]
	words         *codes[[3]string]
	dictionary    *dictionary
	postings      *postings
	ids           *slots
	odd           []oddID

	batch   uint64
	started bool // what was there at the start is applied: what comes now is new

	// Of the batch under way.
	t      *table
	fresh  int               // slots that no version has yet
	bulk   bool              // nobody has seen a version with stories: they are counted and sorted once all are there
	before map[uint32]before // of slots that the batch touched
	codes  []uint32
	sorter sorter

	// Who gives codes to texts has these alone, and spellings, incidents and dictionary.
	texts []uint32
	room  []byte
}

// before is what a slot was before the batch.
type before struct {
	live                                    bool
	cell, tenant, owner, labels, techniques uint32
	updated, created                        int64
}

func newWriter() *writer {
	w := &writer{cells: newCells(), labelSets: newCodeSets(), techniqueSets: newCodeSets(), spellings: newSpellings(), incidents: newTexts(),
		counts: newCodes[[4]int](), words: newCodes[[3]string](), dictionary: newDictionary(), postings: newPostings(), ids: newSlots()}
	for i := range w.values {
		w.values[i] = newValues()
	}
	return w
}

// begin starts a batch upon a version.
func (w *writer) begin(on *table, bulk bool) {
	w.batch++
	t := *on
	t.blocks = slices.Clone(on.blocks)
	w.t, w.fresh, w.bulk, w.before = &t, on.rows, bulk, map[uint32]before{}
	if bulk {
		w.dictionary.later = true
		w.postings.expect()
	}
}

// apply takes entries into the batch. Where their texts have codes already, told says which.
func (w *writer) apply(entries []store.Entry, told []texting) {
	for i := range entries {
		if told != nil {
			w.entry(&entries[i], &told[i])
		} else {
			w.entry(&entries[i], nil)
		}
	}
}

func (w *writer) entry(e *store.Entry, told *texting) {
	t := w.t
	t.asOf = max(t.asOf, e.Number)
	n, plain := parseID(e.ID)
	if !plain {
		n = hashOf(e.ID)
	}
	t.odd = w.odd
	slot, known := w.ids.find(n, func(slot uint32) bool { b, i := t.block(slot); return b.id[i] == n && t.idOf(slot) == e.ID })
	live := false
	if known {
		b, i := t.block(slot)
		live = b.live.has(i)
		if live && get(b.number, i) > uint64(e.Number) {
			return
		}
	}
	switch {
	case e.Gone && !live:
		return
	case e.Gone:
		b, i := w.touch(slot)
		w.ownLive(b).drop(i)
		t.live--
		w.postings.set(slot, nil)
		return
	case !known:
		slot = uint32(t.rows)
	}
	if !known {
		t.rows++
		if int(slot/blockRows) == len(t.blocks) {
			t.blocks = append(t.blocks, &block{batch: w.batch, live: new(set), owned: 1 << columnLive})
		}
		if !plain {
			w.odd = append(w.odd, oddID{slot, e.ID})
			t.odd = w.odd
		}
	}
	b, i := w.touch(slot)
	fresh := w.fresh - int(slot/blockRows)*blockRows
	if !known {
		put(b, columnID, &b.id, i, fresh, n)
		if i >= len(b.id) { // the number 0
			b.id = make([]id, 64)
		}
		w.ids.add(n, slot, func(slot uint32) id { b, i := t.block(slot); return b.id[i] })
	}
	if !live {
		w.ownLive(b).add(i)
		t.live++
		var first uint64
		if w.started {
			first = uint64(e.Number)
		}
		put(b, columnFirst, &b.first, i, fresh, first)
	}
	r := w.record(e)
	if told == nil {
		w.texts = w.texts[:0]
		now := w.tell(e)
		told = &now
	}
	r.source, r.sourceIP, r.indication, r.incident = told.source, told.sourceIP, told.indication, told.incident
	b.put(&r, i, fresh)
	w.postings.set(slot, told.texts)
}

// touch makes the block of a slot the batch's own, and remembers what the slot was.
func (w *writer) touch(slot uint32) (*block, int) {
	at, i := slot/blockRows, int(slot%blockRows)
	b := w.t.blocks[at]
	if b.batch != w.batch {
		own := *b
		own.batch, own.owned = w.batch, 0
		b = &own
		w.t.blocks[at] = b
	}
	if w.bulk {
		return b, i
	}
	if _, ok := w.before[slot]; !ok {
		was := before{live: int(slot) < w.fresh && b.live.has(i)}
		if was.live {
			was = before{true, get(b.cell, i), get(b.tenant, i), get(b.owner, i), get(b.labels, i), get(b.techniques, i), get(b.updated, i), get(b.created, i)}
		}
		w.before[slot] = was
	}
	return b, i
}

func (w *writer) ownLive(b *block) *set {
	if b.owned&(1<<columnLive) == 0 {
		own := *b.live
		b.live = &own
		b.owned |= 1 << columnLive
	}
	return b.live
}

// record gives codes to what an entry says, but for its texts.
func (w *writer) record(e *store.Entry) record {
	row := workbench.NewRow(e.Head, e.State, workbench.Untrusted{})
	r := record{number: uint64(e.Number), place: e.Ref.Place, created: ticks(row.CreatedAt), updated: ticks(row.UpdatedAt), firstSignal: ticks(row.FirstSignalAt),
		lastSignal: ticks(row.LastSignalAt), waiting: ticks(row.WaitingSince)}
	var cell cellValues
	for k, v := range smallValues(&row, e.Head.Product) {
		if small[k] == severity {
			cell[k] = w.values[severity].codeAsIs(severity, row.Severity.Raw())
		} else {
			cell[k] = w.values[small[k]].code(small[k], v)
		}
	}
	r.cell = w.cells.code(cell)
	r.tenant = w.values[tenant].code(tenant, spelled{string(row.Tenant.ID), string(row.Tenant.ID)})
	if e.Ref.Tenant != row.Tenant.ID {
		r.home = 1 + w.values[tenant].code(tenant, spelled{string(e.Ref.Tenant), string(e.Ref.Tenant)})
	}
	if row.Owner.IsZero() {
		r.owner = w.values[owner].code(owner, nothing("Nobody"))
	} else {
		r.owner = w.values[owner].codeAsIs(owner, row.Owner.Raw())
	}
	r.labels = w.labelSets.code(w.list(label, row.Labels))
	r.techniques = w.techniqueSets.code(w.list(technique, row.MitreTechniques))
	r.counts = w.counts.code([4]int{row.AlertCount, row.DeviceCount, row.UserCount, row.MailboxCount})
	r.words = w.words.code([3]string{row.VendorStatus.Raw(), row.ThreatType.Raw(), row.Classification.Raw()})
	return r
}

// list gives codes to values of a list; of those that differ only in case the first counts.
func (w *writer) list(field int, list []workbench.Untrusted) []uint32 {
	w.codes = w.codes[:0]
	values := w.values[field]
next:
	for _, u := range list {
		if u.IsZero() {
			continue
		}
		code := values.codeAsIs(field, u.Raw())
		for _, known := range w.codes {
			if values.list[known].group == values.list[code].group {
				continue next
			}
		}
		w.codes = append(w.codes, code)
	}
	return w.codes
}

// end brings in step what is derived from columns, and returns the version.
func (w *writer) end() *table {
	t := w.t
	for i, v := range w.values {
		t.values[i] = v.list
	}
	t.cells, t.labelSets, t.techniqueSets, t.spellings = w.cells.list, w.labelSets.list, w.techniqueSets.list, w.spellings.list
	t.incidents, t.counts, t.words, t.odd, t.ids = w.incidents.list, w.counts.list, w.words.list, w.odd, w.ids
	t.cellSets.learn(t.cells)
	if w.bulk {
		var group sync.WaitGroup
		group.Go(w.dictionary.cover)
		group.Go(func() { w.postings.view() })
		w.rebuild()
		group.Wait()
		w.dictionary.later = false
	} else {
		w.derive()
	}
	t.names, t.has = w.dictionary.view(), w.postings.view()
	w.t, w.before = nil, nil
	return t
}
