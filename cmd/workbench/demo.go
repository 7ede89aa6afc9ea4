package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/ingest/sample"
	"workbench/store"
	"workbench/store/seal"
)

// demoCommand shows the workbench with invented incidents, and beside it a simulated Microsoft to connect.
type demoCommand struct {
	listenFlags
	Microsoft string `help:"Address that the simulated Microsoft listens on; port 0 takes any." default:"127.0.0.1:0" env:"WORKBENCH_MICROSOFT" placeholder:"ADDR"`
}

// Run serves the samples until the context ends, from a temporary store unless --store names another. A store that is kept can be shown
// again, with its connectors.
func (c *demoCommand) Run(ctx context.Context, s *session) error {
	if err := c.check(); err != nil {
		return err
	}
	if s.Store == defaultStore {
		folder, err := os.MkdirTemp("", "workbench-demo-")
		if err != nil {
			return fmt.Errorf("making a folder for the demo: %w", err)
		}
		defer os.RemoveAll(folder)
		s.Store = "bolt:" + filepath.Join(folder, "demo.db")
	}
	st, ring, err := s.openWithKey(ctx, c.keyFlags)
	if err != nil {
		return err
	}
	err = s.demonstrate(ctx, st, ring, c)
	return errors.Join(err, st.Close())
}

func (s *session) demonstrate(ctx context.Context, st store.Store, ring *seal.Ring, c *demoCommand) error {
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
	microsoft, err := s.simulate(c.Microsoft, demoHistory)
	if err != nil {
		return err
	}
	defer microsoft.listener.Close() // where serving does not begin; else it is closed already
	for _, a := range microsoft.apps {
		a.Tenant().World().SetLimit(0)
	}
	if err := microsoft.remember(ctx, st, now); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return microsoft.serve(ctx) })
	group.Go(func() error {
		transport := &http.Transport{MaxIdleConnsPerHost: 16}
		defer transport.CloseIdleConnections()
		return s.serve(ctx, st, c.listenFlags, service{ring: ring, clouds: []entra.Cloud{microsoft.cloud()}, transport: transport, poll: demoPoll, limits: demoLimits, demo: true, portal: microsoft.portal(), opened: func(ctx context.Context, base *url.URL, connectors *connect.Service) error {
			if err := microsoft.register(base); err != nil {
				return err
			}
			address, err := newLink(ctx, st, base.String(), workbench.Administrator, now.AddDate(10, 0, 0), true)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.Out, "simulated Microsoft: %s\n", microsoft.portal())
			fmt.Fprintf(s.Out, "open %s\n", address)
			return microsoft.attackOnceConnected(ctx, connectors)
		}})
	})
	return group.Wait()
}

// demoPoll is how often the demo asks its simulated Microsoft: nobody wants to wait a minute for an attack.
const demoPoll = 5 * time.Second

// demoLimits are not Microsoft's: the simulated one of the demo has none.
var demoLimits = msgraph.Limits{PerMinute: 3_000, Burst: 100}

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
