package simulator

import (
	"net/http"
	"net/url"
	"time"
)

// endlessPages is how many empty pages follow the first of an endless list, unless a fault says otherwise.
const endlessPages = 10_000

// foreignHost is a host that does not exist.
const foreignHost = "graph.elsewhere.example"

// pageUnder chooses the items of a page among ordered rows, as far as troubles let it. The caller holds mu.
func (w *World) pageUnder(t troubles, now time.Time, base *url.URL, r *http.Request, q *listQuery, rows []place) listPage {
	p := listPage{total: len(rows)}
	path := r.URL.EscapedPath()
	if t.has(EmptyValue) {
		return p
	}
	if q.after == nil {
		q.after = &mark{Skip: q.skip}
	}
	if t.has(EmptyPages) && !q.after.Pause {
		m := *q.after
		m.Pause = true
		p.next = q.next(base, path, &m, 0)
		return p
	}
	endless := t.number(NextEndless, endlessPages)
	if m := *q.after; m.Step > 0 && m.Step <= endless {
		m.Step++
		p.next = q.next(base, path, &m, 0)
		return p
	}
	from := q.begin(rows)
	top := q.top
	if n := t.number(ShortPages, 1); n > 0 {
		top = min(top, n)
	}
	if t.has(Duplicates) && q.after.ID != "" && from > 0 && top > 1 {
		from--
	}
	chosen := rows[from:min(from+top, len(rows))]
	detour := endless > 0 && q.after.Step == 0
	if to := from + len(chosen); len(chosen) > 0 && (to < len(rows) || detour) {
		m := q.markAfter(&chosen[len(chosen)-1].facts)
		if m.Step = q.after.Step; detour {
			m.Step = 1
		}
		if p.next = q.next(base, path, &m, 0); t.has(Shift) {
			p.next = q.next(base, path, nil, to)
		}
	}
	if f, ok := t.find(NextForeign); ok {
		host := f.Text
		if host == "" {
			host = foreignHost
		}
		p.next = q.next(&url.URL{Scheme: base.Scheme, Host: host}, path, &mark{Skip: from + len(chosen)}, 0)
	}
	if t.has(NextLoop) {
		p.next = base.Scheme + "://" + base.Host + r.URL.RequestURI()
	}
	for i, row := range chosen {
		if t.has(Partial) && i >= (len(chosen)+1)/2 {
			break
		}
		p.items = append(p.items, w.sourceOf(row))
	}
	if t.has(Stir) && len(chosen) > 0 {
		w.stir(chosen[0], now)
	}
	return p
}

// stir changes an item of a list. The caller holds mu.
func (w *World) stir(row place, now time.Time) {
	if row.source != "" {
		if a, err := w.alert(row.id); err == nil {
			_ = (&alertChange{a, now}).set(nil) // it has been changed so before
		}
		return
	}
	if in, err := w.incident(row.id); err == nil {
		_ = (&incidentChange{in, now}).set(nil) // likewise
	}
}
