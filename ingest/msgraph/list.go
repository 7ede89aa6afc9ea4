package msgraph

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"workbench"
)

// Incidents lists incidents whose last update is in the window, without their alerts, in ascending order as far as Microsoft keeps it, and
// calls yield with every page. It returns without error only if the list was whole; an error of yield ends it.
func (c *Client) Incidents(ctx context.Context, w Window, yield func(Page) error) (Listed, error) {
	return c.list(ctx, list{what: "incidents", path: "security/incidents", size: incidentsPage,
		query: func(size int) string { return listQuery(w, strconv.Itoa(size)) }}, yield)
}

// Alerts lists alerts likewise.
func (c *Client) Alerts(ctx context.Context, w Window, yield func(Page) error) (Listed, error) {
	return c.list(ctx, list{what: "alerts", path: "security/alerts_v2", size: alertsPage,
		query: func(size int) string { return listQuery(w, strconv.Itoa(size)) }}, yield)
}

// IncidentAlerts lists the alerts of one incident page by page, for an incident that is too large to be had at once.
func (c *Client) IncidentAlerts(ctx context.Context, id string, yield func(Page) error) (Listed, error) {
	path, err := incidentPath(id)
	if err != nil {
		return Listed{}, err
	}
	return c.list(ctx, list{what: "the alerts of incident " + cut(id, 50), path: path + "/alerts", size: 1, single: true,
		query: func(int) string { return "" }}, yield)
}

// list is what to list.
type list struct {
	what   string
	path   string
	size   int  // how many items a page may have; 1 = the size can't be made smaller
	single bool // it is of one incident
	query  func(size int) string
}

// page is a page with what is known of it.
type page struct {
	Page
	envelope
	url *url.URL
}

func (c *Client) list(ctx context.Context, l list, yield func(Page) error) (Listed, error) {
	var done Listed
	fail := func(err error) (Listed, error) {
		return done, fmt.Errorf("reading %s from Microsoft Graph, page %d: %w", l.what, done.Pages+1, err)
	}
	p, err := c.firstPage(ctx, l)
	if err != nil {
		var r *refusal
		done.Missing = l.single && errors.As(err, &r) && r.missing
		return fail(err)
	}
	done.At = p.At
	seen := map[[sha256.Size]byte]bool{}
	for {
		seen[sha256.Sum256([]byte(p.url.String()))] = true
		done.Pages++
		done.Items += p.items
		if err := yield(p.Page); err != nil {
			return done, err
		}
		if p.next == "" {
			return done, nil
		}
		next, err := c.follow(p.next)
		switch {
		case err != nil:
			return fail(&workbench.Fault{Reason: workbench.ReasonUnreadable, Err: err})
		case seen[sha256.Sum256([]byte(next.String()))]:
			return fail(&workbench.Fault{Reason: workbench.ReasonUnreadable, Err: errors.New("the links to next pages lead in a circle")})
		case done.Pages == maxPages:
			return fail(&workbench.Fault{Reason: workbench.ReasonUnreadable, Err: fmt.Errorf("the list has more than %d pages", maxPages)})
		}
		if p, err = c.page(ctx, next, c.attempts, nil); err != nil {
			return fail(fmt.Errorf("following Microsoft's link, which can't be made to ask for less: %w", err))
		}
	}
}

// firstPage reads the first page of a list. Where Microsoft fails on it twice with 500 or 504, or on its size, it is asked for pages of
// half the size, each once, down to one item: some record may be what it fails on, and the ones before it are wanted. All tries together
// are at most twice those of one request.
func (c *Client) firstPage(ctx context.Context, l list) (page, error) {
	left, heavy := 2*c.attempts, min(2, c.attempts)
	if l.size == 1 {
		heavy = c.attempts
	}
	for size := l.size; ; size /= 2 {
		p, err := c.page(ctx, c.below(l.path, l.query(size)), heavy, &left)
		var r *refusal
		if !errors.As(err, &r) || !r.heavy || size == 1 || left <= 0 {
			return p, err
		}
		if c.rest(ctx, 1) != nil {
			return p, ended(ctx, r.fault)
		}
		heavy = 1
	}
}

// page reads one page.
func (c *Client) page(ctx context.Context, u *url.URL, heavy int, left *int) (page, error) {
	p := page{url: u}
	got, err := c.get(ctx, question{url: u, heavy: heavy, left: left, check: func(body []byte) error {
		var err error
		p.envelope, err = readEnvelope(body)
		return err
	}})
	p.Page = Page{Body: got.body, Address: address(u), At: got.at}
	return p, err
}

// errEnough ends a probe that has found an incident.
var errEnough = errors.New("enough")

// probePages is how many empty pages a probe reads before it believes that Microsoft has no incident.
const probePages = 10

// Probe reads one incident, as proof that everything works.
func (c *Client) Probe(ctx context.Context) (Probed, error) {
	pages := 0
	done, err := c.list(ctx, list{what: "one incident", path: "security/incidents", size: 1,
		query: func(int) string { return "$top=1" }}, func(p Page) error {
		pages++
		if e, err := readEnvelope(p.Body); err != nil || e.items > 0 || pages == probePages {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return Probed{}, err
	}
	return Probed{Empty: done.Items == 0, At: done.At}, nil
}
