package report

import (
	"errors"
	"fmt"
	"strings"
)

// The comments between which a page holds what is made of results. A page has the places that it wants.
const (
	BeginSummary = "<!-- bench summary: made by the command table of the bench from its results -->"
	BeginTables  = "<!-- bench tables: made by the command table of the bench from its results -->"
	End          = "<!-- end of bench -->"
)

// ErrNoPlace says that a page has no place for figures.
var ErrNoPlace = errors.New("the page has no place for figures: put the lines " + BeginSummary + " or " + BeginTables + ", and " + End + ", where they belong")

// Insert is a page with everything that it has a place for. It fails with ErrNoPlace where it has none.
func Insert(page string, files map[string]File) (string, error) {
	found := false
	for begin, text := range map[string]string{BeginSummary: Summary(files), BeginTables: Tables(files)} {
		before, rest, ok := strings.Cut(page, begin)
		if !ok {
			continue
		}
		_, after, ended := strings.Cut(rest, End)
		if !ended {
			return "", fmt.Errorf("the page has the line %s without the line %s behind it", begin, End)
		}
		page, found = before+begin+"\n"+text+End+after, true
	}
	if !found {
		return "", ErrNoPlace
	}
	return page, nil
}
