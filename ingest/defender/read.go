package defender

import (
	"errors"
	"fmt"
	"io"

	"workbench"
)

// Options say how to read, and what to write on what is quarantined.
type Options struct {
	Tenant workbench.TenantID // of documents that name none; documents that name another are quarantined; "" = workbench.ImportedTenant, and no check
	Source string             // "import", or a connector's id
	Name   string             // file or address, as the operator gave it
	At     workbench.Time     // when it was received
}

// Record is what one record of an input gave: a single alert, or an incident with its alerts. An incident with thousands of alerts comes in
// several Records of the same position. All memory in it belongs to the receiver.
type Record struct {
	Documents   []workbench.Document    // in the order of the record, an incident before its alerts
	Quarantined []workbench.Quarantined // the record itself, or some of its alerts
	Incidents   int                     // documents that are incidents
	Alerts      int                     // documents that are alerts
	Position    int64                   // offset of the record in the unpacked input
	Length      int64                   // bytes of the whole record
}

// Result counts what was passed on.
type Result struct {
	Incidents, Alerts, Quarantined int
	Bytes                          int64               // length of the unpacked input, as far as it was read
	NextLink                       workbench.Untrusted // address of the next page that the last page of the input names
}

// ErrNotRecords says that an input holds no complete record. Nothing of it was passed on.
var ErrNotRecords = errors.New("holds no complete incident or alert")

// CutError says that an input ends in the middle. What was complete was passed on.
type CutError struct {
	Position int64 // where the input ends, in the unpacked input
	Record   int64 // where the record that is not complete begins
	Err      error // what reading failed with; nil where the input just ends
}

// Error names both places.
func (e *CutError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("is cut or damaged after byte %d, in the record that begins at byte %d: %v", e.Position, e.Record, e.Err)
	}
	return fmt.Sprintf("ends in the middle, at byte %d, in the record that begins at byte %d", e.Position, e.Record)
}

// Unwrap returns what reading failed with.
func (e *CutError) Unwrap() error { return e.Err }

// Read reads an export, or one answer of Microsoft, and calls yield with every record, until yield fails; it returns that error. It takes
// one object, an array, a page ({"value": [...]}), or any number of these after one another, on lines or not, plain or packed with gzip,
// with or without a byte order mark; the lines of a raw export too. It never holds more than one record of up to 64 MiB; a larger one is
// passed over, hashed, and quarantined with its first MiB.
//
// It fails with ErrNotRecords where not one record is complete, then without having called yield, with a *CutError where the input ends
// in the middle of a record or of the list around them, and with the reader's own error.
func Read(r io.Reader, opts Options, yield func(Record) error) (Result, error) {
	if opts.Tenant != "" {
		id, ok := workbench.NewTenantID(string(opts.Tenant))
		if !ok {
			return Result{}, (*workbench.Invalid)(nil).Set("tenant", "cannot name a tenant; use its id, or 1 to 128 characters")
		}
		opts.Tenant = id
	}
	plain, err := unpack(r)
	if err != nil {
		return Result{}, err
	}
	rd := reader{input: input{src: plain}, yield: yield}
	rd.splitter = splitter{Options: opts, emit: rd.collect}
	err = rd.all()
	rd.result.Bytes = rd.offset()
	return rd.result, err
}

// ReadQuarantined reads the bytes of a quarantined record again, as they would be read today. It fails where not all of them are kept.
func ReadQuarantined(q workbench.Quarantined, at workbench.Time) (Record, error) {
	if !q.Whole() {
		return Record{}, fmt.Errorf("only the first %d of its %d bytes are kept; import the file %s again", len(q.First), q.Length, workbench.Text(q.Name))
	}
	var all Record
	s := splitter{Options: Options{Tenant: q.Tenant, Source: q.Source, Name: q.Name, At: at}}
	s.emit = func(r Record) error {
		all.Documents = append(all.Documents, r.Documents...)
		all.Quarantined = append(all.Quarantined, r.Quarantined...)
		all.Incidents += r.Incidents
		all.Alerts += r.Alerts
		return nil
	}
	f := frame{}
	if q.Within != "" {
		f = frame{tenant: q.Tenant, incident: q.Within, kind: workbench.AlertDocument}
	}
	if err := s.record(q.First, q.Position, f); err != nil {
		return Record{}, err
	}
	all.Position, all.Length = q.Position, q.Length
	return all, nil
}
