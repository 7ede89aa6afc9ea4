package plain

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"workbench"
	"workbench/ingest"
	"workbench/store"
)

// The portions of ingest.Import.
const (
	portion      = 500     // documents
	portionBytes = 8 << 20 // of their text
	longest      = 64 << 20
)

// Import reads incidents with their alerts, one a line, and appends them to the store.
func Import(ctx context.Context, st ingest.ImportStore, r io.Reader, at workbench.Time) (incidents int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), longest)
	batch, size := store.Batch{Source: ingest.ImportSource, At: at}, 0
	flush := func() error {
		if len(batch.Documents) == 0 {
			return nil
		}
		_, err := st.Append(ctx, workbench.EveryTenant(), batch)
		batch.Documents, size = nil, 0
		return err
	}
	for lines.Scan() {
		documents, err := Documents(bytes.Clone(lines.Bytes()))
		if err != nil {
			return incidents, fmt.Errorf("reading incident %d: %w", incidents+1, err)
		}
		bytes := 0
		for _, d := range documents {
			bytes += len(d.JSON)
		}
		if len(batch.Documents)+len(documents) > portion || size+bytes > portionBytes {
			if err := flush(); err != nil {
				return incidents, err
			}
		}
		batch.Documents, size = append(batch.Documents, documents...), size+bytes
		incidents++
	}
	if err := lines.Err(); err != nil {
		return incidents, err
	}
	return incidents, flush()
}

// Documents takes an incident and its alerts apart.
func Documents(line []byte) ([]workbench.Document, error) {
	var e envelope
	if err := json.Unmarshal(line, &e); err != nil {
		return nil, err
	}
	tenant, ok := workbench.NewTenantID(e.TenantID)
	if !ok {
		return nil, fmt.Errorf("incident %q names no tenant", e.ID)
	}
	rest := line
	if n := len(e.Alerts); n > 0 {
		from := bytes.LastIndex(line[:bytes.Index(line, e.Alerts[0])], []byte(`,"alerts":`))
		to := bytes.LastIndex(line, e.Alerts[n-1]) + len(e.Alerts[n-1])
		if from < 0 || to == len(line) || line[to] != ']' {
			return nil, fmt.Errorf("incident %q is not written as short as can be, its alerts after something else", e.ID)
		}
		to++
		rest = append(append([]byte{}, line[:from]...), line[to:]...)
	}
	out := []workbench.Document{{Tenant: tenant, Kind: workbench.IncidentDocument, Form: workbench.GraphForm, Object: e.ID, Updated: e.Updated, JSON: rest}}
	for _, raw := range e.Alerts {
		var h head
		if err := json.Unmarshal(raw, &h); err != nil {
			return nil, err
		}
		out = append(out, workbench.Document{Tenant: tenant, Kind: workbench.AlertDocument, Form: workbench.GraphForm, Object: h.ID, Incident: h.IncidentID, Own: true,
			Product: workbench.ProductOf(workbench.Text(h.Source)).Key, Updated: h.Updated, JSON: raw})
	}
	return out, nil
}

// Recorder is a deriver that remembers what it made.
type Recorder struct {
	workbench.Deriver

	mu   sync.Mutex
	made map[workbench.GroupKey][]workbench.Content
}

// Derive implements workbench.Deriver.
func (r *Recorder) Derive(g workbench.Group) []workbench.Content {
	made := r.Deriver.Derive(g)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.made == nil {
		r.made = map[workbench.GroupKey][]workbench.Content{}
	}
	r.made[g.GroupKey] = made
	return made
}

// Deriver reads documents with encoding/json, and gets their stories as Made says.
type Deriver struct {
	*Recorder
	// Made: the same deriver makes them, which reads the documents once more in its own way. Otherwise they are given for nothing.
	Made bool
}

// Derive implements workbench.Deriver.
func (d Deriver) Derive(g workbench.Group) []workbench.Content {
	for _, doc := range g.Documents {
		var err error
		if doc.Kind == workbench.AlertDocument {
			err = json.Unmarshal(doc.JSON, new(alert))
		} else {
			err = json.Unmarshal(doc.JSON, new(incident))
		}
		if err != nil {
			panic(fmt.Sprintf("document %s of the sample is not as Graph writes it: %v", doc.Object, err))
		}
	}
	if d.Made {
		return d.Deriver.Derive(g)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]workbench.Content(nil), d.made[g.GroupKey]...)
}
