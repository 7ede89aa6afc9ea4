package connect

import (
	"context"
	"fmt"
	"time"

	"workbench"
)

// keepEvery is how often a health is kept in the store though nothing changed that anybody sees; the memory is always fresh.
const keepEvery = 5 * time.Minute

// maxDetail is how many characters of Microsoft's words are kept.
const maxDetail = 500

// cut bounds what a fault says, wherever it comes from.
func cut(f *workbench.Fault) *workbench.Fault {
	if f == nil {
		return nil
	}
	out := *f
	out.Detail, _ = f.Detail.Cut(maxDetail)
	out.Trace, _ = f.Trace.Cut(maxDetail)
	return &out
}

// setHealth changes the health of a connector and keeps it where somebody would see the difference, the last time is long ago, or it must be.
func (s *Service) setHealth(ctx context.Context, id workbench.ConnectorID, must bool, change func(workbench.Connector, workbench.Health) workbench.Health) {
	s.mu.Lock()
	k := s.connectors[id]
	if k == nil {
		s.mu.Unlock()
		return
	}
	before := k.health
	k.health = change(k.connector, before)
	after, now, about := k.health, s.Now(), k.connector
	visible := looksOther(before, after)
	keep := must || looksOther(k.kept, after) || now.Sub(k.keptAt) >= keepEvery || k.keptAt.IsZero()
	if keep {
		k.kept, k.keptAt = after, now
	}
	s.mu.Unlock()
	if keep {
		s.keepHealth(ctx, k)
	}
	if after.Reason == workbench.ReasonUnsealable && before.Reason != workbench.ReasonUnsealable { // the key file is another, or somebody wrote into the store
		if err := s.Store.Record(ctx, s.entry(By{}, "secret could not be opened", about)); err != nil {
			s.Log.ErrorContext(ctx, "audit entry can't be kept", "connector", id, "error", err)
		}
	}
	if visible {
		s.listeners.tell(id)
	}
	if before.Status != after.Status || before.Reason != after.Reason {
		s.Log.InfoContext(ctx, "connector", "connector", id, "status", after.Status, "reason", after.Reason, "was", before.Status, "trace", after.Trace.String())
	}
}

// keepHealth keeps what the memory has.
func (s *Service) keepHealth(ctx context.Context, k *known) {
	s.keeping.Lock()
	defer s.keeping.Unlock()
	s.mu.RLock()
	h := k.health
	s.mu.RUnlock()
	err := s.Store.SaveHealth(ctx, h)
	if err == nil {
		return
	}
	s.Log.ErrorContext(ctx, "health of a connector can't be kept", "connector", h.Connector, "error", err)
	s.mu.Lock()
	k.keptAt = time.Time{}
	s.mu.Unlock()
}

// looksOther reports whether a person would see the difference.
func looksOther(a, b workbench.Health) bool {
	return a.Status != b.Status || a.Reason != b.Reason || a.Detail != b.Detail || a.Awaiting != b.Awaiting || a.Empty != b.Empty
}

// after is workbench.Health.After, but for what only this package knows: what a person at Microsoft was told stays the reason for as long
// as Microsoft only repeats that nothing was granted.
func after(h workbench.Health, fault *workbench.Fault, at workbench.Time) workbench.Health {
	fault = cut(fault)
	if fault != nil && told(h.Reason) && (fault.Reason == workbench.ReasonNotConsented || fault.Reason == workbench.ReasonRolesMissing) {
		fault = &workbench.Fault{Reason: h.Reason, Detail: h.Detail, Trace: h.Trace}
	}
	return h.After(fault, at)
}

// told reports whether a reason is one that a browser brought back, which no probe finds out by itself.
func told(r workbench.Reason) bool {
	switch r {
	case workbench.ReasonDeclined, workbench.ReasonNotAdministrator, workbench.ReasonWrongAccount, workbench.ReasonWrongTenant, workbench.ReasonRedirectMismatch:
		return true
	}
	return false
}

// outcome is what a try to speak with a tenant led to.
type outcome struct {
	signIn *workbench.Fault // why there is no token; nil = there is one
	read   *workbench.Fault // why nothing could be read, where there is a token
	asked  bool             // whether something was to be read
	empty  bool             // Microsoft answered, and has no incident
	glance bool             // upkeep looked, which reads less than a poll
}

// pollsFor is how long what a poll met counts for more than a glance at less: the longest that a poller is asked to wait, and a poll.
const pollsFor = 20 * time.Minute

// settle sets the health of a parent and of some of its children, or of a child that has an application of its own, from what was found out.
// next is when Microsoft will be asked again; zero where nobody knows yet.
func (s *Service) settle(ctx context.Context, t *tenancy, o outcome, children []workbench.ConnectorID, next time.Time) {
	at, registration := s.now(), s.registration(s.appOf(t))
	if t.child {
		s.settleOwn(ctx, t, o, registration, next)
		return
	}
	s.setHealth(ctx, t.id, false, func(c workbench.Connector, h workbench.Health) workbench.Health {
		fault := o.signIn
		if fault == nil && !c.Confirmed() {
			fault = &workbench.Fault{Reason: workbench.ReasonNotConsented}
		}
		out := withRenewal(after(h, fault, at), registration)
		if out.Status == h.Status && out.Reason == h.Reason {
			out.Since = h.Since
		}
		out.NextAt = workbench.At(next)
		return out
	})
	for _, id := range children {
		s.setHealth(ctx, id, false, func(_ workbench.Connector, h workbench.Health) workbench.Health {
			failed := s.connectors[id].failedAt
			switch {
			case o.glance && o.asked && o.read == nil && !failed.IsZero() && at.Sub(failed) < pollsFor:
			case o.signIn != nil && !o.signIn.Reason.Passing():
				h = h.After(&workbench.Fault{Reason: workbench.ReasonParent}, at)
			case o.signIn != nil:
				h = after(h, o.signIn, at)
			case o.asked:
				h = after(h, o.read, at)
				h.Empty = o.read == nil && o.empty
			}
			h.NextAt = workbench.At(next)
			return h
		})
	}
}

// settleOwn is settle for a child that has an application of its own.
func (s *Service) settleOwn(ctx context.Context, t *tenancy, o outcome, r workbench.Registration, next time.Time) {
	at := s.now()
	s.setHealth(ctx, t.id, false, func(_ workbench.Connector, h workbench.Health) workbench.Health {
		fault, found := o.signIn, o.signIn != nil
		if !found && o.asked {
			fault, found = o.read, true
		}
		out := h
		if found {
			out = withRenewal(after(h, fault, at), r)
			out.Empty = fault == nil && o.empty
		}
		if out.Status == h.Status && out.Reason == h.Reason {
			out.Since = h.Since
		}
		out.NextAt = workbench.At(next)
		return out
	})
}

// withRenewal adds to the health of a connected parent what is wrong with the credential that will end.
func withRenewal(h workbench.Health, r workbench.Registration) workbench.Health {
	active, ok := r.Active()
	if h.Status != workbench.StatusConnected || h.Reason != "" || !ok || active.NotAfter.IsZero() || r.Renewal.Failures == 0 && r.Renewal.Warned == 0 {
		return h
	}
	if r.Renewal.Failures > 0 {
		h.Reason, h.Trace = r.Renewal.Reason, r.Renewal.Trace
	}
	said := fmt.Sprintf("The %s ends on %s.", noun(active.Kind), moment(active.NotAfter))
	if d := r.Renewal.Detail.Raw(); d != "" && r.Renewal.Failures > 0 {
		said += " " + d
	}
	h.Detail, _ = workbench.Text(said).Cut(maxDetail)
	return h
}

func noun(k workbench.CredentialKind) string {
	if k == workbench.SecretCredential {
		return "client secret"
	}
	return "certificate"
}

// moment is a time for people.
func moment(t workbench.Time) string { return t.Format("2 January 2006 15:04 UTC") }

// ofSignIn reports whether a reason always comes from signing in, and never from reading.
func ofSignIn(r workbench.Reason) bool {
	switch r {
	case workbench.ReasonApplicationUnknown, workbench.ReasonApplicationDisabled, workbench.ReasonCertificateUnknown, workbench.ReasonCertificateExpired,
		workbench.ReasonSecretWrong, workbench.ReasonSecretExpired, workbench.ReasonUnsealable, workbench.ReasonClock, workbench.ReasonTenantUnknown,
		workbench.ReasonWrongCloud, workbench.ReasonWrongTenant, workbench.ReasonResourceMissing, workbench.ReasonConditionalAccess, workbench.ReasonNotConsented:
		return true
	}
	return false
}
