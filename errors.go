package workbench

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// The errors that callers tell apart with errors.Is. Everything else is a fault of this program or its machine.
var (
	ErrNotFound  = errors.New("not found")             // absent, or outside the caller's Scope: the two are never told apart
	ErrExists    = errors.New("exists already")        // a name or id that must be unique is taken
	ErrConflict  = errors.New("changed meanwhile")     // somebody else's change came first; read again and decide
	ErrForbidden = errors.New("not permitted")         // the account may see it but not do this
	ErrReadOnly  = errors.New("store is read-only")    // the disk is full or write-protected; reads go on
	ErrInUse     = errors.New("store is in use")       // another process holds the store
	ErrNewer     = errors.New("store is newer")        // written by a newer program; this one refuses it
	ErrTooLarge  = errors.New("too large to keep")     // what would be stored is larger than the store takes
	ErrCorrupt   = errors.New("store is damaged")      // a record does not match its hash
	ErrBadCursor = errors.New("cursor does not match") // a page cursor of another query, or forged
)

// Invalid says which fields of an input a person can correct, and how: field name to a plain sentence.
type Invalid struct{ Fields map[string]string }

// Error lists the sentences in the order of their field names.
func (e *Invalid) Error() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, name+": "+e.Fields[name])
	}
	return strings.Join(parts, "; ")
}

// Set adds a sentence about a field and returns e, made where it was nil.
func (e *Invalid) Set(field, sentence string) *Invalid {
	if e == nil {
		e = &Invalid{Fields: map[string]string{}}
	}
	e.Fields[field] = sentence
	return e
}
