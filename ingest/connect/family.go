package connect

import (
	"context"
	"fmt"

	"workbench"
)

// Family is what is known of a parent and everything under it, as States lists it, however many others there are. workbench.ErrNotFound.
func (s *Service) Family(ctx context.Context, scope workbench.Scope, parent workbench.ConnectorID) ([]State, error) {
	counts, err := s.quarantineCounts(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k := s.connectors[parent]
	if k == nil || k.connector.Kind.Child() || !sees(scope, k.connector) {
		return nil, fmt.Errorf("connector %s: %w", workbench.Text(string(parent)), workbench.ErrNotFound)
	}
	out := []State{s.state(k, counts)}
	for _, child := range s.childrenOf(parent) {
		if sees(scope, child.connector) {
			out = append(out, s.state(child, counts))
		}
	}
	return out, nil
}
