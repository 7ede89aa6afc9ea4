package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
	"workbench/views/stories"
	"workbench/views/ui"
)

// A list's page is made once and kept for as long as it stays right: whole, under everything that it depends on, and its rows besides, under
// the version of each story, for other pages that show them. Ages are put in whenever a page is sent.

// listing is one request for a list.
type listing struct {
	*Server
	c       echo.Context
	display ui.Display
	part    bool
	rest    digest // everything that the answer depends on but the stories and the ages
}

func (s *Server) listing(c echo.Context) *listing {
	l := &listing{Server: s, c: c, display: s.display(c), part: wantsPartial(c.Request())}
	l.rest = l.depends()
	return l
}

// depends is what the answer depends on besides stories: the address, who asks, how they want it, what is missing, and what anybody changed
// in this program, which is more than it has to be but forgets nothing.
func (l *listing) depends() digest {
	c, account := l.c, who(l.c)
	r := c.Request()
	in := ingredients(make([]byte, 0, 1024)).text("list", r.URL.Path, r.URL.RawQuery, form(c), l.display.Theme, l.display.Density, l.display.ZoneLabel()).flag(l.part)
	in = in.text(string(account.ID), account.Name, string(account.Role)).flag(account.AllGrants).number(uint64(len(account.Grants)))
	for _, tenant := range account.Grants {
		in = in.text(string(tenant))
	}
	if rolls(r.URL.Query()) {
		in = in.number(l.minute())
	}
	if l.Busy != nil {
		in = in.text(l.Busy())
	}
	for _, b := range l.blind(c) {
		in = in.text(string(b.Connector), b.Name, string(b.Tenant), b.TenantName.Raw(), b.Product, b.Sentence).flag(b.CatchingUp)
		if form(c) != "" {
			for _, gap := range b.Gaps {
				in = in.number(uint64(gap.From.UnixNano()), uint64(gap.To.UnixNano()))
			}
		}
	}
	return in.number(l.writes.Load()).digest()
}

// rolls reports whether a query asks for a range of time that ends now, so that it moves on by the minute.
func rolls(query url.Values) bool {
	v := query.Get("time")
	return v != "" && v != "all" && !strings.Contains(v, "..")
}

func (l *listing) minute() uint64 {
	return uint64(l.display.Now.Unix() / int64(time.Minute/time.Second))
}

// state stands for all bytes of the answer as of a change, which calls tenants by some names. Ages move on by the minute.
func (l *listing) state(asOf store.Change, called digest) digest {
	in := ingredients(make([]byte, 0, 64)).text(string(l.rest[:]), string(called[:])).number(uint64(asOf))
	if form(l.c) == "" {
		in = in.number(l.minute())
	}
	return in.digest()
}

// again answers with what was made before, where it is still right as of a change, and reports whether it did.
func (l *listing) again(asOf store.Change) (bool, error) {
	e, ok := l.kept.get(keptKey{asOf, l.rest})
	if !ok {
		return false, nil
	}
	state := l.state(asOf, e.called)
	tag := state.tag()
	if matches(l.c.Request().Header.Get("If-None-Match"), tag) {
		varyPartial(l.c)
		return true, unchanged(l.c, tag)
	}
	if form(l.c) != "" {
		return false, nil
	}
	l.c.Response().Header().Set("ETag", tag)
	return true, l.sendAgain(e.markup, keptKey{asOf, state})
}

// keep keeps what was made of a page, and gives the answer its tag. Where the inner texts that a query searches are not all there, the next
// answer may differ without any story changing, and where something changed meanwhile, this one is of two states: such are neither kept nor
// tagged.
func (l *listing) keep(page store.Page, searched bool, markup ui.Kept, called names) {
	if searched && page.Inside < page.AsOf || l.rest != l.depends() {
		return
	}
	for _, v := range page.Facets[store.Tenant] {
		called = called.with(workbench.Tenant{ID: workbench.TenantID(v.Value), Name: v.Label})
	}
	l.kept.put(keptKey{page.AsOf, l.rest}, keptEntry{markup: markup, names: called})
	l.c.Response().Header().Set("ETag", l.state(page.AsOf, called.digest()).tag())
}

// sendPage makes the page, keeps it and sends it.
func (l *listing) sendPage(in stories.Input, page store.Page, searched bool, called names) error {
	in.Layout.Display.Kept = true
	view := stories.New(in)
	component := stories.Page(view)
	if l.part {
		component = stories.TablePartial(view)
	}
	body := l.buffer()
	defer l.done(body)
	text, err := l.markup(l.c, component, body)
	if err != nil {
		return err
	}
	markup, err := ui.KeepMarkup(text)
	if err != nil {
		return err
	}
	l.keep(page, searched, markup, called)
	return l.send(markup)
}

// sendJSON sends a page as JSON. It is made anew each time; of what was made, only the tag is kept.
func (l *listing) sendJSON(page store.Page, v any, searched bool) error {
	var called names
	for _, r := range page.Rows {
		called = called.with(r.Tenant)
	}
	l.keep(page, searched, ui.Kept{}, called)
	return writeJSON(l.c, http.StatusOK, v)
}

func (l *listing) send(page ui.Kept) error {
	varyPartial(l.c)
	body := l.buffer()
	defer l.done(body)
	body.Grow(page.Size())
	return send(l.c, http.StatusOK, echo.MIMETextHTMLCharsetUTF8, page.Append(body.AvailableBuffer(), l.display))
}

// sendAgain sends a page that was sent before, compressed where the client takes that. What that made is kept too: until the minute is over
// it stays the same.
func (l *listing) sendAgain(page ui.Kept, key keptKey) error {
	encoding := bestEncoding(l.c.Request().Header.Get("Accept-Encoding"))
	if encoding == "" || l.c.Request().Method == http.MethodHead {
		return l.send(page)
	}
	key.rest = ingredients(nil).text(string(key.rest[:]), encoding).digest()
	e, ok := l.kept.get(key)
	if !ok {
		body := l.buffer()
		defer l.done(body)
		body.Grow(page.Size())
		packed, err := l.encoders.pack(encoding, page.Append(body.AvailableBuffer(), l.display))
		if err != nil {
			return err
		}
		e = keptEntry{packed: packed}
		l.kept.put(key, e)
	}
	varyPartial(l.c)
	l.c.Response().Header().Set("Content-Encoding", encoding)
	return send(l.c, http.StatusOK, echo.MIMETextHTMLCharsetUTF8, e.packed)
}

// fragments are the rows of a page, in their order. What is not kept of them is read, as it is now: a row that changed since the page was
// found is shown as it became, one that is no more is left out. called are the tenants that they name.
func (s *Server) fragments(ctx context.Context, scope workbench.Scope, versions []store.Version, columns []string, d ui.Display) (list []ui.Kept, called names, err error) {
	layout := ingredients(nil).text("row", d.ZoneLabel()).text(columns...).digest()
	all := make([]ui.Kept, len(versions))
	there := make([]bool, len(versions))
	places := map[workbench.StoryID]int{}
	var missing []store.Version
	for i, v := range versions {
		if e, ok := s.kept.get(keptKey{v.Number, layout}); ok {
			all[i], there[i], called = e.markup, true, called.with(e.names...)
		} else {
			places[v.ID], missing = i, append(missing, v)
		}
	}
	if len(missing) > 0 {
		rows, err := s.Queries.Rows(ctx, scope, missing)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			i, asked := places[r.ID]
			if !asked {
				continue
			}
			f, err := stories.Fragment(ctx, r, columns, d)
			if err != nil {
				return nil, nil, err
			}
			s.kept.put(keptKey{versions[i].Number, layout}, keptEntry{markup: f, names: names{r.Tenant}})
			all[i], there[i], called = f, true, called.with(r.Tenant)
		}
	}
	i := -1
	return slices.DeleteFunc(all, func(ui.Kept) bool { i++; return !there[i] }), called, nil
}
