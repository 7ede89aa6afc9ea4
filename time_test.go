package workbench_test

import (
	"encoding/json"
	"testing"
	"time"

	"workbench"
)

func TestParseTime(t *testing.T) {
	for _, c := range []struct {
		text, want string
		known      bool
	}{
		{"2026-03-11T08:19:44.2033333Z", "2026-03-11T08:19:44.2033333Z", true},
		{"2026-03-11T08:19:44Z", "2026-03-11T08:19:44Z", true},
		{"2026-03-11T08:19:44+02:00", "2026-03-11T06:19:44Z", true},
		{"2026-03-11T08:19:44", "2026-03-11T08:19:44Z", true},
		{"2026-03-11 08:19:44.5", "2026-03-11T08:19:44.5Z", true},
		{"2026-03-11", "2026-03-11T00:00:00Z", true},
		{"0001-01-01T00:00:00Z", "null", false},
		{"", "null", false},
		{"yesterday", "null", false},
		{"2026-13-11T08:19:44Z", "null", false},
	} {
		got, known := workbench.ParseTime(c.text)
		b, err := got.MarshalJSON()
		text := string(b)
		if known {
			text = text[1 : len(text)-1]
		}
		if known != c.known || text != c.want || err != nil {
			t.Errorf("%q: got %s, %t, want %s, %t", c.text, text, known, c.want, c.known)
		}
		var back workbench.Time
		if err := json.Unmarshal(b, &back); err != nil || back != got {
			t.Errorf("%q: read back %v, %v", c.text, back, err)
		}
	}
}

func TestEarliestAndLatestIgnoreUnknownTimes(t *testing.T) {
	first, last := workbench.At(time.Unix(1, 0)), workbench.At(time.Unix(2, 0))
	if got := workbench.Earliest(workbench.Time{}, last, first); got != first {
		t.Errorf("earliest is %v, want %v", got, first)
	}
	if got := workbench.Latest(first, workbench.Time{}, last); got != last {
		t.Errorf("latest is %v, want %v", got, last)
	}
	if got := workbench.Earliest(); !got.IsZero() {
		t.Errorf("earliest of nothing is %v, want no time", got)
	}
}
