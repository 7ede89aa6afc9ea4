package connect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"workbench"
	"workbench/store"
)

// testsAtOnce is how many tenants are tested at a time, beside everything else that upkeep does: few, so that polls find Microsoft and this
// machine as they always do.
const testsAtOnce = 4

// testing is what waits to be tested by Run. Accounts take turns, so that whoever tests one tenant does not wait for another's hundreds.
// Service.mu guards it.
type testing struct {
	wanted map[workbench.ConnectorID]bool // tenancies that wait or are being tested
	queues map[workbench.AccountID][]workbench.ConnectorID
	turns  []workbench.AccountID // that have a queue, whose turn it is first
}

// TestAll has Microsoft asked about parents and everything under them, with fresh tokens, in the background: see Run. It returns how many
// parents will be tested; those that wait to be tested already, or are switched off, are not among them, and neither is what the account may
// not see. A child stands for its parent. workbench.ErrForbidden for an account that may not edit.
func (s *Service) TestAll(ctx context.Context, by By, ids []workbench.ConnectorID) (n int, err error) {
	if !by.Account.May(workbench.EditIntegration) {
		return 0, fmt.Errorf("testing connectors: %w", workbench.ErrForbidden)
	}
	parents := s.testable(by, ids)
	if len(parents) == 0 {
		return 0, nil
	}
	if err := s.Store.Record(ctx, store.AuditEntry{At: s.now(), By: by.Account.ID, What: "had Microsoft asked about many connectors", About: aboutMany(parents)}); err != nil {
		return 0, fmt.Errorf("keeping who tests: %w", err)
	}
	s.mu.Lock()
	var begun []workbench.ConnectorID
	for _, p := range parents {
		if s.want(by.Account.ID, p) {
			begun = append(begun, p)
		}
	}
	s.mu.Unlock()
	for _, id := range begun {
		s.listeners.tell(id)
	}
	s.wakeTests()
	return len(begun), nil
}

// testable lists the parents of some connectors that an account sees and that are to be tested, each once.
func (s *Service) testable(by By, ids []workbench.ConnectorID) []workbench.ConnectorID {
	scope := by.Account.Scope()
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []workbench.ConnectorID
	for _, id := range ids {
		k := s.connectors[id]
		if k == nil || !sees(scope, k.connector) {
			continue
		}
		p := parentOf(k.connector)
		if t := s.tenancies[p]; t != nil && !s.off(t) {
			out = append(out, p)
		}
	}
	return unique(out)
}

// mostNamed is how many connectors an entry of the audit trail names.
const mostNamed = 50

func aboutMany(ids []workbench.ConnectorID) string {
	named := make([]string, 0, mostNamed)
	for _, id := range ids[:min(len(ids), mostNamed)] {
		named = append(named, string(id))
	}
	about := fmt.Sprintf("%d connectors: %s", len(ids), strings.Join(named, ", "))
	if len(ids) > mostNamed {
		about += " and more"
	}
	return about
}

// want puts a parent's tenancy, and those of its children that have one, at the end of an account's queue. It is false where all of them wait
// there already. The caller holds mu.
func (s *Service) want(by workbench.AccountID, parent workbench.ConnectorID) bool {
	q := &s.testing
	if q.wanted == nil {
		q.wanted, q.queues = map[workbench.ConnectorID]bool{}, map[workbench.AccountID][]workbench.ConnectorID{}
	}
	begun := false
	add := func(id workbench.ConnectorID) {
		t := s.tenancies[id]
		if t == nil || s.off(t) || q.wanted[id] {
			return
		}
		if !slices.Contains(q.turns, by) {
			q.turns = append(q.turns, by)
		}
		q.wanted[id], begun = true, true
		q.queues[by] = append(q.queues[by], id)
	}
	add(parent)
	for _, k := range s.childrenOf(parent) {
		add(k.connector.ID)
	}
	return begun
}

// next takes the next tenancy to be tested; nil where nothing waits. One that is gone or switched off meanwhile is passed over.
func (s *Service) nextTest() *tenancy {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &s.testing
	for len(q.turns) > 0 {
		by := q.turns[0]
		id := q.queues[by][0]
		q.queues[by] = q.queues[by][1:]
		q.turns = q.turns[1:]
		if len(q.queues[by]) > 0 {
			q.turns = append(q.turns, by)
		} else {
			delete(q.queues, by)
		}
		if t := s.tenancies[id]; t != nil && !s.off(t) {
			return t
		}
		delete(q.wanted, id)
	}
	return nil
}

// runTests tests what TestAll asks for until the context ends.
func (s *Service) runTests(ctx context.Context) {
	var working sync.WaitGroup
	defer working.Wait()
	slots := make(chan struct{}, testsAtOnce)
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		t := s.nextTest()
		for t == nil {
			select {
			case <-ctx.Done():
				return
			case <-s.testWake:
			}
			t = s.nextTest()
		}
		working.Go(func() {
			defer func() { <-slots }()
			s.test(ctx, t)
		})
	}
}

func (s *Service) wakeTests() {
	select {
	case s.testWake <- struct{}{}:
	default:
	}
}

// test asks Microsoft about a tenancy and everything that it reads for.
func (s *Service) test(ctx context.Context, t *tenancy) {
	defer func() {
		s.mu.Lock()
		delete(s.testing.wanted, t.id)
		s.mu.Unlock()
		s.listeners.tell(t.id)
	}()
	asked, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	// A poll that failed meanwhile knows more of a child than one read does.
	s.ask(asked, t, s.readable(t, func(k *known) bool { return k.health.Status != workbench.StatusConnected || k.failedAt.IsZero() }), asking{fresh: true, eager: true})
}
