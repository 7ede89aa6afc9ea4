package generate

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"workbench"
	"workbench/store"
)

// Deriver makes the stories of a source from documents that hold no more than their number.
type Deriver struct{ *Source }

var _ workbench.Deriver = Deriver{}

// Version implements workbench.Deriver.
func (d Deriver) Version() string { return fmt.Sprintf("generate/1/%d/%d", d.Seed, d.Stories) }

// Derive implements workbench.Deriver.
func (d Deriver) Derive(g workbench.Group) []workbench.Content {
	var out []workbench.Content
	for _, doc := range g.Documents {
		if i, err := strconv.Atoi(string(doc.JSON)); err == nil {
			out = append(out, d.Content(i))
		}
	}
	return out
}

// Document is what story i is derived from.
func (s *Source) Document(i int) workbench.Document {
	return workbench.Document{Tenant: s.Tenant(i), Kind: workbench.IncidentDocument, Form: workbench.GraphForm, Object: Incident(i), JSON: []byte(strconv.Itoa(i))}
}

// How Fill writes.
const (
	batch   = 1_000 // documents of one transaction
	writers = 32    // actions under way at once
)

// Fill puts every story into an empty store whose deriver is Deriver, then every action. Told is called now and then with how many of each
// are stored.
func Fill(ctx context.Context, st store.Store, s *Source, told func(stories, actions int)) error {
	for from := 0; from < s.Stories; from += batch {
		b := store.Batch{Source: "import", At: workbench.At(end)}
		for i := from; i < min(from+batch, s.Stories); i++ {
			b.Documents = append(b.Documents, s.Document(i))
		}
		if _, err := st.Append(ctx, workbench.EveryTenant(), b); err != nil {
			return err
		}
		told(from+len(b.Documents), 0)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next, done atomic.Int64
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= s.Stories {
					return
				}
				a, ok := s.Action(i, s.Content(i).Head)
				if !ok {
					continue
				}
				if _, _, err := st.Act(ctx, workbench.EveryTenant(), a); err != nil {
					stop(fmt.Errorf("acting on story %d: %w", i, err))
					return
				}
				if n := done.Add(1); n%1_000 == 0 {
					told(s.Stories, int(n))
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}
