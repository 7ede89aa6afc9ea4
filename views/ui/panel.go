package ui

import (
	"strconv"

	"github.com/a-h/templ"

	"workbench/static"
)

// Tab is a link in a row of tabs. A negative Count is not shown.
type Tab struct {
	Label   string
	URL     string // from views/link
	Count   int
	Current bool
}

// Fact is a label of ours and what stands beside it.
type Fact struct {
	Label string
	Value templ.Component
}

// Exhibit is one view in one state, for the gallery and its golden tests.
type Exhibit struct {
	Name      string // "area/view/state", unique
	Component templ.Component
	Page      bool // as large as a page, with a heading of its own: everything inside the frame
}

// Count writes a number with a comma at each thousand.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func iconAddress(name string) string { return static.Path("icons.svg") + "#" + name }
