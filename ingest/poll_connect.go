package ingest

import (
	"context"

	"workbench/ingest/connect"
)

// ConnectionsOf are the connectors that a service keeps.
func ConnectionsOf(s *connect.Service) Connections { return connections{s} }

type connections struct{ *connect.Service }

// Targets implements Connections.
func (c connections) Targets(ctx context.Context) ([]Target, error) {
	list, err := c.Service.Targets(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Target, 0, len(list))
	for _, t := range list {
		out = append(out, Target{Parent: t.Parent, Children: t.Children, Progress: t.Progress, Reader: t.Reader, Graph: t.Client})
	}
	return out, nil
}
