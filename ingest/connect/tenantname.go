package connect

import "workbench"

// TenantName is the display name of a tenant, absent where there is none. It is quick enough for every row of a list.
func (s *Service) TenantName(id workbench.TenantID) workbench.Untrusted {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.names[id]
}
