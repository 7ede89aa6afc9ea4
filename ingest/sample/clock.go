package sample

import (
	"math"
	"time"
)

// Spans of a timeline, in seconds.
const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
)

// clock turns spans before the present into times. No time that it or its timelines give for a span that has passed lies after now.
type clock struct{ base time.Time }

// newClock makes the clock of a call. One second is kept in reserve for the fractions that timelines add.
func newClock(now time.Time) clock {
	return clock{now.UTC().Truncate(time.Second).Add(-time.Second)}
}

// from starts the timeline of something that began so many seconds ago.
func (c clock) from(ago float64) timeline {
	return timeline{start: c.base.Add(-seconds(ago)), salt: seconds(ago)}
}

// timeline counts seconds from the beginning of an attack.
type timeline struct {
	start time.Time
	salt  time.Duration
}

// at is the time of an event on a device, to a tenth of a microsecond. Events at least a third of a second apart keep their order.
func (t timeline) at(after float64) time.Time {
	offset := seconds(after)
	return t.start.Add(offset + ticks(t.salt, 6000000) + ticks(offset, 3000000))
}

// recorded is the time at which Microsoft's store noted something; that store counts in three hundredths of a second.
func (t timeline) recorded(after float64) time.Time {
	third := ticks(t.salt+seconds(after), 300) / 100
	return t.start.Add(seconds(after) + (third * time.Second / 300).Round(100))
}

// whole is the time of an event that is noted in whole seconds, such as the arrival of a message.
func (t timeline) whole(after float64) time.Time {
	return t.start.Add(seconds(after)).Truncate(time.Second)
}

// seconds rounds to the tenth of a microsecond that Graph writes.
func seconds(s float64) time.Duration { return time.Duration(math.Round(s*1e7)) * 100 }

// ticks spreads d over n steps of 100 ns, so that fractions look taken from a clock and yet are the same each time.
func ticks(d time.Duration, n uint64) time.Duration {
	x := uint64(d) * 0x9E3779B97F4A7C15
	x ^= x >> 29
	x *= 0xBF58476D1CE4E5B9
	return time.Duration((x>>24)%n) * 100
}
