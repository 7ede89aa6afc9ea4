package story

import (
	"strconv"
	"time"

	"workbench"
	"workbench/views/ui"
)

func zoneOf(d ui.Display) *time.Location {
	if d.Zone == nil {
		return time.UTC
	}
	return d.Zone
}

func clock(t workbench.Time, d ui.Display) string {
	if t.IsZero() {
		return ""
	}
	return d.Clock(t)
}

func date(t workbench.Time, d ui.Display) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zoneOf(d)).Format("Monday 2 January 2006")
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// size writes bytes in bytes, KB or MB.
func size(n int64) string {
	switch {
	case n < 0:
		return strconv.FormatInt(n, 10)
	case n < 1024:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < 1024*1024:
		return strconv.FormatFloat(float64(n)/1024, 'f', 1, 64) + " KB"
	}
	return strconv.FormatFloat(float64(n)/(1024*1024), 'f', 1, 64) + " MB"
}

// many writes "1 alert", "3 alerts".
func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Count(n) + " " + several
}

// lasted is the time between two moments in its two greatest units; "" where one is unknown.
func lasted(from, to workbench.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	d := to.Sub(from.Time)
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	case d < 24*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h " + strconv.Itoa(int(d.Minutes())%60) + " min"
	}
	return strconv.Itoa(int(d.Hours())/24) + " d " + strconv.Itoa(int(d.Hours())%24) + " h"
}
