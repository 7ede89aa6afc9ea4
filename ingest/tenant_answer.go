package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"workbench"
	"workbench/ingest/defender"
	"workbench/ingest/msgraph"
)

// answer is what one answer of Microsoft holds.
type answer struct {
	pieces      []piece
	quarantined []workbench.Quarantined
	missing     bool // Microsoft does not know the incident
}

// piece is a document and where it stood.
type piece struct {
	workbench.Document
	from origin
}

var errNotUnderstood = &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: errors.New("the answer holds no incident or alert")}

// page understands a page of a list. What can't be understood is quarantined; a record that makes reading panic is found and quarantined
// likewise. Beside an error stands what was understood.
func (t *tenant) page(p msgraph.Page) (answer, error) {
	a, err := t.understand(p.Body, p.Address)
	if caught := (*panicked)(nil); errors.As(err, &caught) {
		return t.oneByOne(p)
	}
	if errors.Is(err, defender.ErrNotRecords) {
		var list struct{ Value []json.RawMessage }
		if json.Unmarshal(p.Body, &list) == nil && list.Value != nil && len(list.Value) == 0 {
			return answer{}, nil
		}
		err = errNotUnderstood
	}
	return a, err
}

// understand reads an answer.
func (t *tenant) understand(body []byte, address string) (a answer, err error) {
	opts := defender.Options{Tenant: t.target.Parent.Tenant, Source: string(t.id), Name: address, At: workbench.At(t.Now())}
	err = t.guarded(func() error {
		_, err := t.readRecords(bytes.NewReader(body), opts, func(r defender.Record) error {
			for _, d := range r.Documents {
				a.pieces = append(a.pieces, piece{d, origin{address, r.Position}})
			}
			a.quarantined = append(a.quarantined, r.Quarantined...)
			return nil
		})
		return err
	})
	if cut := (*defender.CutError)(nil); errors.As(err, &cut) {
		err = &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: err}
	}
	return a, err
}

// oneByOne understands the records of a page each by itself.
func (t *tenant) oneByOne(p msgraph.Page) (answer, error) {
	var list struct{ Value []json.RawMessage }
	if err := json.Unmarshal(p.Body, &list); err != nil {
		return answer{}, errNotUnderstood
	}
	var all answer
	for _, raw := range list.Value {
		a, err := t.understand(raw, p.Address)
		if err != nil {
			a = answer{quarantined: []workbench.Quarantined{t.unreadable(raw, p.Address, err)}}
		}
		all.pieces = append(all.pieces, a.pieces...)
		all.quarantined = append(all.quarantined, a.quarantined...)
	}
	return all, nil
}

// unreadable is the record of quarantine for text that reading failed with.
func (t *tenant) unreadable(raw []byte, address string, err error) workbench.Quarantined {
	d := workbench.Document{Tenant: t.target.Parent.Tenant, Own: true, JSON: raw}
	why := fmt.Errorf("made the workbench fail: %w", err)
	return defender.Refuse(d, defender.Options{Source: string(t.id), Name: address, At: workbench.At(t.Now())}, 0, why)
}

// single reads one incident with its alerts: at once or, where that fails for this incident, its alerts page by page; the incident itself is
// then as it was listed. It reports false where neither works now.
func (t *tenant) single(ctx context.Context, id string) (a answer, ok bool, err error) {
	s, err := t.target.Graph.Incident(ctx, id)
	if err == nil && s.Missing {
		return answer{missing: true}, true, nil
	}
	if err == nil {
		a, err = t.understand(bare(s.Body), s.Address)
		if caught := (*panicked)(nil); errors.As(err, &caught) {
			return answer{quarantined: []workbench.Quarantined{t.unreadable(s.Body, s.Address, err)}}, true, nil
		}
		about := func(p piece) bool { return p.Kind == workbench.IncidentDocument && p.Object == id }
		if err == nil && len(a.quarantined) == 0 && !slices.ContainsFunc(a.pieces, about) || errors.Is(err, defender.ErrNotRecords) {
			err = errNotUnderstood
		}
		if err == nil {
			return a, true, nil
		}
	}
	if ctx.Err() != nil || !ofOne(err) {
		return answer{}, false, err
	}
	a = answer{}
	listed, err := t.target.Graph.IncidentAlerts(ctx, id, func(p msgraph.Page) error {
		more, err := t.page(p)
		a.pieces = append(a.pieces, more.pieces...)
		a.quarantined = append(a.quarantined, more.quarantined...)
		return err
	})
	if err != nil && listed.Missing {
		return answer{missing: true}, true, nil
	}
	if err != nil && (ctx.Err() != nil || !ofOne(err)) {
		return answer{}, false, err
	}
	return a, err == nil, nil
}

// bare is the answer for one incident without what belongs to the answer and not to the incident (@odata.context), so that an incident has
// the same bytes whether it was listed or asked for.
func bare(body []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(body))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		return body
	}
	out := make([]byte, 0, len(body))
	out = append(out, '{')
	for dec.More() {
		begin := dec.InputOffset()
		name, err := dec.Token()
		if err != nil {
			return body
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return body
		}
		if name == "@odata.context" || name == "alerts@odata.context" {
			continue
		}
		member := bytes.TrimLeft(body[begin:dec.InputOffset()], ", \t\r\n")
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, member...)
	}
	return append(out, '}')
}
