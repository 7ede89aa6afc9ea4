package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"workbench"
	"workbench/views/link"
)

func TestRefusedHostHasItsHeaders(t *testing.T) {
	s := newStack(t)
	for _, host := range []string{"evil.example", "", "localhost.evil", "127.0.0.1.evil", strings.Repeat("a", 60_000)} {
		r := s.do(http.MethodGet, "/stories", nil, "X-Forwarded-Host", "localhost:8080")
		if r.Code == http.StatusMisdirectedRequest {
			t.Fatal("the right host is refused")
		}
		w := s.doAs(host, "/stories")
		if w.Code != http.StatusMisdirectedRequest {
			t.Errorf("host %.40q answers %d, want 421", host, w.Code)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Request-Id"} {
			if w.Header().Get(name) == "" {
				t.Errorf("host %.40q is answered without %s", host, name)
			}
		}
	}
}

func TestReturnStaysHere(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	cases := []struct{ given, want string }{
		{"/stories?q=a%26b", "/stories?q=a%26b"},
		{"/stories/abc/alerts?alert=1#x", "/stories/abc/alerts?alert=1#x"},
		{"//evil.example", ""}, {"https://evil.example", ""}, {"/\\evil.example", ""}, {"/\t/evil.example", ""}, {"javascript:alert(1)", ""},
		{"/\v/evil.example", ""}, {"/\x00/evil.example", ""}, {"/\x1b[31m", ""}, {"/\x7f", ""}, {"/\u0085/", ""}, {"/\xff", ""}, {"/\u202e", ""}, {"/..//evil.example", ""}, {"/.//evil.example", ""},
		{"/%zz", ""}, {"stories", ""}, {"", ""}, {"/" + strings.Repeat("a", 5_000), ""},
	}
	for _, c := range cases {
		for what, w := range map[string]http.Header{
			"sign-in":  s.get("/sign-in?" + url.Values{"return": {c.given}}.Encode()).Header(),
			"settings": s.do(http.MethodPost, "/settings/display", url.Values{"return": {c.given}}).Header(),
		} {
			want := c.want
			if want == "" {
				want = link.Home()
			}
			if got := w.Get("Location"); got != want {
				t.Errorf("%s: return %.40q leads to %.60q, want %q", what, c.given, got, want)
			}
		}
	}
}

// Every link of a page repeats its address, so that a long one would be multiplied by their number.
func TestLongAddressesAreNotMultiplied(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := string(s.storyWhere(func(r workbench.Row) bool { return r.AlertCount > 3 }).ID)
	long := strings.Repeat("x,", 20_000)
	var alerts strings.Builder
	for i := range 8_000 {
		fmt.Fprintf(&alerts, "&alert=%d", i)
	}
	list, story := len(s.mustGet("/stories")), len(s.mustGet("/stories/"+id))
	for _, target := range []string{
		"/stories?columns=" + long, "/stories?" + strings.Repeat("&", 60_000), "/stories?columns=" + strings.Repeat("criticality,", 3_000),
		"/stories?owner=" + strings.Repeat("x&owner=", 5_000), "/stories?sort=" + strings.Repeat("criticality,", 3_000),
		"/stories/" + id + "?sort=-" + long, "/stories/" + id + "?show=" + long, "/stories/" + id + "?kind=" + long, "/stories/" + id + "?x" + alerts.String(),
		"/stories/" + id + "/alerts?x" + alerts.String(), "/stories/" + id + "/evidence?sort=" + long, "/stories/" + id + "?all=" + long,
	} {
		w := s.get(target)
		if most := 2*max(list, story) + 300_000; w.Body.Len() > most {
			t.Errorf("%.40s… of %d bytes makes a page of %d bytes, want at most %d", target, len(target), w.Body.Len(), most)
		}
	}
}

func TestLogLinesHoldNoControlBytes(t *testing.T) {
	s := newStack(t)
	s.over(failing{real: s.store}, s.index)
	for _, path := range []string{"/stories/%1b%5b31m", "/stories/%c2%9b2J", "/alerts/%e2%80%ae%0d%0aforged", "/%ff%00", "/sign-in?token=%1b%c2%9b", "/" + strings.Repeat("a", 50_000)} {
		s.get(path)
		s.do("FOO", path, nil)
	}
	for _, line := range strings.Split(strings.TrimSuffix(s.log.String(), "\n"), "\n") {
		if len(line) > 8_000 {
			t.Errorf("a log line of %d bytes: %.100q", len(line), line)
		}
		for _, r := range line {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0xfffd {
				t.Errorf("%U stands in a log line: %.300q", r, line)
				break
			}
		}
	}
}

func TestOtherTenantsLookExactlyAbsent(t *testing.T) {
	s := newStack(t).withSamples()
	there, absent := string(s.rows()[0].ID), strings.Repeat("a", 26)
	s.signedIn(workbench.Account{ID: "stranger", Name: "stranger", Grants: []workbench.TenantID{"00000000-0000-0000-0000-00000000ffff"}})
	for _, r := range s.routes() {
		if !strings.Contains(r.path, ":id") {
			continue
		}
		for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"Accept", "application/json"}} {
			ask := func(id string) (string, http.Header) {
				w := s.do(r.method, fill(r.path, id), url.Values{"status": {"closed"}, "comment": {"x"}, "action": {"y"}}, headers...)
				own := w.Header().Get("X-Request-Id")
				w.Header().Del("X-Request-Id")
				return strings.NewReplacer(id, "ID", own, "REQUEST").Replace(w.Body.String()), w.Header()
			}
			got, gotHeader := ask(there)
			want, wantHeader := ask(absent)
			if got != want || fmt.Sprint(gotHeader) != fmt.Sprint(wantHeader) {
				t.Errorf("%s %s %v: another tenant's story does not look absent", r.method, r.path, headers)
			}
		}
	}
}

func TestFormsOfEveryKindAreAnswered(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := string(s.rows()[0].ID)
	large := url.Values{"comment": {strings.Repeat("a", 400_000)}}
	for path, want := range map[string]int{"/stories/" + id + "/manage": 413, "/stories/" + id + "/comment": 413, "/settings/columns": 413} {
		if w := s.do(http.MethodPost, path, large); w.Code != want {
			t.Errorf("%s answers %d to a form of 400 kB, want %d", path, w.Code, want)
		}
		if w := s.do(http.MethodPost, path, url.Values{"x": {"y"}}, "Content-Type", "multipart/form-data"); w.Code != http.StatusBadRequest {
			t.Errorf("%s answers %d to a form without boundary, want 400", path, w.Code)
		}
	}
	if got := s.read(workbench.StoryID(id)); len(got.State.Actions) != 0 {
		t.Errorf("something was saved: %+v", got.State.Actions)
	}
}

func TestFirstAcceptedFormCounts(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for accept, want := range map[string]string{
		"application/json, text/csv, application/x-ndjson": "application/json", "text/csv": "text/csv", "text/html, application/json": "text/html", "*/*": "text/html", ",,;;": "text/html",
	} {
		if got := s.get("/stories", "Accept", accept).Header().Get("Content-Type"); !strings.HasPrefix(got, want) {
			t.Errorf("Accept %q gives %q, want %q", accept, got, want)
		}
	}
}

// The names of a document's fields become the heads of a table, and come from outside like everything in it.
func TestHostileFieldNamesInTables(t *testing.T) {
	s := newStack(t)
	s.load("formulas", []byte(`{"id":"f","title":"t","serviceSource":"s","evidence":[{"@odata.type":"#x","=cmd|' /c calc'!A0":"=1+1","\t@SUM(1)":"\r-1","+a\"b":"\uff1d1","__proto__":"p"}]}`))
	s.signedIn()
	id := string(s.rows()[0].ID)
	for _, tab := range []string{"raw", "evidence", "alerts", "entities", "timeline"} {
		w := s.get("/stories/" + id + "/" + tab + ".csv")
		if h := w.Header(); !strings.HasPrefix(h.Get("Content-Type"), "text/csv") || h.Get("Content-Disposition") != `attachment; filename="story-`+id+`-`+tab+`.csv"` || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s.csv comes with %v", tab, h)
		}
		records, err := csv.NewReader(w.Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			for _, cell := range record {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "\uff1d") {
					t.Errorf("%s.csv has the cell %q", tab, cell)
				}
			}
		}
	}
	hash := s.read(workbench.StoryID(id)).Raw[0].Hash.String()
	h := s.get("/stories/" + id + "/raw/" + hash).Header()
	if !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Type"), "application/json") {
		t.Errorf("a raw document comes with %v", h)
	}
}
