package stories

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"workbench"
)

var ago = regexp.MustCompile(`^([1-9]\d{0,4})(m|h|d)$`)

// rolling reads a range that ends now: 48h, 7d.
func rolling(value string) (time.Duration, bool) {
	m := ago.FindStringSubmatch(value)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return time.Duration(n) * map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]], err == nil
}

// lengthWords writes a length in its largest whole unit: "2 days", "36 hours".
func lengthWords(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		one    string
	}{{7 * 24 * time.Hour, "week"}, {24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		switch n := d / unit.length; {
		case n == 1 && d == unit.length:
			return unit.one
		case n >= 1 && d%unit.length == 0 && (unit.one != "week" || n <= 2):
			return counted(int(n), unit.one, unit.one+"s")
		}
	}
	return d.String()
}

// steps returns the addresses of the ranges before and after the present one, of the same length, and that length in words. All are empty for
// a range that is open at an end; there is none after one that reaches into the future.
func steps(a address, value string, now time.Time) (earlier, later, length string) {
	from, to, days := now, now, false
	if d, ok := rolling(value); ok {
		from = to.Add(-d)
	} else {
		var ok bool
		if from, to, days, ok = ends(value); !ok {
			return "", "", ""
		}
	}
	if now.IsZero() {
		return "", "", ""
	}
	step := to.Sub(from)
	earlier = a.set(paramTime, rangeText(from.Add(-step), from, days)).url()
	if to.Before(now) {
		later = a.set(paramTime, rangeText(to, to.Add(step), days)).url()
	}
	return earlier, later, lengthWords(step)
}

// ends reads a range that is closed at both ends, to its first moment after it. Days are whole: the last is within the range.
func ends(value string) (from, to time.Time, days, ok bool) {
	left, right, _ := strings.Cut(value, "..")
	first, ok1 := workbench.ParseTime(left)
	last, ok2 := workbench.ParseTime(right)
	if !ok1 || !ok2 {
		return from, to, false, false
	}
	days = len(left) == len(time.DateOnly) && len(right) == len(time.DateOnly)
	from, to = first.Time, last.Time
	if len(right) == len(time.DateOnly) {
		to = to.AddDate(0, 0, 1)
	}
	return from, to, days, from.Before(to)
}

func rangeText(from, to time.Time, days bool) string {
	if days {
		return from.Format(time.DateOnly) + ".." + to.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return from.UTC().Format(time.RFC3339) + ".." + to.UTC().Format(time.RFC3339)
}
