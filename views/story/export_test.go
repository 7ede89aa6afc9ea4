package story

import (
	"workbench"
	"workbench/views/ui"
)

// SampleStory is the endpoint story of the exhibits.
func SampleStory() workbench.Story { return endpointStory() }

// DrawTree lays a tree out in a story of its own.
func DrawTree(t workbench.ProcessTree, d ui.Display, limit int) Tree {
	return NewTree(t, place{story: "s"}, d, limit)
}
