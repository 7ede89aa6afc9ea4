package textindex

import "slices"

const ownersOfPage = 4096

// owners says of every ordinal which segment counts; 0 = the story is no more. Pages are shared with states of the index that others look
// at, and copied before the first change after that.
type owners struct {
	pages []*[ownersOfPage]uint32
	own   map[int]bool // pages that nobody else has
}

func (o *owners) at(ordinal uint32) uint32 {
	return o.pages[ordinal/ownersOfPage][ordinal%ownersOfPage]
}

func (o *owners) set(ordinal, segment uint32) {
	i := int(ordinal / ownersOfPage)
	for i >= len(o.pages) {
		o.pages = append(o.pages, new([ownersOfPage]uint32))
		o.own[len(o.pages)-1] = true
	}
	if !o.own[i] {
		page := *o.pages[i]
		o.pages[i], o.own[i] = &page, true
	}
	o.pages[i][ordinal%ownersOfPage] = segment
}

// share returns the owners as they are now, which stay so.
func (o *owners) share() owners {
	clear(o.own)
	return owners{pages: slices.Clone(o.pages)}
}
