// Package story shows one story: its Summary, its tabs and the panel of story actions. The constructors in the Go files are pure and make
// finished values; the templates only lay them out.
package story
