package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"workbench/store"
	"workbench/store/boltstore"
)

// rebuildCommand derives every story again.
type rebuildCommand struct {
	Diff bool `help:"Only say what would change."`
}

// Run rebuilds the store, which must not be in use.
func (c *rebuildCommand) Run(ctx context.Context, s *session) error {
	st, err := s.open(false)
	if err != nil {
		return err
	}
	words := map[store.Effect]string{store.New: "new", store.Changed: "changed", store.Gone: "gone"}
	differing := 0
	err = st.Rebuild(ctx, c.Diff, func(e store.StoryEffect) {
		differing++
		fmt.Fprintf(s.Out, "%s %s\n", words[e.Effect], e.ID)
	})
	if err == nil {
		verb := "rebuilt"
		if c.Diff {
			verb = "compared"
		}
		fmt.Fprintf(s.Out, "%s: %d stories differ\n", verb, differing)
	}
	return errors.Join(err, st.Close())
}

// verifyCommand checks a store or a backup.
type verifyCommand struct {
	Backup string `arg:"" optional:"" help:"A backup to check instead of the store." type:"existingfile"`
}

// Run checks the store, which must not be in use. It prints a line for each thing that is wrong.
func (c *verifyCommand) Run(ctx context.Context, s *session) error {
	if c.Backup != "" {
		s.Store = "bolt:" + c.Backup
	}
	path, err := s.path()
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is nothing to check: %w", err)
	}
	st, err := s.openWith(path, boltstore.Options{Logger: s.Log, ReadOnly: true})
	if err != nil {
		return err
	}
	wrong, err := st.Verify(ctx, func(sentence string) { fmt.Fprintln(s.Out, plain(sentence)) })
	err = errors.Join(err, st.Close())
	switch {
	case err != nil:
		return err
	case wrong > 0:
		return fmt.Errorf("%s: %d things are wrong; the lines above name them", path, wrong)
	}
	fmt.Fprintln(s.Out, "verified: everything is as it should be")
	return nil
}

// backupCommand writes a consistent copy of the store.
type backupCommand struct {
	File string `arg:"" help:"Where to; must not exist. - is standard output."`
}

// Run writes the copy beside its final name first, so that a file of that name is always whole.
func (c *backupCommand) Run(ctx context.Context, s *session) error {
	if c.File == "-" {
		return s.with(ctx, "backup", c, nil, false)
	}
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s exists already: choose another name or remove it", c.File)
	}
	f, err := os.CreateTemp(filepath.Dir(c.File), ".backup-")
	if err != nil {
		return fmt.Errorf("making the backup: %w", err)
	}
	defer os.Remove(f.Name())
	out := s.Out
	s.Out = f
	err = s.with(ctx, "backup", c, nil, false)
	s.Out = out
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("making the backup: %w", err)
	}
	if err := os.Link(f.Name(), c.File); err != nil {
		return fmt.Errorf("making the backup: %w", err)
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "backed up %d bytes to %s\n", info.Size(), plain(c.File))
	return err
}

func (c *backupCommand) do(ctx context.Context, h held) error { return h.Store.Backup(ctx, h.Out) }

// restoreCommand makes a new store from a backup.
type restoreCommand struct {
	File string `arg:"" help:"The backup; - is standard input."`
}

// Run restores into the place that --store names, where nothing may be.
func (c *restoreCommand) Run(ctx context.Context, s *session) error {
	path, err := s.path()
	if err != nil {
		return err
	}
	var r io.Reader = s.In
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("reading the backup: %w", err)
		}
		defer f.Close()
		r = f
	}
	if err := boltstore.Restore(r, path); err != nil {
		return fmt.Errorf("restoring to %s: %w", path, err)
	}
	_, err = fmt.Fprintf(s.Out, "restored to %s\n", plain(path))
	return err
}
