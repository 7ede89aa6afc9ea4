package stories

import (
	"context"

	"workbench"
	"workbench/views/ui"
)

// Fragment renders the row of a story, for Input.Fragments. It depends on the row, the columns and the display's zone, and on nothing else:
// what a fragment adds to a page is byte for byte what rendering the row there would.
func Fragment(ctx context.Context, r workbench.Row, columns []string, d ui.Display) (ui.Kept, error) {
	d.Kept = true
	return ui.Keep(ctx, row(newStory(r, known(columns, false)), d))
}

// linked reports whether the value as a whole leads to its page.
func (c Cell) linked() bool {
	return c.Menu != nil && c.Kind != kindIndication && c.Kind != kindIncident
}

func (c Cell) tagTitle(v Value) string {
	if c.Kind == kindTechniques {
		return ui.TechniqueTitle(v.Text)
	}
	return v.Text.String()
}
