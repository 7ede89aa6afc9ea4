package boltstore

// tree checks a page and everything under it.
func (p *pages) tree(id uint64, depth int) error {
	if depth > maxPageDepth {
		return corrupt("page %d lies too deep", id)
	}
	header, length, err := p.run(id, branchPage|leafPage)
	if err != nil {
		return err
	}
	count := uint64(native.Uint16(header[10:]))
	if pageHeader+count*pageElement > length {
		return corrupt("page %d has more rows than room", id)
	}
	rows := make([]byte, count*pageElement)
	start := int64(id * p.size)
	if _, err := p.file.ReadAt(rows, start+pageHeader); err != nil {
		return err
	}
	if native.Uint16(header[8:]) == branchPage {
		for i := range count {
			row := rows[i*pageElement:]
			if !within(i, native.Uint32(row), native.Uint32(row[4:]), 0, length) || count == 0 {
				return corrupt("row %d of page %d is damaged", i, id)
			}
			if err := p.tree(native.Uint64(row[8:]), depth+1); err != nil {
				return err
			}
		}
		if count == 0 {
			return corrupt("page %d has no rows", id)
		}
		return nil
	}
	for i := range count {
		row := rows[i*pageElement:]
		at, key, value := native.Uint32(row[4:]), native.Uint32(row[8:]), native.Uint32(row[12:])
		if !within(i, at, key, value, length) {
			return corrupt("row %d of page %d is damaged", i, id)
		}
		if native.Uint32(row)&bucketLeafFlag == 0 {
			continue
		}
		b := make([]byte, value)
		if _, err := p.file.ReadAt(b, start+int64(pageHeader+i*pageElement)+int64(at)+int64(key)); err != nil {
			return err
		}
		if err := p.bucket(b, depth); err != nil {
			return err
		}
	}
	return nil
}

// bucket checks a bucket: a page of its own, or, where it is small, a page inside the value.
func (p *pages) bucket(value []byte, depth int) error {
	if len(value) < bucketHeader {
		return corrupt("a bucket is cut short")
	}
	if root := native.Uint64(value); root != 0 {
		return p.tree(root, depth+1)
	}
	page := value[bucketHeader:]
	if len(page) < pageHeader || native.Uint16(page[8:]) != leafPage {
		return corrupt("a small bucket is damaged")
	}
	count, length := uint64(native.Uint16(page[10:])), uint64(len(page))
	if pageHeader+count*pageElement > length {
		return corrupt("a small bucket is damaged")
	}
	for i := range count {
		row := page[pageHeader+i*pageElement:]
		if native.Uint32(row)&bucketLeafFlag != 0 || !within(i, native.Uint32(row[4:]), native.Uint32(row[8:]), native.Uint32(row[12:]), length) {
			return corrupt("a small bucket is damaged")
		}
	}
	return nil
}

// within reports whether row i's key and value lie inside the page; their place counts from the row.
func within(i uint64, at, key, value uint32, length uint64) bool {
	return pageHeader+i*pageElement+uint64(at)+uint64(key)+uint64(value) <= length
}
