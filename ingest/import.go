package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"workbench"
	"workbench/ingest/defender"
	"workbench/store"
)

// ImportSource is the source of everything that comes from files, in receipts and quarantined records.
const ImportSource = "import"

// The size at which what was read is stored before more is read.
const (
	maxBatch      = 500     // documents and quarantined records
	maxBatchBytes = 8 << 20 // of their text
)

// ImportStore is what Import asks of a store: see store.Facts.
type ImportStore interface {
	Append(ctx context.Context, scope workbench.Scope, batch store.Batch) (store.Appended, error)
}

// File is an input of Import.
type File struct {
	Name string // as the operator gave it; stands in errors and with quarantined records
	Open func() (io.ReadCloser, error)
}

// ImportOptions say how to import.
type ImportOptions struct {
	Tenant   workbench.TenantID // of documents that name none; documents that name another are quarantined; "" = workbench.ImportedTenant, and no check
	By       workbench.AccountID
	At       workbench.Time // of the receipts
	Progress func(Progress) // called after every portion that was stored, and after every file; may be nil
}

// Progress says how far Import is.
type Progress struct {
	File    string
	Read    int64   // bytes of this file as it lies there, packed or not
	Summary Summary // of what is stored so far
}

// Import reads the files one after another and appends what they hold to the store, in portions of some 500 documents or 8 MiB. An incident
// and its alerts stand in one portion, as far as they are fewer than some thousand. What is wrong with a file does not stop the next: the
// errors, each a *FileError, come joined in the end, beside the summary of everything that was stored. A fault of the store, or the end of
// the context, stops at once; what was stored until then stays, and importing the same files again completes it.
func Import(ctx context.Context, st ImportStore, files []File, opts ImportOptions) (Summary, error) {
	im := importing{ctx: ctx, opts: opts}
	im.appender = appender{store: st, splits: tooLarge, stored: im.keep}
	var wrong []error
	for _, f := range files {
		if err := im.read(f); err != nil {
			wrong = append(wrong, &FileError{Name: f.Name, Err: err})
		}
		if im.fault != nil {
			break
		}
	}
	if im.fault == nil {
		im.fault = im.flush()
	}
	im.fault = cmp.Or(im.settle(), im.fault)
	if im.fault == nil && len(wrong) > 0 {
		im.fault = ctx.Err() // a file that could not be read on because the run is to end is not a damaged one
	}
	if im.fault != nil {
		return im.tally.summary(), fmt.Errorf("importing: %w", im.fault)
	}
	im.progress()
	return im.tally.summary(), errors.Join(wrong...)
}

// importing is one run of Import.
type importing struct {
	appender
	ctx   context.Context
	opts  ImportOptions
	tally tally
	fault error // why the run can't go on

	file  string
	input counter

	batch store.Batch
	from  []origin // of the batch's documents
	bytes int

	storing chan error // gives how the batch ended that is being stored; nil = none is
	stored  []storedBatch
}

// storedBatch is a batch, or a part of one, that was stored and not counted yet.
type storedBatch struct {
	batch store.Batch
	done  store.Appended
}

func (im *importing) read(f File) error {
	src, err := f.Open()
	if err != nil {
		return err
	}
	defer src.Close()
	im.file, im.input = f.Name, counter{src: src}
	opts := defender.Options{Tenant: im.opts.Tenant, Source: ImportSource, Name: f.Name, At: im.opts.At}
	_, err = defender.Read(&im.input, opts, func(r defender.Record) error {
		im.fault = im.add(r)
		return im.fault
	})
	if im.fault != nil {
		return nil
	}
	im.progress()
	return err
}

// add puts a record into the batch, whole, and stores the batch where it is full.
func (im *importing) add(r defender.Record) error {
	if err := im.ctx.Err(); err != nil {
		return err
	}
	size := 0
	for _, d := range r.Documents {
		size += len(d.JSON)
	}
	for _, q := range r.Quarantined {
		size += len(q.First)
	}
	if len(im.batch.Documents)+len(im.batch.Quarantined)+len(r.Documents)+len(r.Quarantined) > maxBatch || im.bytes+size > maxBatchBytes {
		if err := im.flush(); err != nil {
			return err
		}
	}
	im.batch.Documents = append(im.batch.Documents, r.Documents...)
	for range r.Documents {
		im.from = append(im.from, origin{im.file, r.Position})
	}
	im.batch.Quarantined = append(im.batch.Quarantined, r.Quarantined...)
	im.bytes += size
	return nil
}

// flush begins to store the batch once the one before is stored and counted. While a batch is stored the next is read.
func (im *importing) flush() error {
	b, from := im.batch, im.from
	if len(b.Documents)+len(b.Quarantined) == 0 {
		return nil
	}
	if err := im.settle(); err != nil {
		return err
	}
	b.Source, b.At, b.By = ImportSource, im.opts.At, im.opts.By
	im.batch, im.from, im.bytes = store.Batch{}, nil, 0
	storing := make(chan error, 1)
	im.storing = storing
	go func() { storing <- im.append(im.ctx, b, from) }()
	return nil
}

// keep takes what was stored, until settle counts it.
func (im *importing) keep(b store.Batch, done store.Appended) {
	im.stored = append(im.stored, storedBatch{b, done})
}

// settle waits for the batch that is being stored, counts what was stored of it, and returns why the rest was not.
func (im *importing) settle() error {
	if im.storing == nil {
		return nil
	}
	err := <-im.storing
	im.storing = nil
	for _, s := range im.stored {
		im.count(s.batch, s.done)
	}
	im.stored = nil
	return err
}

// count counts a batch that was stored.
func (im *importing) count(b store.Batch, done store.Appended) {
	incidents := 0
	for _, d := range b.Documents {
		if d.Kind == workbench.IncidentDocument {
			incidents++
		}
	}
	im.tally.add(done, incidents, len(b.Documents)-incidents, len(b.Quarantined))
	im.progress()
}

func (im *importing) progress() {
	if im.opts.Progress != nil {
		im.opts.Progress(Progress{File: im.file, Read: im.input.n, Summary: im.tally.summary()})
	}
}

// counter counts the bytes that are read.
type counter struct {
	src io.Reader
	n   int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	return n, err
}
