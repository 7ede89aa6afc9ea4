package index

import "fmt"

// sections returns the postings for loadPostings. The words of slots and codes are copied, all else is shared with the postings. First comes the
// head: slots, codes, chunks of slots' records and of codes' records, dead bytes of either.
func (r rowsOf) sections() sections {
	head := []uint32{r.limit, r.top, uint32(len(r.said)), uint32(len(r.found)), uint32(r.dead[0]), uint32(r.dead[1])}
	s := sections{words: [][]uint32{head, r.codesOf.flat(r.limit), r.slotsOf.flat(r.top)}}
	s.bytes = append(append(s.bytes, r.said...), r.found...)
	return s
}

// loadPostings makes postings of what rowsOf.sections returned, for a dictionary of so many texts. It checks that nothing refers to what is not
// there; that the bytes are those that were written is for the file to check.
func loadPostings(s sections, texts int) (*postings, error) {
	head, ok := s.takeWords()
	codes, also := s.takeWords()
	slots, last := s.takeWords()
	if !ok || !also || !last || len(head) != 6 || len(s.words) != 0 || uint64(head[2])+uint64(head[3]) != uint64(len(s.bytes)) {
		return nil, fmt.Errorf("loading postings: head: %w", errSections)
	}
	p := newPostings()
	p.count, p.top = head[0], head[1]
	if p.count > maxSlot+1 || uint64(p.top) > uint64(texts) || !fits(codes, p.count) || !fits(slots, p.top) {
		return nil, fmt.Errorf("loading postings: sizes: %w", errSections)
	}
	p.said.load(s.bytes[:head[2]])
	p.found.load(s.bytes[head[2]:])
	p.said.dead, p.found.dead = int(head[4]), int(head[5])
	for _, ref := range codes {
		if ref != 0 && (ref&inRecord != 0 || len(p.said.records.at(ref)) == 0) {
			return nil, fmt.Errorf("loading postings: slots: %w", errSections)
		}
	}
	for _, word := range slots {
		if word&inRecord == 0 && word > p.count || word&inRecord != 0 && len(p.found.records.at(word&^inRecord)) == 0 {
			return nil, fmt.Errorf("loading postings: codes: %w", errSections)
		}
	}
	p.codes, p.slots = pagesOf(codes), pagesOf(slots)
	p.changed = true
	return p, nil
}

// fits tells whether words are the pages of an array with so many words, or fewer.
func fits(words []uint32, count uint32) bool {
	return len(words)%pageWords == 0 && len(words)/pageWords <= (int(count)+pageWords-1)/pageWords
}

// load takes chunks over. The next record gets a chunk of its own.
func (a *recordArena) load(chunks [][]byte) {
	for _, c := range chunks {
		a.records = append(a.records, c[:len(c):len(c)])
		a.size += len(c)
		a.at = len(c)
	}
}
