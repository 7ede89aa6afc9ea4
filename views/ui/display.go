// Package ui has the components that every page is made of. Outside text enters as workbench.Untrusted and leaves escaped, isolated from
// its neighbours, with hidden characters written out.
package ui

import (
	"strconv"
	"time"

	"workbench"
)

// Display is how one person wants to see the workbench.
type Display struct {
	Theme    string         // system, light, dark or dim
	Density  string         // comfortable, standard or compact
	Zone     *time.Location // nil is UTC
	ZoneName string         // "UTC" or an IANA name
	Now      time.Time      // when the page was made; ages are counted to it
	Kept     bool           // ages are left out, for Keep to find their places
}

// Format writes a time as "22 Nov 2026 09:23:14" in the zone, or "–" where nobody said when.
func (d Display) Format(t workbench.Time) string { return d.format(t, "2 Jan 2006 15:04:05") }

// Day writes the day of a time as "22 Nov 2026" in the zone, or "–".
func (d Display) Day(t workbench.Time) string { return d.format(t, "2 Jan 2006") }

// Clock writes the time of day as "09:23:14" in the zone, or "–".
func (d Display) Clock(t workbench.Time) string { return d.format(t, "15:04:05") }

// ZoneLabel names the zone for heads of columns and tooltips.
func (d Display) ZoneLabel() string {
	if d.Zone == nil || d.ZoneName == "" {
		return "UTC"
	}
	return d.ZoneName
}

// Local reports whether another zone than UTC is chosen.
func (d Display) Local() bool { return d.ZoneLabel() != "UTC" }

// Age writes how long before now a time was: "now", "2 m", "3 h", "5 d"; "in 2 m" for a time to come and "–" where nobody said when.
func (d Display) Age(t workbench.Time) string { return string(d.appendAge(nil, t)) }

func (d Display) appendAge(b []byte, t workbench.Time) []byte {
	if t.IsZero() {
		return append(b, absent...)
	}
	age := d.Now.Sub(t.Time)
	ahead := age < 0
	if ahead {
		age = -age
	}
	if age < time.Minute {
		return append(b, "now"...)
	}
	if ahead {
		b = append(b, "in "...)
	}
	switch {
	case age < time.Hour:
		return append(strconv.AppendInt(b, int64(age/time.Minute), 10), " m"...)
	case age < 48*time.Hour:
		return append(strconv.AppendInt(b, int64(age/time.Hour), 10), " h"...)
	}
	return append(strconv.AppendInt(b, int64(age/(24*time.Hour)), 10), " d"...)
}

const absent = "–"

func (d Display) format(t workbench.Time, layout string) string {
	if t.IsZero() {
		return absent
	}
	return t.In(d.zone()).Format(layout)
}

func (d Display) zone() *time.Location {
	if d.Zone == nil {
		return time.UTC
	}
	return d.Zone
}

// machineTime is what the datetime attribute holds.
func machineTime(t workbench.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999999Z") }

// exactTime is the tooltip of a time: exact in UTC and, where another zone is chosen, in that zone.
func exactTime(t workbench.Time, d Display) string {
	exact := t.UTC().Format("2006-01-02 15:04:05.999999999") + " UTC"
	if d.Local() {
		exact += ", " + t.In(d.zone()).Format("2006-01-02 15:04:05 -07:00") + " " + d.ZoneLabel()
	}
	return exact
}
