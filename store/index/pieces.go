package index

// maxAlike is how many values of a field of several can be added up: stories that have more than one of them are then taken out again.
const maxAlike = 4

// costOfPairs is what counting by values or blocks costs.
func (c *counting) costOfPairs(of *condition) (cost int, ok bool) {
	if of == nil || !c.paired || len(c.filtered) > 1 {
		return 0, false
	}
	if of.mask != nil {
		return of.parts + costOfBlock*len(c.t.blocks), c.t.pairs.byBlock()
	}
	if !of.single && (len(of.none) > 0 || len(of.some) > maxAlike) {
		return 0, false
	}
	for _, code := range of.some {
		if c.t.pairs.often.of(c.t.pairs.large[of.field][code]) != nil {
			cost += costOfValue
		} else {
			cost += c.t.having(of.field, code)
		}
	}
	if len(of.some) > 1 && !of.single {
		cost += costOfBlock * len(c.t.blocks)
	}
	return cost, true
}

// vectorOf adds counts of pairs, which of gives by the number of the small value.
func (c *counting) vectorOf(of func(number uint8, to []uint32)) {
	c.room()
	if len(c.filtered) == 0 {
		of(0, c.under)
		return
	}
	for _, number := range c.passing[0] {
		of(number, c.under)
	}
	of(0, c.free[0])
}

// pieces counts the stories that meet one condition, value by value or block by block.
func (c *counting) pieces(of *condition, want wanted, by uint32) {
	if of.mask != nil {
		c.blocks(of, want, by)
		return
	}
	p := &c.t.pairs
	var rare []uint32
	for _, code := range of.some {
		value := p.often.of(p.large[of.field][code])
		if value == nil {
			rare = append(rare, code)
			continue
		}
		c.vectorOf(func(number uint8, to []uint32) {
			if v := value.vectors[number]; v != nil {
				v.addTo(to, by)
			}
		})
	}
	if of.single {
		if len(rare) > 0 {
			c.look([]*condition{{field: of.field, some: rare}}, want, by, false)
		}
		return
	}
	for _, code := range rare {
		c.look([]*condition{{field: of.field, some: []uint32{code}}}, want, by, false)
	}
	if len(of.some) > 1 {
		c.takeAlike(of, want, by)
	}
}

// takeAlike takes out stories that have several of the values, as often as they were counted too much.
func (c *counting) takeAlike(of *condition, want wanted, by uint32) {
	for at, b := range c.t.blocks {
		var have [maxAlike]set // stories that have one value, two, and so on, at least
		for n, code := range of.some {
			in, ok := b.sets[large[of.field]].of(code)
			if !ok {
				continue
			}
			var more set
			in.or(&more)
			for level := range n + 1 {
				again := more
				again.and(&have[level])
				have[level].or(&more)
				if more = again; more == (set{}) {
					break
				}
			}
		}
		for level := 1; level < len(of.some); level++ {
			c.tally(at, &have[level], want, -by)
		}
	}
}

// blocks counts the stories of a mask by blocks: of each those are looked at that are in the mask, or those that aren't.
func (c *counting) blocks(of *condition, want wanted, by uint32) {
	for at, b := range c.t.blocks {
		in := setOf(of.mask, at)
		n, all := in.len(), b.live.len()
		if n == 0 || c.ctx.Err() != nil {
			continue
		}
		if 2*n < all || b.pairs == nil {
			c.tally(at, in, want, by)
			continue
		}
		c.vectorOf(func(number uint8, to []uint32) {
			if row := b.pairs.rows[number]; row != nil {
				for place, n := range row.n {
					to[place] += by * uint32(n)
				}
			}
		})
		if n < all {
			out := *b.live
			out.andNot(in)
			c.tally(at, &out, want, -by)
		}
	}
}
