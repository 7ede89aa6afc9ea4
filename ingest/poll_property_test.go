package ingest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
)

// history changes a world at random.
type history struct {
	*rand.Rand
	w         *world
	incidents []string
	alerts    map[string][2]string // incident and product
	names     []string             // of alerts
	since     time.Time
}

func (h *history) pick(list []string) string { return list[h.IntN(len(list))] }

// when is now, or for late arrivals some time before.
func (h *history) when() time.Time {
	if h.IntN(8) > 0 {
		return time.Now()
	}
	at := time.Now().Add(-time.Duration(h.IntN(48*3600)) * time.Second)
	if at.Before(h.since) {
		return h.since
	}
	return at
}

func (h *history) setAlert(id, incident, product string, at time.Time) {
	if _, have := h.alerts[id]; !have {
		h.names = append(h.names, id)
	}
	h.alerts[id] = [2]string{incident, product}
	h.w.alert(id, incident, product, at, fmt.Sprintf(`,"description":"%d"`, h.Uint64()))
}

// change is one change.
func (h *history) change() {
	now := time.Now()
	products := []string{endpoint, endpoint, office, identity}
	switch n := h.IntN(10); {
	case n < 4 || len(h.incidents) < 3:
		id := fmt.Sprint(1000 + len(h.incidents))
		h.incidents = append(h.incidents, id)
		at := h.when()
		h.w.incident(id, at)
		for range h.IntN(4) {
			h.setAlert(fmt.Sprint("a", len(h.names)), id, h.pick(products), at)
		}
	case n < 5:
		h.w.incident(h.pick(h.incidents), now)
	case n < 7 && len(h.names) > 0:
		id := h.pick(h.names)
		h.setAlert(id, h.alerts[id][0], h.alerts[id][1], now)
	case n < 8 && len(h.names) > 0: // an alert moves, with or without a new time of its own
		id, to := h.pick(h.names), h.pick(h.incidents)
		from, at := h.alerts[id][0], now
		if h.IntN(2) == 0 {
			at = h.w.alerts[id].updated
		}
		h.setAlert(id, to, h.alerts[id][1], at)
		h.w.incident(to, now)
		if from != "" && from != to {
			h.w.incident(from, now)
		}
	case n < 9:
		from, to := h.pick(h.incidents), h.pick(h.incidents)
		if from == to {
			return
		}
		h.w.incident(to, now)
		h.w.merge(from, to, now)
		for _, id := range h.names {
			if h.alerts[id][0] == from {
				h.setAlert(id, to, h.alerts[id][1], now)
			}
		}
	default:
		h.setAlert(fmt.Sprint("a", len(h.names)), "", h.pick(products), h.when())
	}
}

// trouble is a random fault that lasts for a while.
func (h *history) trouble() func(string, string, int) error {
	calls := []string{"alerts", "incidents", "incident", "incident alerts", "probe"}
	reasons := []workbench.Reason{workbench.ReasonThrottled, workbench.ReasonUnavailable, workbench.ReasonUnreadable, workbench.ReasonTokenRefused, workbench.ReasonRolesMissing, workbench.ReasonInternal}
	call, reason, page, odds := h.pick(calls), reasons[h.IntN(len(reasons))], h.IntN(3), 1+h.Uint64N(3)
	n := uint64(0)
	return func(c, _ string, p int) error {
		if c != call || p < page {
			return nil
		}
		if n++; n%odds != 0 {
			return nil
		}
		if n%7 == 0 {
			panic("as the test wants it")
		}
		return fault(reason)
	}
}

func TestAnyHistoryWithAnyFaultsIsTakenInWhole(t *testing.T) {
	seeds := uint64(24)
	if testing.Short() {
		seeds = 6
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, 6, workbench.DefenderEndpoint, workbench.DefenderOffice365)
				h := &history{Rand: rand.New(rand.NewPCG(seed, 1)), w: s.world, alerts: map[string][2]string{}, since: ago(5 * day)}
				s.world.pageSize = 3 + h.IntN(20)
				for range h.IntN(60) {
					h.change()
				}
				stop := s.start(s.store)
				for range 40 + h.IntN(60) {
					switch n := h.IntN(20); {
					case n == 0:
						stop()
						s.reopen()
						<-time.After(time.Duration(h.IntN(5*3600)) * time.Second)
						stop = s.start(s.store)
					case n == 1:
						<-time.After(time.Duration(h.IntN(3*3600)) * time.Second)
					case n < 5:
						s.world.setTrouble(h.trouble())
					case n < 8:
						s.world.setTrouble(nil)
					}
					h.change()
					<-time.After(time.Duration(h.IntN(200)) * time.Second)
				}
				s.world.setTrouble(nil)
				<-time.After(27 * time.Hour)
				stop()
				s.complete(h.since, endpoint, office)
				kept := s.documents()
				for text := range s.world.served {
					own := strings.Contains(text, endpoint) || strings.Contains(text, office)
					if _, have := kept[text]; own && !have {
						t.Errorf("a version that Microsoft served is not kept: %s", text)
					}
				}
				if p := s.conns.last(); p.fault != nil || len(p.prog[0].Gaps(workbench.At(time.Now()), 2*time.Minute)) > 0 {
					t.Errorf("got fault %v, covered %v", p.fault, p.prog[0].Covered)
				}
				s.sameElsewhere()
			})
		})
	}
}
