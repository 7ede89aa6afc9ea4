package peer

// Kind is a kind of question.
type Kind struct {
	Name  string
	Want  Part
	About string // a plain sentence
}

// The kinds, in the order in which reports show them.
var Kinds = []Kind{
	{"page", Rows | Total | Facets, "page work: first 50 rows, exact total and the counts of every facet under 1 to 3 random filters of 1 to 3 values, some with not or a range"},
	{"window", Rows | Total | Facets, "page work within a random window of 1 to 30 days, under one filter"},
	{"facets", Facets, "counts of every facet under a status and a severity"},
	{"untuned", Rows | Total, "2 or 3 facets that no ordered index was made for, by criticality, first 50 and exact total"},
	{"names", Rows | Total, "a piece of a name and a status, first 50 and exact total"},
	{"inside", Rows | Total, "a piece of a command line or a hash, first 50 and exact total"},
	{"groups", Groups, "first 50 groups of all stories under a status, with counts by band of criticality"},
	{"first", Rows, "first 50 of all, newest update first (an index of the peers is made for it)"},
	{"tuned", Rows, "a product and a status, by criticality, first 50 (an index of the peers is made for it)"},
	{"deep", Rows, "50 rows in the middle of a status by keyset (an index of the peers is made for it)"},
}

// KindNamed returns the kind of that name.
func KindNamed(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
