package main

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// person is somebody at a browser: it goes where links, forms and redirects lead, and keeps every page that it saw.
type person struct {
	t      *testing.T
	client *http.Client
	seen   []page
}

// page is an answer.
type page struct {
	t      *testing.T
	at     *url.URL // where redirects led
	code   int
	header http.Header
	body   string
	doc    *html.Node
}

// newPerson opens a browser. A nil transport is a plain one.
func newPerson(t *testing.T, transport http.RoundTripper) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, client: &http.Client{Jar: jar, Transport: transport, Timeout: 5 * time.Minute}}
}

func (p *person) do(method, address, kind string, body io.Reader) page {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, address, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	pg := page{t: p.t, at: answer.Request.URL, code: answer.StatusCode, header: answer.Header, body: string(text)}
	if pg.doc, err = html.Parse(strings.NewReader(pg.body)); err != nil {
		p.t.Fatal(err)
	}
	p.seen = append(p.seen, pg)
	return pg
}

func (p *person) get(address string) page {
	p.t.Helper()
	return p.do(http.MethodGet, address, "", nil)
}

func (p *person) post(address string, form url.Values) page {
	p.t.Helper()
	return p.do(http.MethodPost, address, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload sends one file, as a form does.
func (p *person) upload(address, field string, content []byte) page {
	p.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, field+".cer")
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do(http.MethodPost, address, form.FormDataContentType(), &body)
}

// until looks again at each event of a workbench, and now and then, until it is so.
func (p *person) until(base, what string, so func() bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/events", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		p.t.Fatalf("events come as %q", kind)
	}
	news := make(chan struct{}, 1)
	go func() {
		piece := make([]byte, 4<<10)
		for {
			if _, err := answer.Body.Read(piece); err != nil {
				return
			}
			select {
			case news <- struct{}{}:
			default:
			}
		}
	}()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-news:
		case <-again.C:
		case <-ctx.Done():
			p.t.Fatalf("still not so: %s. Last seen: %.1000s", what, p.seen[len(p.seen)-1].words())
		}
	}
}

// each calls f with the elements of a page, in order.
func (pg page) each(f func(*html.Node)) {
	for n := range pg.doc.Descendants() {
		if n.Type == html.ElementNode {
			f(n)
		}
	}
}

// form finds the form with the button of this name: where it leads and what it already holds.
func (pg page) form(button string) (string, url.Values) {
	pg.t.Helper()
	var action string
	var fields url.Values
	pg.each(func(n *html.Node) {
		if n.Data != "form" || fields != nil {
			return
		}
		holds, pressed := url.Values{}, false
		for c := range n.Descendants() {
			switch {
			case c.Data == "button" && strings.HasPrefix(words(c), button):
				pressed = true
			case c.Data == "input" && attribute(c, "type") == "hidden":
				holds.Set(attribute(c, "name"), attribute(c, "value"))
			}
		}
		if pressed {
			action, fields = pg.resolve(attribute(n, "action")), holds
		}
	})
	if fields == nil {
		pg.t.Fatalf("no form of %s has a button %q: %.1500s", pg.at, button, pg.words())
	}
	return action, fields
}

// resolve is an address of the page, complete.
func (pg page) resolve(address string) string {
	u, err := pg.at.Parse(address)
	if err != nil {
		pg.t.Fatal(err)
	}
	return u.String()
}

// refresh is where the page leads by itself, "" where it leads nowhere else.
func (pg page) refresh() string {
	_, to, ok := strings.Cut(pg.header.Get("Refresh"), "url=")
	if !ok {
		return ""
	}
	return pg.resolve(to)
}

// words is the text of the page.
func (pg page) words() string { return words(pg.doc) }

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
