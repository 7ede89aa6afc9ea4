package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"net/http"
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
	c.Response().Header().Add("Vary", "HX-Request, HX-Boosted, HX-History-Restore-Request")
	if partial != nil && wantsPartial(c.Request()) {
		page = partial
	}
	return s.render(c, code, page)
}

func (s *Server) render(c echo.Context, code int, component templ.Component) error {
	var body bytes.Buffer
	if err := component.Render(c.Request().Context(), &body); err != nil {
		return err
	}
	page := body.Bytes()
	if prefix := strings.TrimSuffix(s.BaseURL.Path, "/"); prefix != "" {
		var err error
		if page, err = prefixed(page, prefix); err != nil {
			return err
		}
	}
	return send(c, code, echo.MIMETextHTMLCharsetUTF8, page)
}

// send writes a ready answer. Where the answer may be kept by the browser, it carries a tag, and an unchanged one is not sent again.
func send(c echo.Context, code int, contentType string, body []byte) error {
	h := c.Response().Header()
	if h.Get("Cache-Control") == cacheList && code == http.StatusOK {
		sum := sha256.Sum256(body)
		tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
		h.Set("ETag", tag)
		if strings.Contains(c.Request().Header.Get("If-None-Match"), tag) {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.Blob(code, contentType, body)
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
