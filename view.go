package workbench

import (
	"slices"
	"unicode/utf8"
)

// ViewID is the id of a view: random, 16 bytes in base32; those that come with the program are words.
type ViewID string

// View is a way to look at the list of stories, under a name.
type View struct {
	ID        ViewID    `json:"id"`
	Revision  int       `json:"revision"` // 0 = not saved yet
	Owner     AccountID `json:"owner"`    // "" = comes with the program
	Name      string    `json:"name"`     // 1 to MaxViewName characters, as written by its owner
	Shared    bool      `json:"shared"`   // others may use it, too
	Query     string    `json:"query"`    // of the list's address, without cursor; filters, text, time, order, groups and columns
	UpdatedAt Time      `json:"updatedAt"`
}

// The limits of views.
const (
	MaxViews     = 100 // of one account
	MaxViewName  = 64  // characters
	MaxViewQuery = 8 << 10
)

// Check returns nil, or *Invalid that names fields as JSON does.
func (v View) Check() error {
	var bad *Invalid
	if n := utf8.RuneCountInString(v.Name); n == 0 || n > MaxViewName || !utf8.ValidString(v.Name) || Text(v.Name).String() != v.Name {
		bad = bad.Set("name", "is not 1 to 64 visible characters")
	}
	if len(v.Query) > MaxViewQuery {
		bad = bad.Set("query", "is longer than 8,192 bytes; filter by fewer values")
	}
	if bad != nil {
		return bad
	}
	return nil
}

// Preferences is what an account prefers, on whatever machine it signs in.
type Preferences struct {
	DefaultView ViewID   `json:"defaultView"` // "" = the program's
	Columns     []string `json:"columns"`     // of the list, in order; none = the program's
}

// maxPreferredColumns is how many columns an account can prefer, more than there are.
const maxPreferredColumns = 100

// Check returns nil, or *Invalid that names fields as JSON does.
func (p Preferences) Check() error {
	var bad *Invalid
	if len(p.DefaultView) > 64 {
		bad = bad.Set("defaultView", "is not the id of a view")
	}
	if len(p.Columns) > maxPreferredColumns || slices.ContainsFunc(p.Columns, func(c string) bool { return c == "" || len(c) > 64 }) {
		bad = bad.Set("columns", "are not names of columns")
	}
	if bad != nil {
		return bad
	}
	return nil
}
