package ingest

import (
	"context"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
)

// Graph is what a Poller asks of Microsoft Graph: see msgraph.Client. Every refusal is a *workbench.Fault.
type Graph interface {
	Incidents(ctx context.Context, w msgraph.Window, yield func(msgraph.Page) error) (msgraph.Listed, error)
	Alerts(ctx context.Context, w msgraph.Window, yield func(msgraph.Page) error) (msgraph.Listed, error)
	Incident(ctx context.Context, id string) (msgraph.Single, error)
	IncidentAlerts(ctx context.Context, id string, yield func(msgraph.Page) error) (msgraph.Listed, error)
	Probe(ctx context.Context) (msgraph.Probed, error)
}

var _ Graph = (*msgraph.Client)(nil)

// Target is a tenant to poll: see connect.Target.
type Target struct {
	Parent   workbench.Connector
	Children []workbench.Connector
	Progress []workbench.Progress
	Reader   workbench.ConnectorID // that Polled is told of
	Graph    Graph                 // the same as long as the reader is
}

// Connections is what a Poller asks of the connectors: see connect.Service.
type Connections interface {
	Targets(ctx context.Context) ([]Target, error)
	Subscribe() (<-chan workbench.ConnectorID, func())
	Polled(ctx context.Context, reader workbench.ConnectorID, fault *workbench.Fault, progress []workbench.Progress, empty bool, next time.Time) error
}
