package connectors

import (
	"strings"

	"workbench"
	"workbench/views/ui"
)

// Badge is how a connector is: a word, a shape and a colour.
type Badge struct{ Tone, Shape, Label string }

// Badges from bad to good; the worst of a tenant stands in the head of its panel.
var (
	badgeError      = Badge{"high", "shape-diamond", workbench.StatusError.Label()}
	badgePending    = Badge{"medium", "shape-dots", workbench.StatusPending.Label()}
	badgeCatchingUp = Badge{"info", "shape-half", workbench.StatusConnected.Label() + " · catching up"}
	badgeConnected  = Badge{"good", "shape-check", workbench.StatusConnected.Label()}
	badgeOff        = Badge{"quiet", "shape-dash", "Switched off"}
)

func badgeOf(s Source) Badge {
	switch {
	case s.Disabled || s.Parent != nil && s.Parent.Disabled:
		return badgeOff
	case s.Health.Status == workbench.StatusPending:
		return badgePending
	case s.Health.Status != workbench.StatusConnected:
		return badgeError
	case s.CatchingUp:
		return badgeCatchingUp
	}
	return badgeConnected
}

// worst is the badge that a whole tenant gets.
func worst(sources []Source) Badge {
	for _, b := range []Badge{badgeError, badgePending, badgeCatchingUp, badgeConnected} {
		for _, s := range sources {
			if badgeOf(s) == b {
				return b
			}
		}
	}
	return badgeOff
}

// iconOf is the symbol of a kind.
func iconOf(k workbench.ConnectorKind) string {
	switch k {
	case workbench.DefenderEndpoint:
		return "device"
	case workbench.DefenderOffice365:
		return "mail"
	case workbench.DefenderOther:
		return "layers"
	}
	return "plug"
}

// Why says what is wrong with a connector and how it is mended here.
type Why struct {
	ID      string   // of the element with Microsoft's words
	About   []string // names of the children that it is about; none where it is the parent's, or stands on its own page
	Tone    string
	What    string
	Mend    string
	Missing string // what is not here because of it; "" = nothing
	Since   string
	Detail  workbench.Untrusted // Microsoft's own words
	Trace   workbench.Untrusted // Microsoft's id of the request
	Buttons []Button
}

// about is the names of what it is about, before the sentence.
func (w Why) about() workbench.Untrusted { return workbench.Text(strings.Join(w.About, ", ") + ":") }

// whyOf is nil where all is well, or where the parent's explanation says it all.
func whyOf(s Source, v viewer) *Why {
	reason := s.Health.Reason
	if reason == "" || reason == workbench.ReasonParent || badgeOf(s) == badgeOff {
		return nil
	}
	w := &Why{ID: "said-" + string(s.ID), Tone: "high", Detail: s.Health.Detail, Trace: s.Health.Trace}
	switch s.Health.Status {
	case workbench.StatusConnected:
		w.Tone = "info"
	case workbench.StatusPending:
		w.Tone = "medium"
	}
	w.What, w.Mend = reason.Explain()
	if !s.Health.Since.IsZero() {
		w.Since = "Since " + minute(s.Health.Since, v.display)
	}
	w.Buttons = mends(s, v)
	return w
}

// viewer is who looks: the frame of every text that differs by person.
type viewer struct {
	display ui.Display
	canEdit bool
	back    string // where forms come back to
}
