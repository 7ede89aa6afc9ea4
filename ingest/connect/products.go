package connect

import (
	"context"
	"fmt"

	"workbench"
)

// A parent whose tenant nobody confirmed yet has no children: it remembers which it shall get, as its Products, and gets them once Microsoft
// has signed whose tenant it is and somebody here agreed. That they become children is done as often as it takes, whatever stops in between.

// addProducts gives a parent the children that it shall have. What waits stays where it is while the tenant is not confirmed.
func (s *Service) addProducts(ctx context.Context, by workbench.AccountID, id workbench.ConnectorID) error {
	parent, ok := s.connector(id)
	if !ok || !parent.Confirmed() || len(parent.Products) == 0 {
		return nil
	}
	t, _, err := s.tenancyOf(parent)
	if err != nil {
		return err
	}
	for _, kind := range parent.Products {
		child := workbench.Connector{ID: workbench.ConnectorID(newID()), Kind: kind, Name: s.freeName(parent.Name + " · " + kind.Label()), Parent: id, Tenant: parent.Tenant,
			BackfillDays: parent.BackfillDays, CreatedAt: s.now(), CreatedBy: by}
		if by == "" {
			child.CreatedBy = parent.CreatedBy
		}
		if _, there := s.sibling(child); there {
			continue
		}
		if child, err = s.Store.SaveConnector(ctx, child, "added", by, child.CreatedAt); err != nil {
			return fmt.Errorf("keeping what stands under a connector: %w", err)
		}
		s.begin(ctx, child, t)
	}
	return s.saveConnector(ctx, id, "gave its products to", by, func(c *workbench.Connector) bool {
		none := len(c.Products) == 0
		c.Products, c.BackfillDays = nil, 0
		return !none
	})
}

// completeProducts gives their children to parents that were confirmed before the workbench stopped.
func (s *Service) completeProducts(ctx context.Context) {
	s.mu.RLock()
	var owed []workbench.ConnectorID
	for id, k := range s.connectors {
		if k.connector.Confirmed() && len(k.connector.Products) > 0 {
			owed = append(owed, id)
		}
	}
	s.mu.RUnlock()
	for _, id := range owed {
		if err := s.addProducts(ctx, "", id); err != nil {
			s.Log.ErrorContext(ctx, "what shall stand under a connector can't be added", "connector", id, "error", err)
		}
	}
}
