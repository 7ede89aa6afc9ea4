package layout

// entry is one link of the rail.
type entry struct {
	Label   string
	URL     string
	Icon    string
	Key     string // after "g"; "" = none
	Current bool
	Mark    string // what is wrong there, in a few words; "" = nothing
}
