package workbench_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"workbench"
)

// TestRegistrationLivesForYears carries out the plan for five years against a model of Entra, with outages, refusals, answers that are lost,
// crashes between any two steps and a clock that is wrong, and holds what is promised of certificates at every moment.
func TestRegistrationLivesForYears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t, rapid.Uint64().Draw(t, "seed"))
		for end := l.now.AddDate(5, 0, 0); l.now.Before(end); {
			l.turn()
			l.holds()
		}
		if l.renewed == 0 {
			t.Error("five years without one renewal")
		}
	})
}

// TestManagedRegistrationLivesForYears does the same for an application that another one made and manages: nobody uploads anything.
func TestManagedRegistrationLivesForYears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t, rapid.Uint64().Draw(t, "seed"))
		l.stored.Manager = "parent"
		for end := l.now.AddDate(5, 0, 0); l.now.Before(end); {
			l.turn()
			l.holds()
			l.mends()
		}
		if l.renewed == 0 {
			t.Error("five years without one renewal")
		}
	})
}

type weather int

const (
	calm    weather = iota
	flaky           // every other request fails, some of them after they had their effect
	strict          // addKey is refused by policy
	outage          // nothing is answered
	stopped         // the workbench does not run
)

type spell struct {
	from, to time.Time
	kind     weather
}

type modelKey struct {
	credential          string
	visible             time.Time // from when it can be signed in with
	notBefore, notAfter time.Time
}

// life is a workbench with one registration, and the Entra that it speaks with. Times are true ones, unless they are the workbench's.
type life struct {
	t        *rapid.T
	dice     *rand.Rand
	now      time.Time
	skew     time.Duration // of the workbench's clock
	spells   []spell
	stored   workbench.Registration // as a restart would find it
	keys     map[string]modelKey    // of Entra, by key id
	accepted map[string]time.Time   // by credential
	warned   map[string][]int       // by credential
	uploaded map[string]bool
	serial   int
	renewed  int
	once     bool      // Entra refuses a certificate that it has already
	made     bool      // Entra has the application; nobody has to make one that people registered
	goodAt   time.Time // when the workbench last had a credential that signs in
}

func newLife(t *rapid.T, seed uint64) *life {
	l := &life{t: t, dice: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), keys: map[string]modelKey{}, accepted: map[string]time.Time{},
		warned: map[string][]int{}, uploaded: map[string]bool{}, once: seed%2 == 0}
	for at := l.now; at.Before(l.now.AddDate(6, 0, 0)); {
		at = at.Add(l.upTo(40 * 24 * time.Hour))
		s := spell{from: at, kind: weather(1 + l.dice.IntN(4))}
		s.to = at.Add([]time.Duration{time.Hour, 6 * time.Hour, 40 * time.Hour, 8 * 24 * time.Hour}[l.dice.IntN(4)])
		l.spells, at = append(l.spells, s), s.to
	}
	return l
}

func (l *life) upTo(d time.Duration) time.Duration { return time.Duration(l.dice.Int64N(int64(d))) + 1 }

func (l *life) clock() workbench.Time { return workbench.At(l.now.Add(l.skew)) }

func (l *life) weather() weather {
	for _, s := range l.spells {
		if !l.now.Before(s.from) && l.now.Before(s.to) {
			return s.kind
		}
	}
	return calm
}

// quiet is the longest calm inside a range.
func (l *life) quiet(from, to time.Time) time.Duration {
	longest, since := time.Duration(0), from
	for _, s := range l.spells {
		if s.to.Before(from) || s.from.After(to) {
			continue
		}
		longest, since = max(longest, s.from.Sub(since)), s.to
	}
	return max(longest, to.Sub(since))
}

// turn carries out one step, or waits.
func (l *life) turn() {
	if l.dice.IntN(4) == 0 {
		l.skew = time.Duration(l.dice.IntN(21)-10) * time.Minute
	}
	l.operator()
	if l.weather() == stopped {
		l.now = l.now.Add(time.Hour)
		return
	}
	step := l.stored.Due(l.clock())
	switch step.Kind {
	case workbench.StepWait:
		wait := 6 * time.Hour
		if next := step.At.Sub(l.clock().Time); !step.At.IsZero() && next < wait {
			wait = max(next, time.Second)
		} else if next > 4*24*time.Hour {
			wait = 2 * 24 * time.Hour // nothing happens for long
		}
		l.now = l.now.Add(wait)
		return
	case workbench.StepMake:
		l.serial++
		c := madeAt(fmt.Sprint("made", l.serial), l.clock())
		if !l.crashes() {
			l.stored = l.stored.Offer(c)
		}
	case workbench.StepEnrol, workbench.StepReplace:
		l.byManager(step)
	case workbench.StepAdd:
		l.add(step)
	case workbench.StepTry:
		l.try(step)
	case workbench.StepRemove:
		l.remove(step)
	case workbench.StepForget:
		if !l.crashes() {
			l.stored = l.stored.Removed(step.Credential)
		}
	case workbench.StepWarn:
		l.warned[step.Credential] = append(l.warned[step.Credential], step.Days)
		l.stored = l.stored.Warn(step.Days)
	default:
		l.t.Fatalf("unknown step %q", step.Kind)
	}
	l.now = l.now.Add(time.Second)
}

func (l *life) crashes() bool {
	if l.dice.IntN(20) > 0 {
		return false
	}
	l.now = l.now.Add(l.upTo(30 * time.Minute))
	return true
}

func (l *life) credential(id string) workbench.Credential {
	for _, c := range l.stored.Credentials {
		if c.ID == id {
			return c
		}
	}
	l.t.Fatalf("%s: the plan names credential %q, which is not stored", l.now, id)
	return workbench.Credential{}
}

// has reports whether Entra has a credential, seen by its servers or not.
func (l *life) has(id string) bool {
	for _, k := range l.keys {
		if k.credential == id {
			return true
		}
	}
	return false
}

// signs reports whether Entra accepts a credential.
func (l *life) signs(id string) bool {
	for _, k := range l.keys {
		if k.credential == id && !l.now.Before(k.visible) && !l.now.Before(k.notBefore) && l.now.Before(k.notAfter) {
			return true
		}
	}
	return false
}

// asks says what becomes of a request before (done) and after its effect (heard).
func (l *life) asks() (done, heard *workbench.Fault) {
	down := &workbench.Fault{Reason: workbench.ReasonUnreachable}
	switch w := l.weather(); {
	case w == outage:
		return down, nil
	case w == flaky && l.dice.IntN(2) == 0:
		if l.dice.IntN(2) == 0 {
			return nil, down
		}
		return []*workbench.Fault{{Reason: workbench.ReasonUnavailable}, {Reason: workbench.ReasonThrottled, RetryAfter: 10 * time.Minute}, {Reason: workbench.ReasonTokenRefused}}[l.dice.IntN(3)], nil
	}
	return nil, nil
}

func (l *life) register(c workbench.Credential) string {
	l.serial++
	id := fmt.Sprint("key", l.serial)
	l.keys[id] = modelKey{credential: c.ID, visible: l.now.Add(l.upTo(10 * time.Minute)), notBefore: c.NotBefore.Time, notAfter: c.NotAfter.Time}
	return id
}

func (l *life) add(step workbench.Step) {
	c := l.credential(step.Credential)
	l.stored = l.stored.Adding(c.ID, l.clock())
	if l.crashes() {
		return
	}
	done, heard := l.asks()
	id := ""
	switch {
	case done != nil:
	case !l.signs(step.Proof):
		done = &workbench.Fault{Reason: workbench.ReasonCertificateUnknown}
	case l.weather() == strict:
		done = &workbench.Fault{Reason: workbench.ReasonKeyPolicy}
	case l.once && l.has(c.ID):
		done = &workbench.Fault{Reason: workbench.ReasonRenewalRefused}
	default:
		id = l.register(c)
	}
	if l.crashes() {
		return
	}
	if done == nil {
		done = heard
	}
	if done != nil {
		l.stored = l.stored.RenewalFailed(done, l.clock())
		return
	}
	l.stored = l.stored.Added(c.ID, id, l.clock())
}

// byManager makes the application, or gives it its only key. The manager's own certificate works whenever Microsoft answers.
func (l *life) byManager(step workbench.Step) {
	c := l.credential(step.Credential)
	if (step.Kind == workbench.StepEnrol) != (l.stored.ClientID == "") {
		l.t.Fatalf("%s: %s although the application is %q", l.now, step.Kind, l.stored.ClientID)
	}
	if active, ok := l.stored.Active(); ok && l.clock().Before(active.NotAfter) {
		l.t.Fatalf("%s: %s although the child can renew its certificate by itself", l.now, step.Kind)
	}
	done, heard := l.asks()
	id := ""
	switch {
	case done != nil:
	case l.weather() == strict:
		done = &workbench.Fault{Reason: workbench.ReasonKeyPolicy}
	default:
		clear(l.keys)
		id, l.made = l.register(c), true
	}
	if l.crashes() {
		return
	}
	if done == nil {
		done = heard
	}
	switch {
	case done != nil:
		l.stored = l.stored.RenewalFailed(done, l.clock())
	case step.Kind == workbench.StepEnrol:
		l.stored = l.stored.Enrolled(c.ID, "client", "object", id, l.clock())
	default:
		l.stored = l.stored.Replaced(c.ID, id, l.clock())
	}
}

// mends checks that a managed application never stays without a certificate that signs in while Microsoft answers and takes certificates.
func (l *life) mends() {
	if active, ok := l.stored.Active(); ok && l.signs(active.ID) || l.goodAt.IsZero() {
		l.goodAt = l.now
		return
	}
	if quiet := l.quiet(l.goodAt, l.now); quiet >= 14*time.Hour {
		l.t.Fatalf("%s: no credential signs in since %s, though Microsoft answered for %s: %+v", l.now, l.goodAt, quiet, l.stored)
	}
}

func (l *life) try(step workbench.Step) {
	c := l.credential(step.Credential)
	done, heard := l.asks()
	if done != nil || heard != nil || !l.signs(c.ID) {
		l.stored = l.stored.Refused(c.ID, l.clock())
		return
	}
	if l.crashes() {
		return
	}
	if old, ok := l.stored.Active(); ok && l.now.Before(old.NotAfter.Time) {
		l.renewed++
		if early := old.NotAfter.Sub(l.now); early > workbench.RenewBefore {
			l.t.Fatalf("%s: renewed %s before its end", l.now, early)
		}
	}
	l.stored = l.stored.Accepted(c.ID, l.clock())
	l.accepted[c.ID] = l.now
}

func (l *life) remove(step workbench.Step) {
	c := l.credential(step.Credential)
	if c.State != workbench.CredentialFormer {
		l.t.Fatalf("%s: would remove a credential that is %s", l.now, c.State)
	}
	done, heard := l.asks()
	if done == nil && l.signs(step.Proof) {
		if kept := l.now.Sub(l.accepted[step.Proof]); kept < workbench.KeepFormer {
			l.t.Fatalf("%s: removed the old key %s after the new one worked", l.now, kept)
		}
		delete(l.keys, c.KeyID)
	}
	if l.crashes() {
		return
	}
	if done != nil || heard != nil {
		l.stored = l.stored.Refused(c.ID, l.clock())
		return
	}
	l.stored = l.stored.Removed(c.ID)
}

// operator uploads an offered certificate by hand, some time after nothing else works.
func (l *life) operator() {
	if active, ok := l.stored.Active(); ok && l.now.Before(active.NotAfter.Time) {
		return
	}
	if c, ok := l.stored.Offered(); ok && l.stored.Manager == "" && !l.uploaded[c.ID] && l.dice.IntN(50) == 0 && l.now.Before(c.NotAfter.Time) {
		l.uploaded[c.ID] = true
		l.register(c)
	}
}

// holds checks what is promised.
func (l *life) holds() {
	registered, stored := 0, 0
	for _, k := range l.keys {
		if l.now.Before(k.notAfter) {
			registered++
			if slices.ContainsFunc(l.stored.Credentials, func(c workbench.Credential) bool { return c.ID == k.credential }) {
				stored++
			}
		}
	}
	if registered > 0 && stored == 0 {
		l.t.Fatalf("%s: %d keys are registered, and none of them is stored", l.now, registered)
	}
	active, ok := l.stored.Active()
	if !ok {
		return
	}
	end := active.NotAfter.Time
	if l.now.Before(end) && !l.signs(active.ID) {
		l.t.Fatalf("%s: the active credential %s does not sign in", l.now, active.ID)
	}
	const day = 24 * time.Hour
	from, late := end.Add(-workbench.RenewBefore+2*workbench.ClockLeeway), end.Add(-6*day)
	accepted := l.accepted[active.ID]
	if l.now.After(late) && accepted.Before(from) && l.quiet(from, late) >= 8*time.Hour {
		l.t.Fatalf("%s: %s ends at %s and was not renewed, though Microsoft answered for %s", l.now, active.ID, end, l.quiet(from, late))
	}
	if warned := l.warned[active.ID]; !slices.IsSortedFunc(warned, func(a, b int) int { return b - a }) || len(slices.Compact(slices.Clone(warned))) != len(warned) {
		l.t.Fatalf("%s: warned at %v days", l.now, warned)
	}
	for _, days := range []int{6, 3, 1} {
		told := end.Add(-time.Duration(days) * day)
		hours := l.now.Sub(told)
		if hours > 8*time.Hour && hours < 10*time.Hour && accepted.Before(told) && l.ran(told, l.now) && !slices.Contains(l.warned[active.ID], days) {
			l.t.Fatalf("%s: %s ends at %s and nobody was told at %d days, but at %v", l.now, active.ID, end, days, l.warned[active.ID])
		}
	}
	if _, offered := l.stored.Offered(); l.now.Sub(end) > 8*time.Hour && l.ran(l.now.Add(-8*time.Hour), l.now) && !offered {
		l.t.Fatalf("%s: %s ended at %s and no certificate is offered for upload", l.now, active.ID, end)
	}
}

// ran reports whether the workbench ran all the time.
func (l *life) ran(from, to time.Time) bool {
	return !slices.ContainsFunc(l.spells, func(s spell) bool { return s.kind == stopped && s.from.Before(to) && from.Before(s.to) })
}
