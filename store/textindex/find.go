package textindex

import (
	"context"
	"errors"
	"fmt"

	"workbench"
)

// scratch is what one answer needs and the next can use again.
type scratch struct {
	packed, group, list []byte
	texts               texts
	hits                []int
	compared, listed    int // bytes
}

// tooCommon says that a word cannot be looked for in time.
func tooCommon(word string) error {
	sentence := fmt.Sprintf(`the word "%s" stands inside too many stories to look at in time; search for a longer word`, workbench.Text(word).Brief())
	if len(word) < gramLength {
		sentence = fmt.Sprintf(`the word "%s" is too short to look for inside so many stories; search for a word of at least %d letters`, workbench.Text(word).Brief(), gramLength)
	}
	var bad *workbench.Invalid
	return bad.Set("q", sentence)
}

// Find implements store.Texts. It fails with *workbench.Invalid on "q" for a word that is too common, or too short, to be looked for in
// time.
func (x *Index) Find(ctx context.Context, word string) ([]uint32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if word == "" {
		return nil, tooCommon(word)
	}
	s, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer x.release(s)
	c := x.scratch.Get().(*scratch)
	defer x.scratch.Put(c)
	c.compared, c.listed = 0, 0
	list, err := s.find(ctx, fold(nil, word), c, x.limits)
	switch {
	case err == nil:
		return list, nil
	case errors.Is(err, workbench.ErrCorrupt):
		x.damage(err)
	case errors.Is(err, errTooCommon):
		return nil, tooCommon(word)
	}
	return nil, fmt.Errorf("searching for a word: %w", err)
}

// errTooCommon is turned into what tooCommon says.
var errTooCommon = errors.New("too common")

func (s *state) find(ctx context.Context, word []byte, c *scratch, l limits) ([]uint32, error) {
	found := newBitset(int(s.ordinals))
	candidates, common := make([]bitset, len(s.segments)), make([]bitset, len(s.segments))
	c.compared = len(s.recent.text) / 4 // it need not be unpacked
	for i, g := range s.segments {
		b, stories, err := g.candidates(word, c)
		if err != nil {
			return nil, err
		}
		for n := range b.each {
			c.compared += int(g.blocks[n].plain)
		}
		if c.compared > l.compared {
			return nil, errTooCommon
		}
		candidates[i], common[i] = b, stories
	}
	for i, g := range s.segments {
		stories, err := g.find(ctx, word, candidates[i], common[i], c, l)
		if err != nil {
			return nil, err
		}
		for story := range stories.each {
			if o := g.ordinal(story); s.owners.at(o) == g.number {
				found.set(o)
			}
		}
	}
	s.recent.find(word, s.owners, found)
	list := make([]uint32, 0, found.count())
	for o := range found.each {
		list = append(list, o)
	}
	return list, nil
}

// find adds the stories one of whose texts, in these blocks, contains the word, and returns them.
func (s *segment) find(ctx context.Context, word []byte, blocks, stories bitset, c *scratch, l limits) (bitset, error) {
	for n := range blocks.each {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.block(n, &c.texts, &c.packed); err != nil {
			return nil, err
		}
		c.hits = c.hits[:0]
		match(c.texts.text, c.texts.ends, word, func(i int) { c.hits = append(c.hits, i) })
		if len(c.hits) == 0 {
			continue
		}
		if c.listed += int(s.blocks[n].lists.length); c.listed > l.listed {
			return nil, errTooCommon
		}
		lists, err := s.read(s.blocks[n].lists, c.list)
		if err != nil {
			return nil, err
		}
		if c.list = lists; stories == nil {
			stories = newBitset(s.stories)
		}
		at := 0
		for _, hit := range c.hits {
			for ; ; at++ {
				packed, asBits, single, story, rest, err := nextList(lists)
				if err != nil {
					return nil, err
				}
				lists = rest
				if at < hit {
					continue
				}
				switch {
				case single && int(story) < s.stories:
					stories.set(story)
				case single || !stories.unpackList(packed, asBits, s.stories):
					return nil, damage("a list of stories is not readable")
				}
				at++
				break
			}
		}
	}
	return stories, nil
}

// find adds the ordinals of the stories one of whose texts contains the word.
func (r *recentState) find(word []byte, o owners, found bitset) {
	hits := newBitset(len(r.ends))
	any := false
	match(r.text, r.ends, word, func(i int) { hits.set(uint32(i)); any = true })
	if !any {
		return
	}
	r.each(o, func(story uint32, texts []uint32) {
		for _, t := range texts {
			if hits.has(t) {
				found.set(r.ordinals[story])
				return
			}
		}
	})
}
