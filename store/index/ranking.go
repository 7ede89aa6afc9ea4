package index

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"sync"

	"workbench"
	"workbench/store"
)

// rankings makes ready one of store.SortFields. It returns also what cursors carry of a story.
func (x *Index) rankings(t *table, by string) ([]ranking, func(slot uint32) key) {
	switch by {
	case "created":
		return t.byTime(func(b *block) []int64 { return b.created })
	case "updated":
		return t.byTime(func(b *block) []int64 { return b.updated })
	case "firstSignal":
		return t.byTime(func(b *block) []int64 { return b.firstSignal })
	case "lastSignal":
		return t.byTime(func(b *block) []int64 { return b.lastSignal })
	case "waiting":
		return t.byTime(func(b *block) []int64 { return b.waiting })
	case "source":
		return x.bySpelling(t, func(b *block) []uint32 { return b.source })
	case "sourceIp":
		return x.bySpelling(t, func(b *block) []uint32 { return b.sourceIP })
	case "indication":
		return x.bySpelling(t, func(b *block) []uint32 { return b.indication })
	case "tenant":
		names := x.naming(t)
		keys := keysOfCodes(t.values[tenant], func(code int, v value) key { return textKey(names(uint32(code)).Or(v.label).Raw()) })
		return t.byCode(keys, func(b *block) []uint32 { return b.tenant })
	case "owner":
		return t.byCode(keysOfCodes(t.values[owner], func(_ int, v value) key { return textKey(v.given("Nobody", v.label.Raw())) }), func(b *block) []uint32 { return b.owner })
	case "alerts", "devices", "users", "mailboxes":
		which := slices.Index([]string{"alerts", "devices", "users", "mailboxes"}, by)
		return t.byCode(keysOfCodes(t.counts, func(_ int, n [4]int) key { return key{Number: int64(n[which])} }), func(b *block) []uint32 { return b.counts })
	case "vendorStatus", "threatType", "classification":
		which := slices.Index([]string{"vendorStatus", "threatType", "classification"}, by)
		return t.byCode(keysOfCodes(t.words, func(_ int, w [3]string) key { return textKey(w[which]) }), func(b *block) []uint32 { return b.words })
	case "incident":
		return t.byIncident()
	case "id":
		return t.byID()
	case "vendor":
		same := textKey(workbench.VendorMicrosoft)
		ranks, place := rankKeys([]key{same})
		return []ranking{{rank: func(*block, int, uint32) int64 { return ranks[0] }, place: place}}, func(uint32) key { return same }
	}
	return t.byCell(by)
}

// given is a text, or "" where the value stands for the absence of one.
func (v *value) given(absent, text string) string {
	if v.count == store.None && v.label.Raw() == absent {
		return ""
	}
	return text
}

// smallKey is how values of a small field are sorted.
func smallKey(by string) (field int, of func(value) key) {
	switch by {
	case "criticality":
		return criticality, func(v value) key { return key{Number: v.number} }
	case "severity":
		return severity, func(v value) key { return rankedKey(severities, v.count) }
	case "status":
		return status, func(v value) key { return rankedKey(workbench.Statuses, workbench.Status(v.count)) }
	case "verdict":
		return verdict, func(v value) key {
			return rankedKey(rising(workbench.Verdicts), workbench.Verdict(v.given("No verdict", v.count)))
		}
	case "analystSeverity":
		return analystSeverity, func(v value) key {
			return rankedKey(rising(workbench.AnalystSeverities), workbench.AnalystSeverity(v.given("No severity", v.count)))
		}
	case "producerType":
		return producerType, func(v value) key { return textKey(v.label.Raw()) }
	}
	return producer, func(v value) key { return textKey(v.label.Raw()) }
}

func keysOfCodes[T any](list []T, of func(code int, v T) key) []key {
	keys := make([]key, len(list))
	for code, v := range list {
		keys[code] = of(code, v)
	}
	return keys
}

func (t *table) byCode(keys []key, codes func(*block) []uint32) ([]ranking, func(uint32) key) {
	ranks, place := rankKeys(keys)
	return []ranking{{ranks: ranks, codes: codes, place: place}}, func(slot uint32) key { b, i := t.block(slot); return keys[get(codes(b), i)] }
}

func (t *table) byCell(by string) ([]ranking, func(uint32) key) {
	field, of := smallKey(by)
	keys := keysOfCodes(t.values[field], func(_ int, v value) key { return of(v) })
	ranks, place := rankKeys(keys)
	k := smallAt(field)
	rank := func(b *block, i int, _ uint32) int64 { return ranks[t.cells[get(b.cell, i)][k]] }
	return []ranking{{rank: rank, place: place}}, func(slot uint32) key { b, i := t.block(slot); return keys[t.cells[get(b.cell, i)][k]] }
}

func (t *table) byTime(times func(*block) []int64) ([]ranking, func(uint32) key) {
	place := func(k key) int64 {
		if k.Absent {
			return last
		}
		return k.Number
	}
	return []ranking{{times: times, place: place}}, func(slot uint32) key {
		b, i := t.block(slot)
		if v := get(times(b), i); v != absentTime {
			return key{Number: v}
		}
		return key{Absent: true}
	}
}

// byIncident ranks numbers, and then the texts of odd incidents that are numbers, too, as "007" is, among those that they equal.
func (t *table) byIncident() ([]ranking, func(uint32) key) {
	keyOf := func(n uint64) key {
		switch {
		case n == 0:
			return key{Absent: true}
		case n&oddIncident != 0:
			return incidentKey(t.incidents[n&^oddIncident])
		}
		return key{Number: int64(n - 1), Text: strconv.FormatUint(n-1, 10)}
	}
	keys := keysOfCodes(t.incidents, func(_ int, raw string) key { return incidentKey(raw) })
	ranks, place := rankKeys(keys)
	equalled := map[int64]bool{}
	for _, k := range keys {
		equalled[k.Number] = true
	}
	first := func(k key) int64 {
		if k.Absent {
			return last
		}
		return min(max(k.Number, math.MinInt64+1), last-1)
	}
	second := func(k key) int64 {
		if k.Absent || !equalled[k.Number] {
			return 0
		}
		return place(k)
	}
	number := func(b *block, i int, _ uint32) int64 {
		n := get(b.incident, i)
		switch {
		case n == 0:
			return last
		case n&oddIncident != 0:
			return first(keys[n&^oddIncident])
		}
		return int64(n - 1)
	}
	text := func(b *block, i int, _ uint32) int64 {
		n := get(b.incident, i)
		switch {
		case n&oddIncident != 0:
			return ranks[n&^oddIncident]
		case n == 0 || !equalled[int64(n-1)]:
			return 0
		}
		return place(keyOf(n))
	}
	return []ranking{{rank: number, place: first}, {rank: text, place: second}}, func(slot uint32) key { b, i := t.block(slot); return keyOf(get(b.incident, i)) }
}

// byID ranks stories by their ids, whose 128 bits are three numbers.
func (t *table) byID() ([]ranking, func(uint32) key) {
	keyOf := func(slot uint32) key { return textKey(string(t.idOf(slot))) }
	if len(t.odd) > 0 {
		keys := make([]key, t.rows)
		for slot := range keys {
			keys[slot] = keyOf(uint32(slot))
		}
		ranks, place := rankKeys(keys)
		return []ranking{{rank: func(_ *block, _ int, slot uint32) int64 { return ranks[slot] }, place: place}}, keyOf
	}
	var out []ranking
	for _, part := range []func(id) int64{
		func(n id) int64 { return int64(n[0] >> 2) },
		func(n id) int64 { return int64(n[0]&3<<60 | n[1]>>4) },
		func(n id) int64 { return int64(n[1] & 15) },
	} {
		out = append(out, ranking{rank: func(b *block, i int, _ uint32) int64 { return part(b.id[i]) },
			place: func(k key) int64 { n, _ := parseID(workbench.StoryID(k.Text)); return part(n) }})
	}
	return out, keyOf
}

// spelledRanks are the ranks of spellings, which are many: they are made once, and those of spellings that came since are put between.
type spelledRanks struct {
	mu     sync.Mutex
	sorted []uint32 // codes of spellings
	keys   []key    // by code
	ranks  []int64  // by code
	firsts []uint32 // of each rank one code
}

func (x *Index) bySpelling(t *table, codes func(*block) []uint32) ([]ranking, func(uint32) key) {
	keys, ranks, firsts := x.spelled.upTo(t.spellings)
	place := func(k key) int64 {
		if k.Absent {
			return last
		}
		at, ok := slices.BinarySearchFunc(firsts, k, func(code uint32, k key) int { return keys[code].compare(k) })
		if ok {
			return int64(2*at + 2)
		}
		return int64(2*at + 1)
	}
	return []ranking{{ranks: ranks, codes: codes, place: place}}, func(slot uint32) key { b, i := t.block(slot); return keys[get(codes(b), i)] }
}

// upTo returns keys and ranks of at least these spellings.
func (s *spelledRanks) upTo(list []spelling) ([]key, []int64, []uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := len(s.keys)
	if known >= len(list) {
		return s.keys, s.ranks, s.firsts
	}
	keys := append(slices.Clip(s.keys), make([]key, len(list)-known)...)
	for code := known; code < len(list); code++ {
		if keys[code] = (key{Text: cut(list[code].word, maxKey)}); code == 0 {
			keys[code] = key{Absent: true}
		}
	}
	compare := func(a, b uint32) int { return keys[a].compare(keys[b]) }
	added := make([]uint32, 0, len(list)-known)
	for code := known; code < len(list); code++ {
		added = append(added, uint32(code))
	}
	slices.SortFunc(added, compare)
	sorted, rest := make([]uint32, 0, len(list)), s.sorted
	for _, code := range added {
		at, _ := slices.BinarySearchFunc(rest, code, compare)
		sorted = append(append(sorted, rest[:at]...), code)
		rest = rest[at:]
	}
	sorted = append(sorted, rest...)
	ranks, firsts := make([]int64, len(list)), make([]uint32, 0, len(list))
	for i, code := range sorted {
		if i == 0 || cmp.Compare(keys[code].Text, keys[sorted[i-1]].Text) != 0 || keys[code].Absent != keys[sorted[i-1]].Absent {
			firsts = append(firsts, code)
		}
		ranks[code] = int64(2 * len(firsts))
		if keys[code].Absent {
			ranks[code] = last
		}
	}
	s.sorted, s.keys, s.ranks, s.firsts = sorted, keys, ranks, firsts
	return keys, ranks, firsts
}
