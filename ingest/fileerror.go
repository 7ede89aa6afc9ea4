package ingest

import (
	"errors"
	"io/fs"

	"workbench"
	"workbench/ingest/defender"
)

// FileError says what is wrong with one file of an import: unwrapped, it is an error of opening it, defender.ErrNotRecords (nothing of the
// file was imported) or a *defender.CutError (its complete records were).
type FileError struct {
	Name string
	Err  error
}

// Error is one plain sentence with the file's name, the reason, and what to do.
func (e *FileError) Error() string {
	name := workbench.Text(e.Name).String()
	var cut *defender.CutError
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return name + " does not exist; nothing of it was imported; check the name"
	case errors.Is(e.Err, fs.ErrPermission):
		return name + " can't be read; nothing of it was imported; check its permissions"
	case errors.Is(e.Err, defender.ErrNotRecords):
		return name + " was not imported: " + e.Err.Error() + "; check that it is an export of incidents or alerts as JSON"
	case errors.As(e.Err, &cut):
		return name + " " + e.Err.Error() + "; its complete records were imported; get the whole file and import it again"
	}
	return name + " could not be imported: " + e.Err.Error()
}

// Unwrap returns what went wrong.
func (e *FileError) Unwrap() error { return e.Err }
