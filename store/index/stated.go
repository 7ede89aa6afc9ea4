package index

import (
	"slices"
	"strings"

	"workbench"
	"workbench/store"
)

// stated is the mask of stories that pass a filter on a field without facets.
func (p *plan) stated(field store.Field, f store.Filter) []uint64 {
	some, not := wordsOf(f.Any), wordsOf(f.Not)
	if field == store.Incident {
		return p.incidents(some, not, len(f.Any) == 0)
	}
	t := p.t
	pass := make([]bool, len(t.spellings))
	for code := range t.spellings {
		word := t.spellings[code].word
		pass[code] = !not[word] && (len(f.Any) == 0 || some[word])
	}
	mask := t.newMask()
	for at, b := range t.blocks {
		column, into := spellingColumn(field, b), setOf(mask, at)
		for i := range t.used(at) {
			if pass[get(column, i)] {
				into.add(i)
			}
		}
	}
	return mask
}

func spellingColumn(field store.Field, b *block) []uint32 {
	switch field {
	case store.Source:
		return b.source
	case store.SourceIP:
		return b.sourceIP
	}
	return b.indication
}

// incidentWords are the words of a filter by the incidents that they name.
type incidentWords struct {
	numbers map[uint64]bool     // in every tenant
	within  map[uint64][]string // in tenants with these words
	words   map[string]bool     // as they are, for odd incidents
}

func incidentWordsOf(words map[string]bool) incidentWords {
	out := incidentWords{map[uint64]bool{}, map[uint64][]string{}, words}
	for w := range words {
		if w == store.None {
			out.numbers[0] = true
		}
		if n, ok := parseIncident(w); ok && n > 0 {
			out.numbers[n] = true
		}
		if at := strings.LastIndexByte(w, '/'); at >= 0 {
			if n, ok := parseIncident(w[at+1:]); ok && n > 0 {
				out.within[n] = append(out.within[n], w[:at])
			}
		}
	}
	return out
}

// names reports whether the words name the incident of a story. The tenant's word comes from the list of tenants.
func (w *incidentWords) names(t *table, incident uint64, tenant string) bool {
	if incident&oddIncident == 0 {
		return w.numbers[incident] || len(w.within) > 0 && slices.Contains(w.within[incident], tenant)
	}
	folded := fold(t.incidents[incident&^oddIncident])
	return w.words[shorten(folded)] || w.words[shorten(tenant+"/"+folded)]
}

func (p *plan) incidents(some, not map[string]bool, any bool) []uint64 {
	t := p.t
	wanted, unwanted := incidentWordsOf(some), incidentWordsOf(not)
	mask := t.newMask()
	for at, b := range t.blocks {
		into := setOf(mask, at)
		for i := range t.used(at) {
			incident, tenant := get(b.incident, i), t.values[tenant][get(b.tenant, i)].word
			if (any || wanted.names(t, incident, tenant)) && (len(not) == 0 || !unwanted.names(t, incident, tenant)) {
				into.add(i)
			}
		}
	}
	return mask
}

// naming gives the display names of tenants, by code.
func (x *Index) naming(t *table) func(code uint32) workbench.Untrusted {
	known := map[uint32]workbench.Untrusted{}
	return func(code uint32) workbench.Untrusted {
		name, ok := known[code]
		if !ok {
			if x.config.Names != nil {
				name = x.config.Names(workbench.TenantID(t.values[tenant][code].count))
			}
			known[code] = name
		}
		return name
	}
}
