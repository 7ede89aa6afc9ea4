package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"workbench"
)

// run shows the pieces of outside text, escaped, with nothing between them: what is read off the page is the text, with the names of
// hidden characters in their places. It is written by hand because a template puts spaces between its parts.
func run(u workbench.Untrusted) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, t := range tokens(u) {
			piece := templ.EscapeString(t.Text)
			if t.Hidden {
				piece = `<span class="hid" title="` + templ.EscapeString(t.Title) + `">` + piece + `</span>`
			}
			if t.Break {
				piece += `<br class="hid-break">`
			}
			if _, err := io.WriteString(w, piece); err != nil {
				return err
			}
		}
		return nil
	})
}
