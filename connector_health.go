package workbench

import (
	"errors"
	"time"
)

// ConnectorStatus is the word for how a connector is.
type ConnectorStatus string

// The statuses.
const (
	StatusConnected ConnectorStatus = "connected"
	StatusPending   ConnectorStatus = "pendingUserConsent"
	StatusError     ConnectorStatus = "error"
)

// Label is the word that people read.
func (s ConnectorStatus) Label() string {
	switch s {
	case StatusConnected:
		return "Connected"
	case StatusPending:
		return "Pending user consent"
	}
	return "Error"
}

// Fault is why Microsoft, or the way there, did not give what was asked for.
type Fault struct {
	Reason     Reason
	Detail     Untrusted     // Microsoft's own words, at most 500 characters
	Trace      Untrusted     // the id by which Microsoft's support finds the request
	RetryAfter time.Duration // how long Microsoft asks to wait; 0 = it did not say
	Err        error         // what it was here; may be nil
}

// Error names the reason, and what Microsoft said.
func (f *Fault) Error() string {
	text := string(f.Reason)
	if d := f.Detail.String(); d != "" {
		text += ": " + d
	}
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// Unwrap returns what it was here.
func (f *Fault) Unwrap() error { return f.Err }

// FaultOf finds the Fault in an error. Any other error is a fault with ReasonInternal; nil gives nil.
func FaultOf(err error) *Fault {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Reason: ReasonInternal, Err: err}
}

// patience is at how many failures in a row, for reasons that may pass by themselves, a connector is in error. While it awaits consent it is
// asked every few seconds, so that it takes more of them.
const (
	patience        = 3
	patienceWaiting = 30
)

// Health is what the workbench found out about a connector by asking Microsoft.
type Health struct {
	Connector ConnectorID     `json:"connector"`
	Status    ConnectorStatus `json:"status"`
	Reason    Reason          `json:"reason"`    // "" = all is well; also set while Connected, where something is wrong that may pass
	Detail    Untrusted       `json:"detail"`    // Microsoft's own words, at most 500 characters
	Trace     Untrusted       `json:"trace"`     // Microsoft's id of the request
	Awaiting  bool            `json:"awaiting"`  // nothing was read since it was made or last authorised
	Since     Time            `json:"since"`     // of this status and reason
	CheckedAt Time            `json:"checkedAt"` // when Microsoft was last asked
	GoodAt    Time            `json:"goodAt"`    // when Microsoft last gave what was asked for
	NextAt    Time            `json:"nextAt"`    // when it will be asked again
	Failures  int             `json:"failures"`  // in a row
	Passing   int             `json:"passing"`   // the last of them, in a row, whose reason may pass by itself
	Empty     bool            `json:"empty"`     // it answered, and had no incident for as far back as was asked
}

// NewHealth is the health of a connector that was just made.
func NewHealth(id ConnectorID, at Time) Health {
	return Health{Connector: id, Status: StatusPending, Reason: ReasonNotConsented, Awaiting: true, Since: at}
}

// Authorized is the health of a connector that somebody has just authorised again. Nothing is known yet of what came of it: what is
// connected stays so, everything else awaits. When Microsoft last gave something is not forgotten.
func (h Health) Authorized(at Time) Health {
	next := h
	next.Awaiting, next.Failures, next.Passing = true, 0, 0
	if h.Status != StatusConnected {
		next.Status, next.Reason, next.Detail, next.Trace = StatusPending, ReasonNotConsented, Untrusted{}, Untrusted{}
	}
	return next.since(h, at)
}

// After is the health after Microsoft was asked once more: fault is nil where it gave what was asked for. A connector that awaits consent is
// pending while the reason is one that consent mends, and while its parent is not connected; one that does not await is in error then. A
// reason that may pass by itself makes an error only after some failures in a row, and until then does not hide a reason that lasts.
func (h Health) After(fault *Fault, at Time) Health {
	next := h
	next.CheckedAt = at
	if fault == nil {
		next.Status, next.Reason, next.Detail, next.Trace = StatusConnected, "", Untrusted{}, Untrusted{}
		next.Awaiting, next.Failures, next.Passing, next.GoodAt = false, 0, 0, at
		return next.since(h, at)
	}
	next.Failures++
	next.Passing++
	if !fault.Reason.Passing() || fault.Reason == ReasonParent { // which has had patience of its own
		next.Passing = 0
	}
	next.Status = h.statusAfter(fault.Reason, next.Passing)
	lasts := h.Status == StatusError && !h.Reason.Passing()
	if !lasts || next.Passing == 0 || next.Passing >= patience {
		next.Reason, next.Detail, next.Trace = fault.Reason, fault.Detail, fault.Trace
	}
	return next.since(h, at)
}

// statusAfter is the status after a failure; passing counts those in a row whose reason may pass by itself, this one included.
func (h Health) statusAfter(r Reason, passing int) ConnectorStatus {
	waiting := h.Awaiting && h.Status == StatusPending
	switch {
	case h.Awaiting && r.Consent(), waiting && r == ReasonParent:
		return StatusPending
	case waiting && 0 < passing && passing < patienceWaiting:
		return StatusPending
	case h.Status == StatusConnected && 0 < passing && passing < patience:
		return StatusConnected
	}
	return StatusError
}

// since sets when this status and reason began, given the health before.
func (h Health) since(before Health, at Time) Health {
	if h.Status != before.Status || h.Reason != before.Reason || before.Since.IsZero() {
		h.Since = at
	}
	return h
}
