package compare

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"workbench/bench/measure"
	"workbench/bench/peer"
	"workbench/bench/report"
)

// Plan says how much is asked.
type Plan struct {
	Rounds int
	Asks   int           // questions of a kind in a round
	Budget time.Duration // of one peer for one kind in one round; it answers a few questions in any case
	Kinds  []peer.Kind
	Told   func(string) // told what goes on; may be nil
}

// fewest is how many questions even the slowest peer answers, of each kind in each round.
const fewest = 3

// answered is the answers of one peer to one kind in one round.
type answered struct {
	times []time.Duration
	cpu   time.Duration
	none  bool // it has no such answers
}

// kept is everything that was measured of one kind.
type kept struct {
	rounds []map[string]answered // by name of peer
	digest peer.Digest
	equal  map[string]int
}

// Run asks all peers the same questions, round by round, in another order each time, and compares every answer with that of the first peer.
// It fails at the first that differs. The machine is measured before every round.
func Run(ctx context.Context, plan Plan, asker *peer.Asker, peers []peer.Peer, control func() (measure.Control, error)) (report.Compare, error) {
	told := plan.Told
	if told == nil {
		told = func(string) {}
	}
	out := report.Compare{Rounds: plan.Rounds}
	all := map[string]*kept{}
	for _, k := range plan.Kinds {
		all[k.Name] = &kept{digest: peer.NewDigest(), equal: map[string]int{}}
	}
	for round := range plan.Rounds + 1 { // round 0 warms up: caches, statements, pages of files
		if round > 0 {
			c, err := control()
			if err != nil {
				return out, err
			}
			out.Controls = append(out.Controls, c)
		}
		for _, kind := range plan.Kinds {
			count := plan.Asks
			if round == 0 {
				count = min(count, 2*fewest)
			}
			asks := make([]peer.Ask, count)
			for i := range asks {
				ask, err := asker.Ask(ctx, kind, round*plan.Asks+i)
				if err != nil {
					return out, err
				}
				asks[i] = ask
			}
			r := turn{plan: plan, kind: kind, asks: asks, peers: peers, first: round % len(peers), kept: all[kind.Name]}
			found, err := r.run(ctx)
			if err != nil {
				return out, err
			}
			if round > 0 {
				all[kind.Name].rounds = append(all[kind.Name].rounds, found)
			}
		}
		told(fmt.Sprintf("round %d of %d done", round, plan.Rounds))
	}
	out.Unsteady = measure.Moved(out.Controls)
	for _, k := range plan.Kinds {
		out.Kinds = append(out.Kinds, all[k.Name].report(k, peers))
	}
	return out, nil
}

// turn is one kind in one round.
type turn struct {
	plan  Plan
	kind  peer.Kind
	asks  []peer.Ask
	peers []peer.Peer
	first int
	kept  *kept
}

func (t turn) run(ctx context.Context) (map[string]answered, error) {
	found := map[string]answered{}
	answers := make([][]peer.Answer, len(t.peers))
	for i := range t.peers {
		at := (t.first + i) % len(t.peers)
		a, list, err := t.ask(ctx, t.peers[at])
		if err != nil {
			return nil, fmt.Errorf("%s, kind %s: %w", t.peers[at].Name(), t.kind.Name, err)
		}
		found[t.peers[at].Name()], answers[at] = a, list
	}
	for i, expected := range answers[0] {
		t.kept.digest.Add(t.asks[i].Want, expected)
	}
	for at := 1; at < len(t.peers); at++ {
		for i, got := range answers[at] {
			if i >= len(answers[0]) {
				break
			}
			if differs := peer.Differ(t.asks[i].Want, answers[0][i], got); differs != "" {
				return nil, fmt.Errorf("%s and %s give different answers, kind %s, question %d (%s): %s", t.peers[0].Name(), t.peers[at].Name(), t.kind.Name, i, t.asks[i], differs)
			}
			t.kept.equal[t.peers[at].Name()]++
		}
	}
	return found, nil
}

// ask asks one peer, until its budget is used up.
func (t turn) ask(ctx context.Context, p peer.Peer) (a answered, answers []peer.Answer, err error) {
	runtime.GC() // what others left behind is not this one's
	before, err := p.Usage(ctx)
	if err != nil {
		return a, nil, err
	}
	began := time.Now()
	for i, ask := range t.asks {
		if i >= fewest && time.Since(began) > t.plan.Budget {
			break
		}
		cpu, start := measure.CPU(), time.Now()
		answer, err := p.Answer(ctx, ask)
		took := time.Since(start)
		a.cpu += measure.CPU() - cpu
		if errors.Is(err, peer.ErrNotOffered) {
			return answered{none: true}, nil, nil
		}
		if err != nil {
			return a, nil, fmt.Errorf("question %d (%s): %w", i, ask, err)
		}
		a.times, answers = append(a.times, took), append(answers, answer)
	}
	after, err := p.Usage(ctx)
	a.cpu += after.CPU - before.CPU
	return a, answers, err
}

// report sums up a kind. Ratios compare the very same questions.
func (k *kept) report(kind peer.Kind, peers []peer.Peer) report.Kind {
	out := report.Kind{Name: kind.Name, About: kind.About, Digest: k.digest.String(), Equal: k.equal, Figures: map[string]measure.Figure{}, Ratios: map[string]measure.Ratio{}, CPU: map[string]float64{}}
	own := peers[0].Name()
	for _, p := range peers {
		var times []time.Duration
		var cpu time.Duration
		var pairs [][]measure.Pair
		for _, round := range k.rounds {
			a := round[p.Name()]
			if a.none {
				continue
			}
			times, cpu = append(times, a.times...), cpu+a.cpu
			var list []measure.Pair
			for i := range min(len(a.times), len(round[own].times)) {
				list = append(list, measure.Pair{Own: round[own].times[i], Other: a.times[i]})
			}
			pairs = append(pairs, list)
		}
		if len(times) == 0 {
			continue
		}
		f := measure.NewFigure(times)
		f.CPU = float64(cpu.Microseconds()) / float64(len(times))
		out.Figures[p.Name()] = f
		if p.Name() != own {
			out.Ratios[p.Name()] = measure.NewRatio(pairs)
			if c := out.Figures[own].CPU; c > 0 {
				out.CPU[p.Name()] = f.CPU / c
			}
		}
	}
	return out
}
