package defender

import (
	"cmp"
	"slices"
	"time"

	"workbench"
)

// futureSlack is how long after its receipt a document may say it was updated before nobody believes it.
const futureSlack = 24 * time.Hour

// version is one kept document, with the time that it is ordered by.
type version struct {
	doc  workbench.Observed
	at   workbench.Time // last update; absent where none is given or none can be believed
	body value          // absent where the document is no JSON
	read *alertFacts    // once it was read
}

// history is every version of one alert or incident, oldest first.
type history struct {
	object   string
	versions []*version
}

// newest describes the present.
func (h *history) newest() *version { return h.versions[len(h.versions)-1] }

// last is the newest version that fits, or nil.
func (h *history) last(fits func(*version) bool) *version {
	for i := len(h.versions) - 1; i >= 0; i-- {
		if fits(h.versions[i]) {
			return h.versions[i]
		}
	}
	return nil
}

// histories sorts the documents of a group into objects: the incidents by id, and the alerts by id, each list in the order of ids.
func histories(g workbench.Group, p *parser) (incidents, alerts []*history) {
	byObject := map[workbench.DocumentKind]map[string]*history{workbench.IncidentDocument: {}, workbench.AlertDocument: {}}
	for _, d := range g.Documents {
		objects := byObject[d.Kind]
		if objects == nil {
			continue
		}
		h := objects[d.Object]
		if h == nil {
			h = &history{object: d.Object}
			objects[d.Object] = h
		}
		h.versions = append(h.versions, newVersion(d, p))
	}
	return ordered(byObject[workbench.IncidentDocument]), ordered(byObject[workbench.AlertDocument])
}

func newVersion(d workbench.Observed, p *parser) *version {
	v := &version{doc: d}
	v.at, _ = workbench.ParseTime(d.Updated)
	if !d.ReceivedAt.IsZero() && v.at.After(d.ReceivedAt.Add(futureSlack)) {
		v.at = workbench.Time{}
	}
	if body, err := p.parse(d.JSON); err == nil {
		v.body = body
	}
	return v
}

// ordered puts the versions of each object in their order: documents of older forms before those of Graph, then by last update, then as
// they came.
func ordered(objects map[string]*history) []*history {
	var out []*history
	for _, h := range objects {
		slices.SortFunc(h.versions, func(a, b *version) int {
			return cmp.Or(cmp.Compare(formRank(a.doc.Form), formRank(b.doc.Form)), a.at.Compare(b.at.Time), cmp.Compare(a.doc.Observation, b.doc.Observation))
		})
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b *history) int { return cmp.Compare(a.object, b.object) })
	return out
}

func formRank(f workbench.Form) int {
	if f == workbench.GraphForm {
		return 1
	}
	return 0
}
