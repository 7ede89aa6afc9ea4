package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/sample"
	"workbench/store"
)

// demoCommand shows the workbench with invented incidents.
type demoCommand struct{ listenFlags }

// Run serves the samples until the context ends, from a temporary store unless --store names another.
func (c *demoCommand) Run(ctx context.Context, s *session) error {
	if s.Store == defaultStore {
		folder, err := os.MkdirTemp("", "workbench-demo-")
		if err != nil {
			return fmt.Errorf("making a folder for the demo: %w", err)
		}
		defer os.RemoveAll(folder)
		s.Store = "bolt:" + filepath.Join(folder, "demo.db")
	}
	st, err := s.open(true)
	if err != nil {
		return err
	}
	err = s.demonstrate(ctx, st, c.listenFlags)
	return errors.Join(err, st.Close())
}

func (s *session) demonstrate(ctx context.Context, st store.Store, flags listenFlags) error {
	now := s.Now()
	for _, tenant := range sample.Tenants() {
		if err := st.NameTenant(ctx, tenant.ID, tenant.Name); err != nil {
			return err
		}
	}
	var files []ingest.File
	for _, f := range []struct {
		name string
		data []byte
	}{{"samples", sample.Page(now)}, {"alerts without incident", sample.StandaloneAlerts(now)}, {"what came later", sample.Later(now)}} {
		files = append(files, ingest.File{Name: f.name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }})
	}
	if _, err := ingest.Import(ctx, st, files, ingest.ImportOptions{At: workbench.At(now), By: workbench.Administrator}); err != nil {
		return fmt.Errorf("importing the samples: %w", err)
	}
	if err := ensureAdministrator(ctx, st, now); err != nil {
		return err
	}
	if err := demoActions(ctx, st, now); err != nil {
		return err
	}
	return s.serve(ctx, st, flags, service{demo: true, opened: func(ctx context.Context, base string) error {
		address, err := newLink(ctx, st, base, workbench.Administrator, now.AddDate(10, 0, 0), true)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Out, "open %s\n", address)
		return err
	}})
}

// demoActions lets a few stories look as if somebody had worked on them. A store that was shown before is left as it is.
func demoActions(ctx context.Context, st store.Store, now time.Time) error {
	entries, err := st.Changes(ctx, 0, 1_000)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if len(e.State.Actions) > 0 {
			return nil
		}
	}
	plans := []struct {
		criticality int
		changes     []workbench.FieldChange
		comment     string
	}{
		{9, []workbench.FieldChange{{Field: workbench.FieldStatus, After: workbench.Text("pendingAnalysis")}, {Field: workbench.FieldVerdict, After: workbench.Text("malicious")},
			{Field: workbench.FieldAnalystSeverity, After: workbench.Text("high")}, {Field: workbench.FieldThreatType, After: workbench.Text("Phishing")}, {Field: workbench.FieldOwner, After: workbench.Text("m.rossi")}},
			"Link confirmed in the proxy log. Waiting for the user's laptop to come in."},
		{6, []workbench.FieldChange{{Field: workbench.FieldStatus, After: workbench.Text("pendingMoreInfo")}, {Field: workbench.FieldVerdict, After: workbench.Text("suspicious")}, {Field: workbench.FieldOwner, After: workbench.Text("a.singh")}},
			"Asked the owner of the server whether this was planned."},
		{3, []workbench.FieldChange{{Field: workbench.FieldStatus, After: workbench.Text("closed")}, {Field: workbench.FieldVerdict, After: workbench.Text("benign")}}, "Known installer."},
	}
	at := workbench.At(now.Add(-30 * time.Minute))
	used := map[workbench.StoryID]bool{}
	for _, plan := range plans {
		for _, e := range entries {
			if used[e.ID] || e.Gone || e.Head.Criticality != plan.criticality || len(e.Head.MovedTo) > 0 || e.Head.AllResolved {
				continue
			}
			used[e.ID] = true
			action := workbench.Action{ID: rand.Text(), Story: e.ID, At: at, By: workbench.Administrator, ByName: workbench.Text("administrator"), Changes: plan.changes, Comment: workbench.Text(plan.comment), Expect: -1}
			if _, _, err := st.Act(ctx, workbench.EveryTenant(), action); err != nil {
				return fmt.Errorf("preparing the demo: %w", err)
			}
			break
		}
	}
	return nil
}
