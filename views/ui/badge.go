package ui

import (
	"strconv"

	"workbench"
)

// Band is the part of the scale a criticality lies in: high from 7, medium from 4, low below.
func Band(n int) string {
	switch {
	case n >= 7:
		return "high"
	case n >= 4:
		return "medium"
	}
	return "low"
}

func criticalityLabel(n int) string {
	return "Criticality " + strconv.Itoa(n) + " of 10, " + Band(n)
}

// bars is how many of five bars a criticality fills.
func bars(n int) string { return "bars-" + strconv.Itoa((min(max(n, 0), 10)+1)/2) }

// badge is how a state is shown: never by colour alone.
type badge struct{ Tone, Shape, Label string }

func statusBadge(s workbench.Status) badge {
	tone, shape := "quiet", "shape-dash"
	switch s {
	case workbench.StatusOpen:
		tone, shape = "info", "shape-disc"
	case workbench.StatusReopened:
		tone, shape = "info", "shape-square"
	case workbench.StatusPendingAnalysis:
		tone, shape = "info", "shape-half"
	case workbench.StatusPendingMoreInfo:
		tone, shape = "info", "shape-dots"
	case workbench.StatusMonitoring:
		tone, shape = "info", "shape-eye"
	case workbench.StatusClosed:
		tone, shape = "quiet", "shape-check"
	}
	label := s.Label()
	if label == "" {
		label = "not set"
	}
	return badge{tone, shape, label}
}

func verdictBadge(v workbench.Verdict, s workbench.AnalystSeverity) badge {
	b := badge{"quiet", "shape-ring", v.Label()}
	switch v {
	case "":
		return badge{"quiet", "shape-dash", "not set"}
	case workbench.VerdictMalicious:
		b.Tone, b.Shape = "high", "shape-diamond"
	case workbench.VerdictSuspicious:
		b.Tone, b.Shape = "medium", "shape-triangle"
	case workbench.VerdictBenign:
		b.Tone, b.Shape = "good", "shape-check"
	case workbench.VerdictInformational:
		b.Tone, b.Shape = "info", "shape-info"
	}
	if s != "" {
		b.Label += " · " + s.Label()
	}
	return b
}

// vendorBadge knows Microsoft's verdicts of evidence; it reports false for a word nobody knows.
func vendorBadge(u workbench.Untrusted) (badge, bool) {
	for word, b := range map[string]badge{
		"malicious":      {"high", "shape-diamond", "Malicious"},
		"suspicious":     {"medium", "shape-triangle", "Suspicious"},
		"noThreatsFound": {"good", "shape-check", "No threats found"},
		"unknown":        {"quiet", "shape-ring", "Unknown"},
	} {
		if u.Is(word) {
			return b, true
		}
	}
	return badge{Tone: "quiet", Shape: "shape-ring"}, false
}
