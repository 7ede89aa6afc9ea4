package index

import "slices"

const (
	pageBits   = 7
	pageWords  = 1 << pageBits
	branchBits = 14
)

// wordPages is a growing array of words, 0 where nothing was set. A view of it never changes: the writer copies a page, and the branch above
// it, before its first change after a view.
type wordPages struct {
	branches []*branch
	epoch    uint64 // of the writer: views that were made
	at       uint64 // the epoch in which the list of branches became the writer's own
}

type branch struct {
	pages [1 << (branchBits - pageBits)]*[pageWords]uint32
	owned [1 << (branchBits - pageBits)]bool // pages that no view has
	epoch uint64                             // in which the branch became the writer's own
}

func (w *wordPages) get(i uint32) uint32 {
	if b := int(i >> branchBits); b < len(w.branches) && w.branches[b] != nil {
		if p := w.branches[b].pages[i>>pageBits%(1<<(branchBits-pageBits))]; p != nil {
			return p[i%pageWords]
		}
	}
	return 0
}

func (w *wordPages) set(i, v uint32) {
	if w.at != w.epoch {
		w.branches, w.at = slices.Clone(w.branches), w.epoch
	}
	at, page := int(i>>branchBits), i>>pageBits%(1<<(branchBits-pageBits))
	if more := at + 1 - len(w.branches); more > 0 {
		w.branches = append(w.branches, make([]*branch, more)...)
	}
	b := w.branches[at]
	if b == nil || b.epoch != w.epoch {
		own := &branch{epoch: w.epoch}
		if b != nil {
			own.pages = b.pages
		}
		b, w.branches[at] = own, own
	}
	if !b.owned[page] {
		own := new([pageWords]uint32)
		if b.pages[page] != nil {
			*own = *b.pages[page]
		}
		b.pages[page], b.owned[page] = own, true
	}
	b.pages[page][i%pageWords] = v
}

func (w *wordPages) view() wordPages {
	w.epoch++
	return wordPages{branches: w.branches}
}

// flat returns a copy of the words below a limit, and of as many zeros as make whole pages.
func (w *wordPages) flat(limit uint32) []uint32 {
	all := make([]uint32, (int(limit)+pageWords-1)/pageWords*pageWords)
	for i := 0; i < len(all); i += pageWords {
		if b := i >> branchBits; b < len(w.branches) && w.branches[b] != nil {
			if p := w.branches[b].pages[i>>pageBits%(1<<(branchBits-pageBits))]; p != nil {
				copy(all[i:], p[:])
			}
		}
	}
	return all
}

// pagesOf makes an array of whole pages of words, which belong to it from now on.
func pagesOf(all []uint32) wordPages {
	var w wordPages
	for i := 0; i < len(all); i += pageWords {
		if i%(1<<branchBits) == 0 {
			w.branches = append(w.branches, &branch{})
		}
		b, page := w.branches[i>>branchBits], i>>pageBits%(1<<(branchBits-pageBits))
		b.pages[page], b.owned[page] = (*[pageWords]uint32)(all[i:]), true
	}
	return w
}

// bytes is the memory that the array takes, but for pages without a word.
func (w *wordPages) bytes() int {
	n := 0
	for _, b := range w.branches {
		if b == nil {
			continue
		}
		n += len(b.pages)*9 + 8
		for _, p := range b.pages {
			if p != nil {
				n += pageWords * 4
			}
		}
	}
	return n
}
