package textindex

// candidates returns the blocks in which the word can be. Where the word is a part of a run, the blocks in which it is inside common runs
// alone are left out, and common is the stories that have these; else it is nil.
func (s *segment) candidates(word []byte, c *scratch) (blocks, common bitset, err error) {
	blocks = newBitset(len(s.blocks))
	blocks.fill(len(s.blocks))
	if len(word) < gramLength {
		return blocks, nil, nil
	}
	one, piece := newBitset(len(s.blocks)), bitset(nil)
	looked, pieces := 0, 0
	// narrow keeps of some blocks those that have a bucket.
	narrow := func(blocks bitset, k uint32) {
		if looked++; err == nil && looked <= wordGrams && !blocks.empty() {
			err = s.blocksOf(k, one, c)
			blocks.and(one)
		}
	}
	numbers(word, s.width, func(k uint32) { narrow(blocks, k) })
	for from := 0; from < len(word) && err == nil && !blocks.empty(); {
		end := max(endOfRun(word, from), from+1)
		inside := max(from, end-gramLength+1) // grams from here on reach beyond the run
		if end-from >= gramLength && (pieces < wordPieces || end-from == len(word)) {
			pieces++
			if piece == nil {
				piece = newBitset(len(s.blocks))
			}
			copy(piece, blocks)
			for first := range gramLength {
				for i := from + first; i < inside; i += gramLength {
					narrow(piece, bucket(word[i], word[i+1], word[i+2], s.width))
				}
			}
			if err != nil {
				return nil, nil, err
			}
			if end-from == len(word) {
				common = newBitset(s.stories)
				return piece, common, s.addStories(common, word, c)
			}
			clear(one)
			if err = s.addBlocks(one, word[from:end], c); err == nil {
				piece.or(one)
				blocks.and(piece)
			}
		}
		for i := inside; i < end && i+gramLength <= len(word); i++ {
			narrow(blocks, bucket(word[i], word[i+1], word[i+2], s.width))
		}
		from = end
	}
	return blocks, nil, err
}

// blocksOf makes a set that of the blocks that have a bucket.
func (s *segment) blocksOf(bucket uint32, set bitset, c *scratch) error {
	group, err := s.read(s.groups[bucket/groupSize], c.group)
	if err != nil {
		return err
	}
	c.group = group
	list, asBits, ok := listOf(group, bucket%groupSize)
	clear(set)
	if !ok || !set.unpackList(list, asBits, len(s.blocks)) {
		return damage("a list of blocks is not readable")
	}
	return nil
}
