package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"workbench"
	"workbench/ingest"
)

// importCommand reads exported incidents or alerts.
type importCommand struct {
	Tenant string   `help:"Tenant of documents that name none; one that names another is quarantined." placeholder:"ID"`
	Files  []string `arg:"" name:"file" help:"Files to read; - is standard input. JSON, NDJSON or a Graph page, also gzipped."`
}

// Run opens the files here, whoever holds the store.
func (c *importCommand) Run(ctx context.Context, s *session) error {
	if c.Tenant != "" {
		if _, ok := workbench.NewTenantID(c.Tenant); !ok {
			return usageError{errors.New("--tenant takes 1 to 128 characters without control characters")}
		}
	}
	var files []ingest.File
	var size int64
	for _, name := range c.Files {
		if name == "-" {
			files = append(files, ingest.File{Name: "standard input", Open: func() (io.ReadCloser, error) { return io.NopCloser(s.In), nil }})
			continue
		}
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
		files = append(files, ingest.File{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	bar := newProgress(s.Err, size, s.Now)
	defer bar.end()
	for i, f := range files {
		files[i].Open = func() (io.ReadCloser, error) {
			r, err := f.Open()
			return bar.watch(r), err
		}
	}
	return s.with(ctx, "import", c, files, true)
}

func (c *importCommand) do(ctx context.Context, h held) error {
	tenant, _ := workbench.NewTenantID(c.Tenant)
	summary, err := ingest.Import(ctx, h.Store, h.Files, ingest.ImportOptions{Tenant: tenant, At: workbench.At(h.Now()), By: workbench.Administrator})
	if summary != (ingest.Summary{}) || err == nil {
		if _, printErr := fmt.Fprintln(h.Out, summary); printErr != nil {
			return errors.Join(err, printErr)
		}
	}
	return err
}

// progress shows how far a long command is: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	w        io.Writer
	size     int64
	now      func() time.Time
	terminal bool
	next     time.Time
	drawn    bool
	sum      int64
}

// watch counts what is read through it.
func (p *progress) watch(r io.ReadCloser) io.ReadCloser { return watched{r, p} }

type watched struct {
	io.ReadCloser
	bar *progress
}

func (w watched) Read(b []byte) (int, error) {
	n, err := w.ReadCloser.Read(b)
	w.bar.sum += int64(n)
	w.bar.read(w.bar.sum)
	return n, err
}

func newProgress(w io.Writer, size int64, now func() time.Time) *progress {
	p := &progress{w: w, size: size, now: now, next: now().Add(time.Second)}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			p.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

func (p *progress) read(n int64) {
	now := p.now()
	if now.Before(p.next) {
		return
	}
	text := fmt.Sprintf("%d MB read", n>>20)
	if p.size > 0 {
		text = fmt.Sprintf("%d of %d MB read", n>>20, p.size>>20)
	}
	if p.terminal {
		p.next, p.drawn = now.Add(200*time.Millisecond), true
		fmt.Fprintf(p.w, "\r%-40s", text)
		return
	}
	p.next = now.Add(10 * time.Second)
	fmt.Fprintln(p.w, text)
}

func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.w)
	}
}
