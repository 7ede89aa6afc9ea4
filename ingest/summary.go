package ingest

import (
	"fmt"

	"workbench"
	"workbench/store"
)

// Summary counts what an import brought: documents, also those that were known, and the stories that they touched, each once over the
// whole run. A story that the run made is new, whatever else the run did to it; one that it made and took away again (a placeholder whose
// alerts came) counts as nothing.
type Summary struct {
	Incidents, Alerts       int
	New, Changed, Unchanged int // stories
	Quarantined             int // records, also those that were quarantined before
}

// String is the line that an import ends with. Its words are always the same, so that scripts can read it.
func (s Summary) String() string {
	return fmt.Sprintf("imported %d incidents, %d alerts: %d stories new, %d changed, %d unchanged; %d quarantined", s.Incidents, s.Alerts, s.New, s.Changed, s.Unchanged, s.Quarantined)
}

// tally adds up what appends did.
type tally struct {
	counts  Summary // without stories
	stories map[workbench.StoryID]store.Effect
}

func (t *tally) add(done store.Appended, incidents, alerts, quarantined int) {
	t.counts.Incidents += incidents
	t.counts.Alerts += alerts
	t.counts.Quarantined += quarantined
	if t.stories == nil {
		t.stories = map[workbench.StoryID]store.Effect{}
	}
	for _, s := range done.Stories {
		before, known := t.stories[s.ID]
		switch {
		case s.Effect == store.Gone:
			t.count(before, known, -1)
			delete(t.stories, s.ID)
		case !known, before == store.Unchanged:
			t.count(before, known, -1)
			t.stories[s.ID] = s.Effect
			t.count(s.Effect, true, 1)
		}
	}
}

func (t *tally) count(e store.Effect, known bool, by int) {
	switch {
	case !known:
	case e == store.New:
		t.counts.New += by
	case e == store.Changed:
		t.counts.Changed += by
	default:
		t.counts.Unchanged += by
	}
}

func (t *tally) summary() Summary { return t.counts }
