package workbench

import (
	"slices"
	"time"
)

// The changes of a registration. Each returns the registration as it is afterwards and leaves the one that it is called on as it was; one
// that names a credential that is not there changes nothing.

// Offer adds a credential that Microsoft does not accept yet, as the newest. Where there are too many, those go that are missed least:
// former ones, then offered ones that Microsoft was never given, the oldest first.
func (r Registration) Offer(c Credential) Registration {
	c.State = CredentialOffered
	r.Credentials = append([]Credential{c}, r.Credentials...)
	for len(r.Credentials) > MaxCredentials {
		least := len(r.Credentials) - 1
		for i := least; i > 0; i-- {
			if r.Credentials[i].missed() < r.Credentials[least].missed() {
				least = i
			}
		}
		r.Credentials = slices.Delete(r.Credentials, least, least+1)
	}
	return r
}

// missed is how much a credential would be missed.
func (c Credential) missed() int {
	switch {
	case c.State == CredentialActive:
		return 3
	case c.State == CredentialFormer:
		return 0
	case c.AddingAt.IsZero() && c.AddedAt.IsZero():
		return 1
	}
	return 2
}

// Adding notes that addKey is about to be asked, so that after a crash the key is tried before it is added once more.
func (r Registration) Adding(id string, at Time) Registration {
	return r.change(id, func(c *Credential) { c.AddingAt, c.Tries, c.NextAt = at, 0, Time{} })
}

// Added notes that Microsoft registered the key under an id of its own.
func (r Registration) Added(id, keyID string, at Time) Registration {
	return r.change(id, func(c *Credential) {
		c.KeyID, c.AddedAt, c.AddingAt, c.Tries, c.NextAt = keyID, at, Time{}, 0, Time{}
	})
}

// Enrolled notes that the manager made the application, with a credential as its first key.
func (r Registration) Enrolled(id, clientID, objectID, keyID string, at Time) Registration {
	r = r.Added(id, keyID, at)
	r.ClientID, r.ObjectID, r.Renewal = clientID, objectID, Renewal{TriedAt: at}
	return r
}

// Replaced notes that the manager made a credential the application's only key: the ids of all others are of no more use.
func (r Registration) Replaced(id, keyID string, at Time) Registration {
	r = r.Added(id, keyID, at)
	for i := range r.Credentials {
		if r.Credentials[i].ID != id {
			r.Credentials[i].KeyID = ""
		}
	}
	r.Renewal = Renewal{TriedAt: at, Warned: r.Renewal.Warned}
	return r
}

// Accepted notes that Microsoft signed in with a credential. It becomes the active one; the one that was, and offered ones that are older,
// become former.
func (r Registration) Accepted(id string, at Time) Registration {
	at0 := slices.IndexFunc(r.Credentials, func(c Credential) bool { return c.ID == id })
	if at0 < 0 {
		return r
	}
	if r.Credentials[at0].State == CredentialActive {
		return r.change(id, func(c *Credential) { c.AcceptedAt = Earliest(c.AcceptedAt, at) })
	}
	r.Credentials = slices.Clone(r.Credentials)
	for i := range r.Credentials {
		c := &r.Credentials[i]
		switch {
		case i == at0:
			c.State, c.AcceptedAt, c.FormerAt, c.AddingAt, c.Tries, c.NextAt = CredentialActive, at, Time{}, Time{}, 0, Time{}
		case c.State == CredentialActive, c.State == CredentialOffered && i > at0:
			c.State, c.FormerAt, c.Tries, c.NextAt = CredentialFormer, at, 0, Time{}
		}
	}
	r.Renewal = Renewal{TriedAt: at}
	return r
}

// Refused notes that Microsoft did not sign in with an offered credential, or did not remove a former one; it is tried again after a time
// that grows: to an hour while the active credential works, to five minutes while somebody is waited for, to a day for a removal.
func (r Registration) Refused(id string, at Time) Registration {
	active, works := r.Active()
	longest := 5 * time.Minute
	if works && !active.ended(at) {
		longest = time.Hour
	}
	return r.change(id, func(c *Credential) {
		first := 15 * time.Second
		if c.State == CredentialFormer {
			first, longest = time.Hour, day
		}
		c.Tries++
		c.NextAt = At(at.Add(backOff(c.Tries, first, longest)))
	})
}

// Removed takes a credential out. The active one stays.
func (r Registration) Removed(id string) Registration {
	r.Credentials = slices.DeleteFunc(slices.Clone(r.Credentials), func(c Credential) bool { return c.ID == id && c.State != CredentialActive })
	return r
}

// RenewalFailed notes why addKey did not give what it was asked for. It is asked again after a time that grows to an hour, or six where
// Microsoft refused; or when Microsoft says, but within a day. Where Microsoft may have added the key all the same, it is tried before.
func (r Registration) RenewalFailed(fault *Fault, at Time) Registration {
	longest, unknown := 6*time.Hour, false
	if fault.Reason.Passing() {
		longest, unknown = time.Hour, fault.Reason != ReasonThrottled && fault.Reason != ReasonTokenRefused
	}
	n := &r.Renewal
	n.TriedAt, n.Reason, n.Detail, n.Trace = at, fault.Reason, fault.Detail, fault.Trace
	n.Failures++
	n.NextAt = At(at.Add(min(max(backOff(n.Failures, 5*time.Minute, longest), fault.RetryAfter), day)))
	if !unknown {
		r.Credentials = slices.Clone(r.Credentials)
		for i := range r.Credentials {
			r.Credentials[i].AddingAt = Time{}
		}
	}
	return r
}

// Warn notes that people were told that the active credential ends in so many days.
func (r Registration) Warn(days int) Registration {
	r.Renewal.Warned = days
	return r
}

func (r Registration) change(id string, f func(*Credential)) Registration {
	r.Credentials = slices.Clone(r.Credentials)
	for i := range r.Credentials {
		if r.Credentials[i].ID == id {
			f(&r.Credentials[i])
		}
	}
	return r
}

// backOff is how long to wait after so many failures in a row: first, doubled each time, up to longest.
func backOff(failures int, first, longest time.Duration) time.Duration {
	wait := first
	for range failures - 1 {
		if wait *= 2; wait >= longest {
			return longest
		}
	}
	return min(wait, longest)
}
