package workbench

import (
	"strings"
	"time"
)

// Time is a moment in UTC, to the nanosecond. The zero value means that nobody said when, and is null in JSON; otherwise JSON has
// RFC 3339 in UTC with as many fraction digits as needed.
type Time struct{ time.Time }

// At wraps t in UTC, without its monotonic reading.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Round(0)}
}

// ParseTime reads a time as Microsoft writes it: RFC 3339 with 0 to 9 fraction digits, a zone or none (then UTC), "T" or a space.
// An empty text, the year 1 (Microsoft's "no time") and anything else unreadable give the zero Time and false.
func ParseTime(text string) (Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			if t.Year() <= 1 || t.Year() > 9999 {
				return Time{}, false
			}
			return At(t), true
		}
	}
	return Time{}, false
}

// Before reports whether t is earlier than u; an unknown time is earlier than every known one.
func (t Time) Before(u Time) bool { return t.Time.Before(u.Time) }

// Earliest returns the earliest known of the times, or the zero Time.
func Earliest(times ...Time) Time {
	var first Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// Latest returns the latest of the times, or the zero Time.
func Latest(times ...Time) Time {
	var last Time
	for _, t := range times {
		if last.Before(t) {
			last = t
		}
	}
	return last
}

// MarshalJSON writes RFC 3339 in UTC, or null.
func (t Time) MarshalJSON() ([]byte, error) { return t.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON returns.
func (t Time) AppendJSON(b []byte) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Time) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	if s == "null" || s == "" {
		*t = Time{}
		return nil
	}
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return err
	}
	*t = At(v)
	return nil
}
