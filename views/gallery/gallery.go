package gallery

import (
	"strings"

	"workbench/views/ui"
)

// wall is the gallery as it is looked at: one exhibit with its neighbours, or the names of all by area.
type wall struct {
	Areas          []area
	Shown          *ui.Exhibit // nil = none is chosen, or none has the name
	Previous, Next string      // names of the neighbours; "" = there is none
}

// area holds the exhibits whose names begin with the same word.
type area struct {
	Name     string
	Exhibits []ui.Exhibit
}

func newGallery(exhibits []ui.Exhibit, show string) wall {
	var w wall
	for i, e := range exhibits {
		name, _, _ := strings.Cut(e.Name, "/")
		if len(w.Areas) == 0 || w.Areas[len(w.Areas)-1].Name != name {
			w.Areas = append(w.Areas, area{Name: name})
		}
		last := &w.Areas[len(w.Areas)-1]
		last.Exhibits = append(last.Exhibits, e)
		if e.Name != show {
			continue
		}
		w.Shown = &exhibits[i]
		if i > 0 {
			w.Previous = exhibits[i-1].Name
		}
		if i < len(exhibits)-1 {
			w.Next = exhibits[i+1].Name
		}
	}
	return w
}
