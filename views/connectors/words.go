package connectors

import (
	"strconv"
	"time"

	"workbench"
	"workbench/views/ui"
)

// lasting writes a span of time in its greatest units: "41 s", "3 min", "2 h 5 min", "2 d 3 h".
func lasting(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 24*time.Hour:
		return two(int(d/time.Hour), " h", int(d/time.Minute)%60, " min")
	}
	return two(int(d/(24*time.Hour)), " d", int(d/time.Hour)%24, " h")
}

func two(n int, unit string, m int, lesser string) string {
	if m == 0 {
		return strconv.Itoa(n) + unit
	}
	return strconv.Itoa(n) + unit + " " + strconv.Itoa(m) + lesser
}

// ago writes how long before now a moment was. A moment to come is "just now": the clocks of two machines differ.
func ago(t workbench.Time, now time.Time) string {
	if d := now.Sub(t.Time); d >= time.Second {
		return lasting(d) + " ago"
	}
	return "just now"
}

// ahead writes how long after now a moment is.
func ahead(t workbench.Time, now time.Time) string {
	if d := t.Sub(now); d >= time.Second {
		return "in " + lasting(d)
	}
	return "now"
}

// many writes "1 alert", "3 alerts".
func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Count(n) + " " + several
}

// days writes whole days: "1 day", "81 days".
func days(d time.Duration) string { return many(int(d/(24*time.Hour)), "day", "days") }

// minute writes a moment as "22 Nov 2026 09:23 UTC", in the reader's zone.
func minute(t workbench.Time, d ui.Display) string {
	if t.IsZero() {
		return "never"
	}
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2 Jan 2006 15:04") + " " + d.ZoneLabel()
}

// percent writes a share of 1. Only what is whole is 100 %, and only nothing is 0 %.
func percent(share float64) string {
	n := int(share * 100)
	if share > 0 && n == 0 {
		n = 1
	}
	if share < 1 {
		n = min(n, 99)
	}
	return strconv.Itoa(min(max(n, 0), 100)) + " %"
}

// Moment is a time in words, with the exact one behind it. A zero At is shown by its words alone.
type Moment struct {
	Words string
	At    workbench.Time
}

func (m Moment) machine() string { return m.At.UTC().Format(time.RFC3339) }
