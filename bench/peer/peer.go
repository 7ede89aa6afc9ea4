// Package peer is what is measured side by side: one small interface that every store of stories answers the same questions through, the
// questions, and the comparison of answers. Peers stand in packages of their own below it.
package peer

import (
	"context"
	"errors"
	"time"

	"workbench"
	"workbench/store"
)

// Peer keeps stories and answers lists of them.
type Peer interface {
	// Name is how reports call it.
	Name() string
	// Version is the version of what it is made of.
	Version(ctx context.Context) (string, error)
	// Load keeps every record that next gives, until next gives none, and is ready to answer when it returns.
	Load(ctx context.Context, next func() ([]Record, error)) error
	// Answer answers a question. It fails with ErrNotOffered where it has no such answers at all.
	Answer(ctx context.Context, ask Ask) (Answer, error)
	// Usage says what it costs.
	Usage(ctx context.Context) (Usage, error)
	// Close ends it and every process that it started.
	Close() error
}

// ErrNotOffered says that a peer has no answers of this kind.
var ErrNotOffered = errors.New("not offered by this peer")

// Usage is what a peer costs. CPU is of its own processes and zero for one that runs in this process, whose time is counted around every
// answer.
type Usage struct {
	CPU    time.Duration
	Memory int64 // bytes that no file backs; 0 = not known
	Files  int64 // bytes
}

// Part is a part of an answer.
type Part uint8

// The parts.
const (
	Rows   Part = 1 << iota // rows of a page, in order
	Total                   // stories on all pages
	Facets                  // counts of the values of every facet, each under all filters but its own
	Groups                  // first groups, how many there are, and the stories in all of them
)

// Ask is a question. A peer answers at least the parts that are wanted.
type Ask struct {
	Want  Part
	Query store.Query
	Group store.Field // where groups are wanted
	After *Place      // for a page further on: where the page before ended, which is what Query.After says to the workbench alone
}

// Place is where a row stands in the order by newest update.
type Place struct {
	Updated int64 // ticks
	ID      string
}

// Answer is what a peer says. Facets that a peer does not give are not compared, and say so in the report.
type Answer struct {
	Rows   []workbench.Row
	Total  int
	Facets map[store.Field][]store.Count
	Groups store.Groups
}

// MaxFacetValues is how many values of a facet are given.
const MaxFacetValues = 100
