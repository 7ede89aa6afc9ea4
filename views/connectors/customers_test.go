package connectors_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"workbench"
	"workbench/views/connectors"
)

func TestImportedIsToldInFull(t *testing.T) {
	var rows []connectors.CustomerRow
	for i := range 300 {
		r := connectors.CustomerRow{Line: 301 - i, Name: workbench.Text("a,\"b\"\nc"), Tenant: workbench.Text("b.example")}
		switch {
		case i < 200:
			r.New, r.Link, r.Expires = true, "https://workbench.example/consent?token=x", ago(-7*day)
		case i < 299:
			r.Note = "It is here already."
		default:
			r.Problem = workbench.Text("What went wrong.")
		}
		rows = append(rows, r)
	}
	p := connectors.NewImported(connectors.ImportedInput{Rows: rows})
	if p.Said != "200 customers were added, 99 were here already, 1 line has a problem." || len(p.Rows) != 250 || p.More != 50 || p.Links != 200 {
		t.Errorf("got %q, %d rows and %d more, %d links", p.Said, len(p.Rows), p.More, p.Links)
	}
	if first := p.Rows[0]; first.Line != "2" || first.Badge.Label != "Problem" {
		t.Errorf("got %+v, want the lines in their order", first)
	}
	file, err := csv.NewReader(strings.NewReader(p.File)).ReadAll()
	if err != nil || len(file) != 300 || file[0][4] != "line 2: What went wrong." || file[299][2] != "https://workbench.example/consent?token=x" || file[299][3] != "2026-11-29T12:00:00Z" || file[299][0] != "a,\"b\"\nc" {
		t.Errorf("got %d lines, %v", len(file), err)
	}
}

func TestCustomersBeforeTheImport(t *testing.T) {
	var found, mistakes []connectors.CustomerRow
	for i := range 300 {
		found, mistakes = append(found, connectors.CustomerRow{Line: i + 2}), append(mistakes, connectors.CustomerRow{Line: i + 400})
	}
	p := connectors.NewCustomers(connectors.CustomersInput{Checked: true, Found: found, Mistakes: mistakes[:1]})
	if p.Said != "300 customers can be imported. 1 line can't; the others do not wait for them." || p.Import != "Import 300 customers" || len(p.Rows) != 20 || p.More != 280 || p.Further != 0 {
		t.Errorf("got %q, %q, %d and %d more", p.Said, p.Import, len(p.Rows), p.More)
	}
	p = connectors.NewCustomers(connectors.CustomersInput{Checked: true, Mistakes: mistakes})
	if p.Import != "" || len(p.Mistakes) != 200 || p.Further != 100 {
		t.Errorf("got %q, %d and %d more", p.Import, len(p.Mistakes), p.Further)
	}
}
