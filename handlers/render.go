package handlers

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"workbench"
)

// wantsPartial reports whether the client will swap our answer into part of a page.
func wantsPartial(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Boosted") != "true" && r.Header.Get("HX-History-Restore-Request") != "true"
}

// show answers with a page, or with its partial where the client asks for one. It renders before it sends: a failed render is a clean error.
func (s *Server) show(c echo.Context, code int, page, partial templ.Component) error {
	varyPartial(c)
	if partial != nil && wantsPartial(c.Request()) {
		page = partial
	}
	return s.render(c, code, page)
}

func varyPartial(c echo.Context) {
	c.Response().Header().Add("Vary", "HX-Request, HX-Boosted, HX-History-Restore-Request")
}

func (s *Server) render(c echo.Context, code int, component templ.Component) error {
	body := s.buffer()
	defer s.done(body)
	page, err := s.markup(c, component, body)
	if err != nil {
		return err
	}
	return send(c, code, echo.MIMETextHTMLCharsetUTF8, page)
}

// buffer is an empty buffer for an answer, until it is done with.
func (s *Server) buffer() *bytes.Buffer {
	if b, ok := s.buffers.Get().(*bytes.Buffer); ok {
		b.Reset()
		return b
	}
	return new(bytes.Buffer)
}

// mostBuffered is the capacity of the largest buffer that is used again.
const mostBuffered = 4 << 20

func (s *Server) done(b *bytes.Buffer) {
	if b.Cap() <= mostBuffered {
		s.buffers.Put(b)
	}
}

// markup renders a page or a part of one into a buffer, with the addresses as they are outside. It stays good for as long as the buffer.
func (s *Server) markup(c echo.Context, component templ.Component, body *bytes.Buffer) ([]byte, error) {
	if err := component.Render(c.Request().Context(), body); err != nil {
		return nil, err
	}
	if prefix := strings.TrimSuffix(s.BaseURL.Path, "/"); prefix != "" {
		return prefixed(body.Bytes(), prefix)
	}
	return body.Bytes(), nil
}

// send writes a ready answer.
func send(c echo.Context, code int, contentType string, body []byte) error {
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(code, contentType, body)
}

// unchanged says that the browser has the answer already.
func unchanged(c echo.Context, tag string) error {
	c.Response().Header().Set("ETag", tag)
	return c.NoContent(http.StatusNotModified)
}

// cacheList lets a browser keep a list and ask whether it is still true.
const cacheList = "private, no-cache"

// writeJSON answers with JSON without HTML escaping.
func writeJSON(c echo.Context, code int, v any) error {
	body, err := marshal(v)
	if err != nil {
		return err
	}
	return send(c, code, echo.MIMEApplicationJSON, body)
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// writeCSV answers with a table as RFC 4180 text, cells made safe for spreadsheets.
func writeCSV(c echo.Context, name string, t workbench.Table) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	line := make([]string, len(t.Columns))
	write := func(cells []workbench.Untrusted) error {
		for i, cell := range cells {
			line[i] = workbench.CSVCell(cell.Raw())
		}
		return w.Write(line)
	}
	if err := write(t.Columns); err != nil {
		return err
	}
	for _, row := range t.Rows {
		if err := write(row); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	return send(c, http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}
