package seal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
)

// ErrOpenToOthers says that others than the owner may read the key file.
var ErrOpenToOthers = errors.New("others can read the key file")

// Source is where keys come from. However it is printed, it shows no keys.
type Source struct {
	name string // path, or name of the variable
	text string // keys, where a variable holds them
	file bool
}

// File is a key file.
func File(path string) Source { return Source{name: path, file: true} }

// Variable is the text of a key file in a variable of this name.
func Variable(name, text string) Source { return Source{name: name, text: text} }

// String names the file or variable.
func (s Source) String() string {
	if s.file {
		return "key file " + s.name
	}
	return "variable " + s.name
}

// GoString is String.
func (s Source) GoString() string { return s.String() }

// Format writes String, whatever the verb.
func (s Source) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue is String.
func (s Source) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Load reads a ring. It fails with fs.ErrNotExist where the file is absent, with ErrOpenToOthers, on systems that know such things, where
// group or others may read or write it, and with ErrKeyFile where it holds something else.
func Load(source Source) (*Ring, error) {
	text := []byte(source.text)
	var err error
	if source.file {
		text, err = read(source.name)
	}
	defer clear(text)
	var r *Ring
	if err == nil {
		r, err = parse(text)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", source, err)
	}
	return r, nil
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path) // before opening: a pipe would wait for its other end
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is not a file", ErrKeyFile)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("this user may not read it; give it to the user that runs the workbench: %w", err)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: it has mode %04o; make it yours alone with: chmod 600 %s", ErrOpenToOthers, info.Mode().Perm(), path)
	}
	return io.ReadAll(io.LimitReader(f, maxKeyFile+1))
}
