package workbench_test

import (
	"testing"
	"time"

	"workbench"
)

func TestConsentLinkIsOpen(t *testing.T) {
	made := minute(1)
	fresh := workbench.ConsentLink{MadeAt: made, Expires: workbench.At(made.Add(workbench.ConsentLifetime))}
	used := fresh
	used.UsedAt = minute(2)
	for _, c := range []struct {
		name string
		link workbench.ConsentLink
		now  time.Time
		want bool
	}{
		{"when it is made", fresh, made.Time, true},
		{"in its last moment", fresh, made.Add(7*24*time.Hour - 1), true},
		{"after 7 days", fresh, made.Add(7 * 24 * time.Hour), false},
		{"after it was used", used, minute(3).Time, false},
		{"without end", workbench.ConsentLink{}, made.Time, false},
	} {
		if got := c.link.Open(c.now); got != c.want {
			t.Errorf("%s: got %t, want %t", c.name, got, c.want)
		}
	}
}
