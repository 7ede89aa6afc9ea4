package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"workbench"
)

// Kept is markup as it was rendered but for the ages in it, which are put in anew whenever it is used. So it can be kept for as long as
// what it shows stays the same, and never says an old age. It is not changed once it is made.
type Kept struct {
	markup []byte
	ages   []age // in the order of their places
}

// age is a place of the markup where how long ago a moment was belongs.
type age struct {
	at int
	of workbench.Time
}

// What Age writes in place of an age that is left out. No text gets there: every < of a text is escaped.
const (
	markBegins = `<age of="`
	markEnds   = `"></age>`
)

// Keep renders what was made with a Display that leaves ages out (Display.Kept).
func Keep(ctx context.Context, c templ.Component) (Kept, error) {
	var out bytes.Buffer
	if err := c.Render(ctx, &out); err != nil {
		return Kept{}, err
	}
	return KeepMarkup(out.Bytes())
}

// KeepMarkup takes markup that was rendered with a Display that leaves ages out.
func KeepMarkup(rendered []byte) (Kept, error) {
	k := Kept{markup: make([]byte, 0, len(rendered))}
	for {
		before, rest, found := bytes.Cut(rendered, []byte(markBegins))
		k.markup = append(k.markup, before...)
		if !found {
			if cap(k.markup)-len(k.markup) > len(k.markup)/8 {
				k.markup = bytes.Clone(k.markup) // no larger than it must be
			}
			return k, nil
		}
		of, rest, found := bytes.Cut(rest, []byte(markEnds))
		t, ok := workbench.ParseTime(string(of))
		if !found || !ok {
			return Kept{}, fmt.Errorf("the place of an age names %.40q, which is no time", of)
		}
		k.ages = append(k.ages, age{len(k.markup), t})
		rendered = rest
	}
}

// Size is how many bytes of memory it takes, about.
func (k Kept) Size() int { return cap(k.markup) + 40*cap(k.ages) + 64 }

// Append appends the markup with the ages as a display counts them.
func (k Kept) Append(b []byte, d Display) []byte {
	from := 0
	for _, a := range k.ages {
		b = append(b, k.markup[from:a.at]...)
		b, from = d.appendAge(b, a.of), a.at
	}
	return append(b, k.markup[from:]...)
}

// At is the markup as a part of a page with that display.
func (k Kept) At(d Display) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		from, scratch := 0, make([]byte, 0, len(markBegins)+len(markEnds)+40)
		for _, a := range k.ages {
			if _, err := w.Write(k.markup[from:a.at]); err != nil {
				return err
			}
			scratch, from = scratch[:0], a.at
			if d.Kept {
				scratch = append(append(append(scratch, markBegins...), machineTime(a.of)...), markEnds...)
			} else {
				scratch = d.appendAge(scratch, a.of)
			}
			if _, err := w.Write(scratch); err != nil {
				return err
			}
		}
		_, err := w.Write(k.markup[from:])
		return err
	})
}
