package layout

// entry is one link of the rail.
type entry struct {
	Label   string
	URL     string
	Icon    string
	Key     string // after "g"; "" = none
	Current bool
	Marked  bool   // it can have a mark
	Mark    string // what is wrong there, in a few words; "" = nothing
}
