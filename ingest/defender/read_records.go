package defender

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"workbench"
)

// What may be waiting while it is not known whether an input holds records at all.
const (
	maxWaiting      = 1000
	maxWaitingBytes = 8 << 20
)

// Why a record was passed over.
var (
	errTooLarge   = fmt.Errorf("is larger than %d MiB", maxRecord>>20)
	errBesideList = errors.New("is the rest of an object whose list named value is so long that it was read as a page")
)

// reader finds records. It follows brackets and strings only; whether a record is JSON is the splitter's question, so that a record that
// is not, but whose brackets match, does not hide its neighbours.
type reader struct {
	input
	splitter splitter
	yield    func(Record) error
	result   Result

	lines    bool     // the input has one record a line
	complete bool     // a complete record was seen
	waiting  []Record // what was quarantined before that
	held     int
}

// all reads values one after another until the input ends.
func (rd *reader) all() error {
	var err error
	for err == nil && rd.space() {
		switch c, _ := rd.peek(); c {
		case mark[0]:
			if rd.marked() {
				rd.start += len(mark)
			} else {
				err = rd.line()
			}
		case '{':
			err = rd.object(true, true)
		case '[':
			err = rd.array(true)
		default:
			err = rd.line()
		}
	}
	if err == nil && !errors.Is(rd.err, io.EOF) {
		err = rd.cut(rd.offset())
	}
	if cut := (*CutError)(nil); errors.As(err, &cut) && !rd.complete {
		return fmt.Errorf("%w: it %w", ErrNotRecords, err)
	}
	if err == nil && !rd.complete {
		return rd.noRecords()
	}
	return err
}

func (rd *reader) noRecords() error {
	switch {
	case len(rd.waiting) > 0:
		return fmt.Errorf("%w: it is not JSON from its byte %d on", ErrNotRecords, rd.waiting[0].Position)
	case rd.result.Bytes == 0 && rd.offset() <= 3:
		return fmt.Errorf("%w: it is empty", ErrNotRecords)
	}
	return ErrNotRecords
}

// array reads the list at hand. Its elements may be pages where asked for.
func (rd *reader) array(pages bool) error {
	begin := rd.offset()
	rd.start++
	for {
		if !rd.space() {
			return rd.cut(begin)
		}
		var err error
		switch c, _ := rd.peek(); c {
		case ']':
			rd.start++
			return nil
		case ',':
			rd.start++
		case '{':
			err = rd.object(pages, false)
		default:
			err = rd.element()
		}
		if err != nil {
			return err
		}
	}
}

// object reads an object, which may be a page where asked for. line says that it does not stand in a list.
func (rd *reader) object(pages, line bool) error {
	for pages {
		held := rd.end - rd.start
		page, list, sure := probePage(rd.buf[rd.start:rd.end], rd.lines)
		if !sure {
			if rd.at(2 * held); rd.end-rd.start > held {
				continue
			}
		}
		if page {
			return rd.page(list)
		}
		break
	}
	return rd.bracketed(line)
}

// mark is a byte order mark. Files that were put together have one before each part.
const mark = "\xef\xbb\xbf"

// marked reports whether a byte order mark is at hand.
func (rd *reader) marked() bool {
	c, _ := rd.at(2)
	return c == mark[2] && string(rd.buf[rd.start:rd.start+len(mark)]) == mark
}

// give passes n bytes to the splitter as one record. An element of a list is complete if it is JSON, anything else if it is an object too.
func (rd *reader) give(begin int64, n int, listed bool) error {
	raw := rd.take(n)
	raw = raw[:len(bytes.TrimRight(raw, " \t\r\n"))]
	if !rd.complete {
		end, _, ok := valueEnd(raw, 0)
		if ok && spaceEnd(raw, end) == len(raw) && (listed || raw[0] == '{') {
			if err := rd.open(); err != nil {
				return err
			}
		}
	}
	return rd.splitter.record(raw, begin, frame{})
}

// passedOver quarantines a record that was not held.
func (rd *reader) passedOver(begin int64, p *passed, why error) error {
	q := rd.splitter.quarantined(p.first, p.length, p.sum(), why)
	q.Tenant, q.Position = rd.splitter.fallback(frame{}), begin
	return rd.collect(Record{Quarantined: []workbench.Quarantined{q}, Position: begin, Length: p.length})
}

// open lets go what was waiting for the first complete record.
func (rd *reader) open() error {
	waiting := rd.waiting
	rd.complete, rd.waiting = true, nil
	for _, r := range waiting {
		if err := rd.collect(r); err != nil {
			return err
		}
	}
	return nil
}

// collect counts a record and passes it on, or keeps it waiting.
func (rd *reader) collect(r Record) error {
	if !rd.complete {
		rd.waiting = append(rd.waiting, r)
		rd.held += int(min(r.Length, firstBytes))
		if len(rd.waiting) > maxWaiting || rd.held > maxWaitingBytes {
			return rd.noRecords()
		}
		return nil
	}
	rd.result.Incidents += r.Incidents
	rd.result.Alerts += r.Alerts
	rd.result.Quarantined += len(r.Quarantined)
	return rd.yield(r)
}
