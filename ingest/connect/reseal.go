package connect

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"workbench"
)

// Reseal seals every credential under the newest key of the ring, so that older keys can be dropped from it. It can be ended and begun again
// at any point. It returns how many it sealed anew; one that no key opens stays as it is, and is an error once all others are done.
func (s *Service) Reseal(ctx context.Context) (int, error) {
	s.mu.RLock()
	all := slices.Collect(maps.Values(s.applications))
	s.mu.RUnlock()
	done, unreadable := 0, 0
	for _, a := range all {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		changed, closed := 0, 0
		err := s.saveRegistration(ctx, a, "sealed anew the credentials of", "", func(r *workbench.Registration) bool {
			changed, closed = 0, 0
			for i := range r.Credentials {
				c := &r.Credentials[i]
				if len(c.Sealed) == 0 {
					continue
				}
				sealed, other, err := s.ring.Resealed(c.Sealed, placeOf(*r, c.ID))
				if err != nil {
					closed++
					continue
				}
				if !other {
					continue
				}
				c.Sealed = sealed
				changed++
			}
			return changed > 0
		})
		if err != nil {
			return done, fmt.Errorf("keeping the credentials of app registration %s: %w", a.id, err)
		}
		done, unreadable = done+changed, unreadable+closed
	}
	if unreadable > 0 {
		return done, &workbench.Fault{Reason: workbench.ReasonUnsealable, Err: fmt.Errorf("%d credentials can't be opened with any key of the file", unreadable)}
	}
	return done, nil
}
