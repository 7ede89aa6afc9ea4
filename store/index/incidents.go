package index

import (
	"bytes"
	"cmp"
	"context"
	"math/bits"
	"strconv"
	"strings"

	"workbench"
	"workbench/store"
)

// incidentOf tells incidents apart: ids are unique within a tenant only. An odd incident that no number stands for has no tenant.
type incidentOf struct {
	tenant   uint32 // code of the first tenant with that word
	incident uint64 // as in its column; of one without tenant the number of its text among others
}

const noTenant = ^uint32(0)

// append appends what names an incident that has a tenant.
func (k incidentOf) append(t *table, out []byte) []byte {
	out = append(append(out, t.values[tenant][k.tenant].word...), '/')
	return strconv.AppendUint(out, k.incident-1, 10)
}

// byIncidents groups the stories found by incident.
func (t *table) byIncidents(ctx context.Context, a *answer) (grouping, error) {
	first := map[string]uint32{} // tenants by word
	tenants := make([]uint32, len(t.values[tenant]))
	for code, v := range t.values[tenant] {
		if _, ok := first[v.word]; !ok {
			first[v.word] = uint32(code)
		}
		tenants[code] = first[v.word]
	}
	var (
		groups = newIncidentGroups(a.total)
		names  = newTexts()          // of incidents that no number stands for
		odd    = map[uint32]string{} // by group: the first in byte order of the texts that stand for it
	)
	piles, err := pilesOf(ctx, t, a, a.total, func(b *block, i int) uint32 {
		n, at := get(b.incident, i), tenants[get(b.tenant, i)]
		if n == 0 {
			return groups.of(incidentOf{noTenant, oddIncident})
		}
		if n&oddIncident == 0 {
			return groups.of(incidentOf{at, n})
		}
		raw := t.incidents[n&^oddIncident]
		name := shorten(t.values[tenant][at].word + "/" + fold(raw))
		k := incidentOf{noTenant, uint64(names.code(name))}
		if cut := strings.LastIndexByte(name, '/'); cut >= 0 {
			code, known := first[name[:cut]]
			if n, ok := parseIncident(name[cut+1:]); ok && known && n > 0 {
				k = incidentOf{code, n}
			}
		}
		g := groups.of(k)
		if known, ok := odd[g]; !ok || raw < known {
			odd[g] = raw
		}
		return g
	})
	value := func(i uint32) string {
		switch k := groups.list[i]; {
		case k.tenant != noTenant:
			return string(k.append(t, nil))
		case k.incident == oddIncident:
			return store.None
		default:
			return names.list[k.incident]
		}
	}
	label := func(i uint32) workbench.Untrusted {
		k := groups.list[i]
		raw, isOdd := odd[i]
		if k.tenant == noTenant {
			if !isOdd {
				return workbench.Text("None")
			}
			return workbench.Text(raw)
		}
		number := strconv.FormatUint(k.incident-1, 10)
		if isOdd && (raw < number || !t.hasNumber(a, tenants, k)) {
			number = raw
		}
		return workbench.Text(number)
	}
	compare := func(a, b uint32) int {
		x, y := groups.list[a], groups.list[b]
		if x.tenant == noTenant || y.tenant == noTenant {
			return cmp.Compare(value(a), value(b))
		}
		var left, right [192]byte
		return bytes.Compare(x.append(t, left[:0]), y.append(t, right[:0]))
	}
	return grouping{piles[:min(len(piles), len(groups.list))], value, label, compare}, err
}

// hasNumber reports whether a story found has the incident as a number. It is asked only of the few that odd texts stand for as well.
func (t *table) hasNumber(a *answer, tenants []uint32, k incidentOf) bool {
	found := false
	eachOf(a.mask, func(slot uint32) bool {
		b, i := t.block(slot)
		found = get(b.incident, i) == k.incident && tenants[get(b.tenant, i)] == k.tenant
		return !found
	})
	return found
}

// incidentGroups numbers incidents from 0 on: a table of open addresses, at most half full.
type incidentGroups struct {
	table []uint32 // 1 + number
	list  []incidentOf
	shift uint
}

func newIncidentGroups(most int) *incidentGroups {
	size := max(4, bits.Len(uint(2*most)))
	return &incidentGroups{table: make([]uint32, 1<<size), shift: uint(64 - size)}
}

// groupsInLine is how many numbers of one tenant stand in one line of the table: incidents whose numbers are near each other, as those of stories
// that came together are, are near each other in the table, too.
const groupsInLine = 16

// home is where an incident stands if the place is free.
func (g *incidentGroups) home(k incidentOf) uint64 {
	h := (k.incident/groupsInLine ^ uint64(k.tenant)<<40) * 0x9E3779B97F4A7C15
	h = (h ^ h>>32) * 0xD6E8FEB86659FD93 // one multiplication alone puts tenants side by side
	return h>>g.shift ^ k.incident%groupsInLine
}

// next is where it stands else: in the next line. The step is odd, so that it comes by every place.
func (g *incidentGroups) next(at uint64) uint64 {
	return (at + groupsInLine + 1) & uint64(len(g.table)-1)
}

// of returns the number of an incident, a new one where it has none.
func (g *incidentGroups) of(k incidentOf) uint32 {
	for at := g.home(k); ; at = g.next(at) {
		n := g.table[at]
		if n == 0 {
			g.list = append(g.list, k)
			g.table[at] = uint32(len(g.list))
			return uint32(len(g.list) - 1)
		}
		if g.list[n-1] == k {
			return n - 1
		}
	}
}
