package handlers

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/views/connectors"
	"workbench/views/link"
)

// importFor is how long an import may take, so that its answer, which shows its links this once, always comes.
const importFor = 8 * time.Minute

// maxImport and maxLinks are the largest request bodies of an import and of what became of one.
const (
	maxImport = connect.MaxCustomersSize + 64<<10
	maxLinks  = 4 << 20
)

// maxBody is the largest request body that a route takes.
func maxBody(path string) int64 {
	switch path {
	case link.Customers():
		return maxImport
	case link.CustomerLinks():
		return maxLinks
	}
	return maxForm
}

// errNotAll is for accounts that do not see every tenant.
var errNotAll = echo.NewHTTPError(http.StatusForbidden, "Only an account that sees every tenant may connect others. Ask whoever runs the workbench.")

// customersForm is the page on which a list of tenants is imported.
func (s *Server) customersForm(c echo.Context) error {
	return s.showCustomers(c, http.StatusOK, connectors.CustomersInput{Products: workbench.ConnectorKinds[1:3]})
}

func (s *Server) showCustomers(c echo.Context, code int, in connectors.CustomersInput) error {
	if !who(c).AllGrants {
		return errNotAll
	}
	may, err := s.connectorChoices(c)
	if err != nil {
		return err
	}
	in.Layout, in.Shared = s.connectorProps(c), may.Shared
	return s.render(c, code, connectors.CustomersPage(connectors.NewCustomers(in)))
}

// customersImport reads a list and says what is wrong with it, or imports it and shows the links.
func (s *Server) customersImport(c echo.Context) error {
	if !who(c).AllGrants {
		return errNotAll
	}
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	list, err := customerList(c)
	if err != nil {
		return err
	}
	in := connectors.CustomersInput{List: list, Chosen: workbench.RegistrationID(entered(c, connectors.FieldShared)), Days: entered(c, connectors.FieldBackfillDays), Fresh: form.Get(connectors.FieldFresh) != ""}
	for _, kind := range workbench.ConnectorKinds {
		for _, value := range form[connectors.FieldProducts] {
			if string(kind) == value && kind.Child() {
				in.Products = append(in.Products, kind)
			}
		}
	}
	days, err := daysForm(c)
	fields, wrong := correctable(err, connectors.FieldBackfillDays)
	customers, err := connect.ParseCustomers(strings.NewReader(list))
	var mistakes connect.Mistakes
	if !errors.As(err, &mistakes) && err != nil {
		more, ok := correctable(err, connectors.FieldList)
		if !ok {
			return err
		}
		fields, wrong = both(fields, more), true
	}
	for _, m := range mistakes {
		in.Mistakes = append(in.Mistakes, connectors.CustomerRow{Line: m.Line, Problem: workbench.Text(m.Sentence)})
	}
	for _, one := range customers {
		in.Found = append(in.Found, connectors.CustomerRow{Line: one.Line, Name: workbench.Text(one.Name), Tenant: workbench.Text(one.Tenant), Products: one.Products, Days: one.Days})
	}
	if in.Errors = fields; wrong {
		return s.showCustomers(c, http.StatusUnprocessableEntity, in)
	}
	if form.Get(connectors.FieldWhat) != connectors.WhatImport {
		in.Checked = true
		return s.showCustomers(c, http.StatusOK, in)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), importFor)
	defer cancel()
	imported, err := s.Connect.ImportCustomers(ctx, by, connect.CustomerImport{Shared: in.Chosen, Products: in.Products, Days: days, Fresh: in.Fresh, Customers: customers})
	if err != nil {
		var ok bool
		if in.Errors, ok = correctable(err, connectors.FieldList); !ok {
			return err
		}
		return s.showCustomers(c, http.StatusUnprocessableEntity, in)
	}
	return s.render(c, http.StatusOK, connectors.ImportedPage(connectors.NewImported(connectors.ImportedInput{Layout: s.connectorProps(c), Rows: append(s.importedRows(imported), in.Mistakes...)})))
}

// both are the sentences of two forms beside the fields.
func both(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range []map[string]string{a, b} {
		for field, sentence := range m {
			out[field] = sentence
		}
	}
	return out
}

// customerList is the list that was sent: the file where there is one, else what was pasted.
func customerList(c echo.Context) (string, error) {
	header, err := c.FormFile(connectors.FieldFile)
	if err != nil || header.Size == 0 {
		return c.FormValue(connectors.FieldList), nil // none was chosen
	}
	file, err := header.Open()
	if err != nil {
		return "", formError(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file) // no larger than maxImport
	if err != nil {
		return "", formError(err)
	}
	return string(text), nil
}

// importedRows are what pages show of an import.
func (s *Server) importedRows(list []connect.Imported) []connectors.CustomerRow {
	var rows []connectors.CustomerRow
	for _, one := range list {
		r := connectors.CustomerRow{Line: one.Line, Name: workbench.Text(one.Name), Tenant: workbench.Text(one.Tenant), Connector: one.Connector, New: one.New, Note: one.Note, Problem: workbench.Text(one.Problem)}
		if one.Secret != "" {
			r.Link, r.Expires = s.consentAddress(one.Secret), one.Link.Expires
		}
		rows = append(rows, r)
	}
	return rows
}

// customersLinks answers what became of an import, as the page that shows it posts it, as a file: nothing of it is kept here.
func (s *Server) customersLinks(c echo.Context) error {
	if !who(c).AllGrants {
		return errNotAll
	}
	if _, err := c.FormParams(); err != nil {
		return formError(err)
	}
	r := csv.NewReader(strings.NewReader(c.FormValue(connectors.FieldList)))
	r.FieldsPerRecord = len(connectors.LinkColumns)
	records, err := r.ReadAll()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "This is not what the page of an import holds. Open the page again, and import the list once more with fresh links where its links are lost.").SetInternal(err)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="consent-links-`+s.Now().UTC().Format(time.DateOnly)+`.csv"`)
	c.Response().WriteHeader(http.StatusOK)
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	if err := w.Write(connectors.LinkColumns); err != nil {
		panic(http.ErrAbortHandler)
	}
	for _, record := range records {
		for i := range record {
			record[i] = workbench.CSVCell(record[i])
		}
		if err := w.Write(record); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if w.Flush(); w.Error() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
