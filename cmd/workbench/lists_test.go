package main

import "testing"

// TestCommitted holds that only builds of committed files share snapshots; the versions are as the go command writes them.
func TestCommitted(t *testing.T) {
	for version, want := range map[string]bool{
		"v1.2.3":                                   true,
		"v1.2.4-0.20261122164707-a5938c9aa01b":     true,
		"v0.0.0-20261122164707-a5938c9aa01b":       true,
		"v0.0.0-20261122164707-a5938c9aa01b+dirty": false,
		"v1.2.3+dirty":                             false,
		"v2.0.0+incompatible":                      true,
		"v2.0.0+incompatible.dirty":                false,
		"(devel)":                                  false,
		"":                                         false,
	} {
		if got := committed(version); got != want {
			t.Errorf("committed(%q) = %v, want %v", version, got, want)
		}
	}
}
