package workbench

import "time"

// StepKind is what is to be done next with the credentials of a registration.
type StepKind string

// The steps. Whoever carries one out stores what became of it with the method that is named, before anything else is done.
const (
	StepWait    StepKind = ""        // nothing before Step.At
	StepMake    StepKind = "make"    // make a pair of keys and store it: Offer
	StepEnrol   StepKind = "enrol"   // have the manager make the application, with Credential as its key: Enrolled, or RenewalFailed
	StepReplace StepKind = "replace" // have the manager make Credential the application's only key: Replaced, or RenewalFailed
	StepAdd     StepKind = "add"     // store Adding; then addKey of Credential, proven by Proof: Added, or RenewalFailed
	StepTry     StepKind = "try"     // ask for a token with Credential: Accepted, or Refused
	StepRemove  StepKind = "remove"  // removeKey of Credential, proven by Proof: Removed, or Refused
	StepForget  StepKind = "forget"  // the credential is of no more use: Removed
	StepWarn    StepKind = "warn"    // tell people that the active credential ends in Days days: Warn
)

// Step is one step of the plan by which credentials live.
type Step struct {
	Kind       StepKind
	Credential string // id of the credential that it is about
	Proof      string // id of the credential that proves to Microsoft who asks
	Days       int    // of StepWarn: 6, 3 or 1
	At         Time   // since when it is due; of StepWait when to look again at the latest, zero where nothing will ever be due
}

// The times of the plan.
const (
	learnsWithin  = 20 * time.Minute // Microsoft signs in with a key that it was given; after that a lost answer counts as never given
	acceptsWithin = 6 * time.Hour    // and with one that addKey confirmed; after that it is added once more
	tidyFor       = 7 * 24 * time.Hour
	day           = 24 * time.Hour
)

// warnings are the days before the end of a credential at which people are told, if it is not renewed by then.
var warnings = [...]int{6, 3, 1}

// Due is the plan: the step to carry out at a moment, or StepWait. The order is safe whatever fails or crashes between two steps: a pair is
// stored before it is registered, the old key signs in until Microsoft has signed in with the new one, and stays a day longer.
//
// An application that another one manages is made by that one, and where all its certificates have ended the manager gives it a new one.
//
// A certificate that the workbench made is renewed from 7 days before its end. While that fails it is tried again, at least daily, with
// warnings at 6, 3 and 1 days. After the end there is nothing to prove a new one by: the pair stays offered, for somebody to upload, and is
// tried until Microsoft accepts it. What an operator brought is only warned about.
func (r Registration) Due(now Time) Step {
	due := Step{}
	for _, s := range r.candidates(now) {
		if s.At.IsZero() {
			s.At = now
		}
		if !now.Before(s.At) {
			return s
		}
		due.At = Earliest(due.At, s.At)
	}
	return due
}

// candidates lists what may be due, in the order of what goes first. A zero At is now.
func (r Registration) candidates(now Time) []Step {
	var out []Step
	active, works := r.Active()
	expired := works && active.ended(now)
	fresh, offered := Credential{}, false // the newest pair that the workbench made and that may still be used
	for _, c := range r.Credentials {
		if c.State != CredentialOffered {
			continue
		}
		if c.ended(now) {
			out = append(out, Step{Kind: StepForget, Credential: c.ID})
		} else if c.Made && !offered {
			fresh, offered = c, true
		}
	}
	renews := works && active.Made && active.Kind == CertificateCredential && !active.NotAfter.IsZero()
	from := active.NotAfter.plus(ClockLeeway - RenewBefore)
	switch {
	case !works && !r.hasOffered():
		out = append(out, Step{Kind: StepMake})
	case renews && !offered:
		out = append(out, Step{Kind: StepMake, At: from})
	}
	if r.Manager != "" && r.ClientID == "" { // there is no application yet
		if offered {
			out = append(out, Step{Kind: StepEnrol, Credential: fresh.ID, At: r.Renewal.NextAt.believed(now)})
		}
		return out
	}
	adds := renews && offered && !expired
	replaces := r.Manager != "" && offered && (!works || expired)
	for _, c := range r.Credentials {
		untouched := (adds || replaces) && c.ID == fresh.ID && c.AddingAt.IsZero() && c.AddedAt.IsZero() && c.Tries == 0 && r.Renewal.Failures == 0
		if c.State == CredentialOffered && (!untouched || adds && now.Before(from)) {
			out = append(out, Step{Kind: StepTry, Credential: c.ID, At: c.NextAt.believed(now)})
		}
	}
	if adds {
		at := Latest(from, r.Renewal.NextAt.believed(now), fresh.AddingAt.plus(learnsWithin).believed(now), fresh.AddedAt.plus(acceptsWithin).believed(now))
		out = append(out, Step{Kind: StepAdd, Credential: fresh.ID, Proof: active.ID, At: at})
	}
	if replaces {
		at := Latest(r.Renewal.NextAt.believed(now), fresh.AddedAt.plus(acceptsWithin).believed(now), active.NotAfter.plus(2*ClockLeeway).believed(now)) // by Microsoft's clock, too
		out = append(out, Step{Kind: StepReplace, Credential: fresh.ID, At: at})
	}
	for _, c := range r.Credentials {
		if c.State == CredentialFormer {
			out = append(out, c.leaves(active, works && !expired, now))
		}
	}
	return append(out, r.warning(active, now)...)
}

// leaves is how a former credential goes: its key by removeKey where its id and a proof are known, and else only what is stored of it. The
// clock may have been wrong by the leeway at either end of the time for which it is kept.
func (c Credential) leaves(active Credential, proves bool, now Time) Step {
	kept := c.FormerAt.plus(KeepFormer + 2*ClockLeeway)
	if c.KeyID == "" || !proves || active.Kind != CertificateCredential || !now.Before(c.NotAfter.plus(tidyFor)) {
		return Step{Kind: StepForget, Credential: c.ID, At: kept}
	}
	return Step{Kind: StepRemove, Credential: c.ID, Proof: active.ID, At: Latest(kept, c.NextAt.believed(now))}
}

// warning is the warning that is next. Of several that were missed only the last is given.
func (r Registration) warning(active Credential, now Time) []Step {
	if active.NotAfter.IsZero() {
		return nil
	}
	var next []Step
	for _, days := range warnings {
		if r.Renewal.Warned != 0 && days >= r.Renewal.Warned {
			continue
		}
		s := Step{Kind: StepWarn, Credential: active.ID, Days: days, At: active.NotAfter.plus(-time.Duration(days) * day)}
		if now.Before(s.At) {
			return append(next, s)
		}
		next = []Step{s}
	}
	return next
}

func (r Registration) hasOffered() bool {
	_, ok := r.Offered()
	return ok
}

// ended reports whether the credential is past its end.
func (c Credential) ended(now Time) bool { return !c.NotAfter.IsZero() && !now.Before(c.NotAfter) }

// plus is the time so much later; unknown stays unknown.
func (t Time) plus(d time.Duration) Time {
	if t.IsZero() {
		return t
	}
	return At(t.Add(d))
}

// believed is a time until which to wait, or unknown where it is so far away that the clock must have been wrong when it was set.
func (t Time) believed(now Time) Time {
	if t.Sub(now.Time) > day+2*ClockLeeway {
		return Time{}
	}
	return t
}
