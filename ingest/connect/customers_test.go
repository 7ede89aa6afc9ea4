package connect_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/connect"
)

const (
	mde = workbench.DefenderEndpoint
	mdo = workbench.DefenderOffice365
)

func TestParseCustomers(t *testing.T) {
	type customers = []connect.Customer
	kinds := func(k ...workbench.ConnectorKind) []workbench.ConnectorKind { return k }
	for name, c := range map[string]struct {
		list     string
		want     customers
		mistakes map[int]string // part of the sentence by line
		refused  string         // part of the sentence about the whole list
	}{
		"plain":             {"name,tenant\nContoso,contoso.com\n", customers{{2, "Contoso", "contoso.com", nil, 0}}, nil, ""},
		"all columns":       {"Days, Tenant ,PRODUCTS,Name\n90,Fabrikam.COM,endpoint office365,Fabrikam", customers{{2, "Fabrikam", "fabrikam.com", kinds(mde, mdo), 90}}, nil, ""},
		"spreadsheet":       {"\ufeffName;Tenant;Products\r\nContoso;contoso.com;MDE\r\nFabrikam;fabrikam.com;Other|DefenderForEndpoint\r\n;;\r\n", customers{{3, "Fabrikam", "fabrikam.com", kinds(workbench.DefenderOther, mde), 0}}, map[int]string{2: "“mde” is no product"}, ""},
		"says its own":      {"sep=;\nname;tenant\nA, B & C;contoso.com", customers{{3, "A, B & C", "contoso.com", nil, 0}}, nil, ""},
		"pasted":            {"name\ttenant\nContoso\tcontoso.com\n", customers{{2, "Contoso", "contoso.com", nil, 0}}, nil, ""},
		"quoted":            {"name,tenant\n\"Contoso, Ltd\",contoso.com\n", customers{{2, "Contoso, Ltd", "contoso.com", nil, 0}}, nil, ""},
		"id":                {"tenant,name\n72F988BF-86F1-41AF-91AB-2D7CD011DB47,M", customers{{2, "M", "72f988bf-86f1-41af-91ab-2d7cd011db47", nil, 0}}, nil, ""},
		"further columns":   {"name,link,tenant\nContoso,https://x,contoso.com", customers{{2, "Contoso", "contoso.com", nil, 0}}, nil, ""},
		"old line ends":     {"name,tenant\rContoso,contoso.com\rFabrikam,fabrikam.com", customers{{2, "Contoso", "contoso.com", nil, 0}, {3, "Fabrikam", "fabrikam.com", nil, 0}}, nil, ""},
		"quotation mark":    {"name,tenant\n\"Contoso,contoso.com\nFabrikam,fabrikam.com", customers{{3, "Fabrikam", "fabrikam.com", nil, 0}}, map[int]string{2: "quotation mark"}, ""},
		"short line":        {"name,tenant\nContoso\nFabrikam,fabrikam.com", customers{{3, "Fabrikam", "fabrikam.com", nil, 0}}, map[int]string{2: "tenant id"}, ""},
		"twice":             {"name,tenant\nContoso,contoso.com\nCONTOSO,fabrikam.com\nOther,Contoso.com", customers{{2, "Contoso", "contoso.com", nil, 0}}, map[int]string{3: "name is that of line 2", 4: "tenant is that of line 2"}, ""},
		"no name":           {"name,tenant\n,contoso.com", nil, map[int]string{2: "1 to 64 visible characters"}, ""},
		"hidden characters": {"name,tenant\nCon\u202etoso,contoso.com", nil, map[int]string{2: "visible characters"}, ""},
		"address":           {"name,tenant\nContoso,https://contoso.com/", nil, map[int]string{2: "tenant id"}, ""},
		"days":              {"name,tenant,days\nA,a.com,0\nB,b.com,181\nC,c.com,many\nD,d.com,180", customers{{5, "D", "d.com", nil, 180}}, map[int]string{2: "1 to 180", 3: "1 to 180", 4: "1 to 180"}, ""},
		"Latin-1":           {"name,tenant\nM\xfcller,mueller.de\nB,b.com", customers{{3, "B", "b.com", nil, 0}}, map[int]string{2: "UTF-8"}, ""},
		"UTF-16":            {"\xff\xfen\x00a\x00", nil, nil, "UTF-8"},
		"nothing":           {"", nil, nil, "no customer"},
		"head alone":        {"name,tenant\n\n", nil, nil, "no customer"},
		"no head":           {"Contoso,contoso.com", nil, nil, "name is not among them"},
		"no tenant":         {"name,domain\nContoso,contoso.com", nil, nil, "tenant is not among them"},
		"column twice":      {"name,tenant,name\nContoso,contoso.com,x", nil, nil, "twice"},
		"broken head":       {"name,\"tenant\nContoso,contoso.com", nil, nil, "first line"},
		"too long":          {"name,tenant\n" + strings.Repeat("x", connect.MaxCustomersSize), nil, nil, "1 MiB"},
		"too many":          {"name,tenant\n" + strings.Repeat("x,x\n", connect.MaxCustomers+1), nil, nil, "5,000"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := connect.ParseCustomers(strings.NewReader(c.list))
			var bad *workbench.Invalid
			if errors.As(err, &bad) != (c.refused != "") || c.refused != "" && !strings.Contains(bad.Fields["list"], c.refused) {
				t.Fatalf("got %v, want a refusal that says %q", err, c.refused)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			var mistakes connect.Mistakes
			if errors.As(err, &mistakes); len(mistakes) != len(c.mistakes) {
				t.Fatalf("got %v, want %v", mistakes, c.mistakes)
			}
			for _, m := range mistakes {
				if want := c.mistakes[m.Line]; want == "" || !strings.Contains(m.Sentence, want) {
					t.Errorf("line %d: got %q, want %q", m.Line, m.Sentence, want)
				}
			}
		})
	}
}

func FuzzParseCustomers(f *testing.F) {
	for _, seed := range []string{"name,tenant\nContoso,contoso.com", "\ufeffsep=;\r\nTenant;Name;Days;Products\r\ncontoso.com;\"A;\"\"B\";30;endpoint\r\n", "name\ttenant\n\"\t\n\xff\t\xff", "name,tenant\na,b.c\nA,b.d\nd,B.C"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, list []byte) {
		got, err := connect.ParseCustomers(strings.NewReader(string(list)))
		var mistakes connect.Mistakes
		var bad *workbench.Invalid
		if errors.As(err, &mistakes); err != nil && len(mistakes) == 0 && (!errors.As(err, &bad) || len(got) > 0) {
			t.Fatalf("got %d customers and %v", len(got), err)
		}
		if err == nil && len(got) == 0 {
			t.Fatal("a list without customers is no mistake")
		}
		var again strings.Builder
		w := csv.NewWriter(&again)
		w.Write([]string{"name", "tenant", "products", "days"})
		lines, tenants := map[int]bool{}, map[string]bool{}
		for _, m := range mistakes {
			if lines[m.Line] || m.Line < 2 || m.Sentence == "" || !utf8.ValidString(m.Sentence) {
				t.Fatalf("mistake %+v", m)
			}
			lines[m.Line] = true
		}
		for i, c := range got {
			if lines[c.Line] || c.Line < 2 || tenants[c.Tenant] || i > 0 && c.Line <= got[i-1].Line {
				t.Fatalf("customer %+v after %+v", c, got[:i])
			}
			lines[c.Line], tenants[c.Tenant] = true, true
			if err := (workbench.Connector{Kind: workbench.Microsoft365, Name: c.Name, Products: c.Products, BackfillDays: max(c.Days, 1)}).Check(); err != nil {
				t.Fatalf("%+v: %v", c, err)
			}
			var words []string
			for _, k := range c.Products {
				words = append(words, string(k))
			}
			days := ""
			if c.Days > 0 {
				days = strconv.Itoa(c.Days)
			}
			w.Write([]string{c.Name, c.Tenant, strings.Join(words, " "), days})
		}
		if w.Flush(); len(got) == 0 {
			return
		}
		back, err := connect.ParseCustomers(strings.NewReader(again.String()))
		for i := range back {
			back[i].Line = got[i].Line
		}
		if diff := cmp.Diff(got, back); diff != "" || err != nil {
			t.Fatalf("written as CSV they are read as others: %v\n%s", err, diff)
		}
	})
}

func TestMistakesSayTheFirst(t *testing.T) {
	if got := (connect.Mistakes{{3, "Its name is that of line 2."}, {4, "x"}}).Error(); got != "2 lines can't be used, the first of them line 3: Its name is that of line 2." {
		t.Errorf("got %q", got)
	}
}

// customersOf are lines of a list.
func customersOf(tenants ...string) []connect.Customer {
	var list []connect.Customer
	for i, tenant := range tenants {
		list = append(list, connect.Customer{Line: i + 2, Name: fmt.Sprint("Customer ", i+1), Tenant: tenant})
	}
	return list
}

func (w *world) imports(form connect.CustomerImport) []connect.Imported {
	w.t.Helper()
	out, err := w.service.ImportCustomers(w.t.Context(), w.by, form)
	if err != nil {
		w.t.Fatalf("ImportCustomers: %v", err)
	}
	return out
}

func kindsUnder(w *world, parent workbench.ConnectorID) []workbench.ConnectorKind {
	w.t.Helper()
	states, err := w.service.States(w.t.Context(), workbench.EveryTenant())
	if err != nil {
		w.t.Fatal(err)
	}
	var kinds []workbench.ConnectorKind
	for _, st := range states {
		if st.Connector.Parent == parent {
			kinds = append(kinds, st.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}
