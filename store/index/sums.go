package index

// finish turns what was counted by cells and places into counts of values.
func (c *counting) finish(want wanted) {
	if c.cells != nil {
		c.visit()
		c.cells = nil
	}
	if c.under == nil {
		return
	}
	t, p := c.t, &c.t.pairs
	for k, field := range large {
		if want&(1<<k) != 0 {
			counts := c.a.facet[field]
			for code := range counts {
				counts[code] += c.under[p.large[k][code]]
			}
		}
	}
	if want&countRest != 0 {
		c.total += c.under[entryAll]
		for code, v := range t.values[moved] {
			if v.count == "true" {
				c.a.facet[moved][code] += c.under[entryMoved]
			} else {
				c.a.facet[moved][code] += c.under[entryAll]
			}
		}
		for k := range p.entries {
			of := c.under
			for i, field := range c.filtered {
				if field == k { // without its own filter
					of = c.free[i]
				}
			}
			counts := c.a.facet[small[k]]
			for code := range counts {
				counts[code] += of[p.entries[k][code]]
			}
		}
	}
	c.under, c.free = nil, [2][]uint32{}
}

// visit adds what was counted by cells to the total and the values of small fields.
func (c *counting) visit() {
	t, through := c.t, &c.p.cells
	eachCell(through.all, len(t.cells), func(code int) {
		if n := c.cells[code]; n != 0 {
			c.total += n
			for k, value := range t.cells[code] {
				c.a.facet[small[k]][value] += n
			}
		}
	})
	for k, once := range through.once {
		counts := c.a.facet[small[k]]
		eachCell(once, len(t.cells), func(code int) {
			if n := c.cells[code]; n != 0 {
				counts[t.cells[code][k]] += n
			}
		})
	}
}
