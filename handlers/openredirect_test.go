package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/views/link"
)

// scheme is how an absolute address begins. Browsers read some of them as relative ("http:x" on a page of http); none is let through here.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// leaves reports whether some browser that is sent to an address might leave the host. Browsers cut control characters and spaces from both
// ends, drop tabs and line ends wherever they stand, and take a backslash for a slash. They decode nothing; a path that begins with two
// slashes once it is decoded is refused all the same.
func leaves(address string) bool {
	address = strings.TrimFunc(address, func(r rune) bool { return r <= ' ' })
	address = strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(address)
	path, _, _ := strings.Cut(address, "#")
	path, _, _ = strings.Cut(path, "?")
	decoded, err := url.PathUnescape(path)
	return err != nil || scheme.MatchString(address) || !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.HasPrefix(decoded, "//") ||
		strings.ContainsFunc(decoded, func(r rune) bool { return r < ' ' || r == 0x7F })
}

// forms are addresses by which a page might be made to send its reader elsewhere: each way to begin, with each host and each tail.
func forms() []string {
	begins := []string{"//", "///", "////", "/\\", "\\\\", "\\/", "/\t/", "/\n/", "/\r/", "/\v/", "/\f/", "/\x00/", "/\u00a0/", "/\u2028/", "\t//", " //", "\u3000//", "\x00//", "\ufeff//", "/ /", "/./\\", "/.//", "/..//",
		"/%2f", "/%2F", "/%5c", "/%5C", "%2f%2f", "%5c%5c", "/%09/", "/%0a/", "/%0d%0aLocation:%20//", "/\r\nLocation: //", "/%252f", "/stories/..//", "/stories/%2e%2e//", "/stories/..%2f%2f", "/;//", "/?//", "/#//", "/stories?return=//", "/@", "//x@", "//x:y@", "/\u2215/", "/\uff0f",
		"http://", "https://", "HTTPS://", "http:", "https:", "https:/", "https:///", "https:\\\\", "ht\ttps://", "\x01https://", "//\\", "\\\\/", "javascript:alert(1)//", "JaVaScRiPt:alert(1)//", "java\nscript:alert(1)//", "data:text/html,", "vbscript:", "file://", "ftp://", "blob:https://", "view-source:https://", "mailto:x@",
		"/%E2%80%AE/", "/\u202e/", "/\xff/", "/\xc0\xaf"}
	var all []string
	for _, begin := range begins {
		for _, host := range []string{"evil.example", "2130706433", "[::ffff:127.0.0.1]/", "evil.example%23@localhost:8080/stories"} {
			all = append(all, begin+host)
		}
	}
	return append(all, "", ".", "..", "evil.example", "stories", "?q=1", "#x", "/%zz", "/%", strings.Repeat("/", 100), "/"+strings.Repeat("a", 5_000), "/"+strings.Repeat("../", 100)+"/evil.example")
}

func TestNoFormOfReturnLeavesTheWorkbench(t *testing.T) {
	for _, bad := range []string{"", "//e", "https://e", "/\\e", "/\t/e", "javascript:x", "/%2fe", "/%2F/e", " //e", "\x01//e", "/%zz", "e", "/%0a/e"} {
		if !leaves(bad) {
			t.Fatalf("the judge lets %q through", bad)
		}
	}
	for _, good := range []string{"/", "/stories?q=%2F%2Fa//b", "/stories/abc/alerts#//x"} {
		if leaves(good) {
			t.Fatalf("the judge refuses %q", good)
		}
	}
	list := forms()
	if len(list) < 200 {
		t.Fatalf("only %d forms", len(list))
	}
	s, f := withConnectors(t, workbench.AdministratorRole)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusConnected, "")
	followed := 0
	for _, given := range list {
		for what, w := range map[string]*httptest.ResponseRecorder{
			"sign-in":  s.get("/sign-in?" + url.Values{"return": {given}}.Encode()),
			"settings": s.do(http.MethodPost, "/settings/display", url.Values{"return": {given}}),
			"test":     s.do(http.MethodPost, "/connectors/connector1/test", url.Values{"back": {given}}),
			"callback": s.get("/connectors/callback?" + url.Values{"state": {"x"}, "return": {given}, "redirect_uri": {given}, "back": {given}}.Encode()),
		} {
			to := w.Header().Get("Location")
			if w.Header().Get("Refresh") != "" || (w.Code == http.StatusSeeOther) != (to != "") {
				t.Errorf("%s: %q answers %d with Location %q and Refresh %q", what, given, w.Code, to, w.Header().Get("Refresh"))
			}
			if to == "" {
				continue
			}
			followed++
			if leaves(to) {
				t.Errorf("%s: %.80q leads to %.80q, which a browser may read as another place", what, given, to)
			}
		}
	}
	if followed < 3*len(list) {
		t.Errorf("only %d of %d answers lead anywhere: the test tells too little", followed, 3*len(list))
	}
	s.cookie = nil
	for _, given := range list { // what a person who has to sign in first is sent back to afterwards
		w := s.do(http.MethodPost, "/sign-in", url.Values{"name": {"nobody"}, "password": {"wrong"}, "return": {given}})
		for _, form := range elements(mustParse(t, w.Body.String()), func(n *html.Node) bool { return n.Data == "input" && attribute(n, "name") == "return" }) {
			if to := attribute(form, "value"); to != "" && leaves(to) {
				t.Errorf("the page to sign in keeps %.80q as %.80q", given, to)
			}
		}
	}
}

func FuzzReturn(f *testing.F) {
	s := newStack(f).signedIn()
	for _, given := range forms() {
		f.Add(given)
	}
	f.Fuzz(func(t *testing.T, given string) {
		r := httptest.NewRequest(http.MethodGet, "/sign-in", nil)
		r.Host, r.URL.RawQuery = "localhost:8080", url.Values{"return": {given}}.Encode()
		r.AddCookie(s.cookie)
		w := httptest.NewRecorder()
		s.server.ServeHTTP(w, r)
		switch to := w.Header().Get("Location"); {
		case w.Code == http.StatusRequestURITooLong && len(given) > 1_000:
		case w.Code != http.StatusSeeOther || leaves(to):
			t.Fatalf("%q answers %d and leads to %q", given, w.Code, to)
		}
		if u, err := url.Parse(given); link.Local(given) && err == nil && u.Host != "" {
			t.Fatalf("%q passes for local, and names the host %q", given, u.Host)
		}
	})
}

func TestOneOfManyAnswersIsAccepted(t *testing.T) {
	m := newSimulated(t)
	between := m.mustSend("/connectors", m.form("connectors"))
	if _, err := m.app.UploadCertificate([]byte(m.mustGet(leads(t, m.mustGet(between), "Download certificate")))); err != nil {
		t.Fatal(err)
	}
	m.later(5 * time.Second)
	back := m.atMicrosoft(between, globalAdministrator, "accept")
	codes := make([]int, 100)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			r := httptest.NewRequest(http.MethodGet, back, nil)
			r.Host = "localhost:8080"
			r.AddCookie(m.cookie)
			w := httptest.NewRecorder()
			m.server.ServeHTTP(w, r)
			codes[i] = w.Code
		})
	}
	all.Wait()
	count := map[int]int{}
	for _, code := range codes {
		count[code]++
	}
	if count[http.StatusOK] != 1 || count[http.StatusNotFound] != 99 {
		t.Errorf("100 uses of one answer at once: got %v, want one 200 and 99 times 404", count)
	}
	if got := rowOf(t, m.mustGet("/connectors"), "contoso-m365"); !strings.Contains(got, "Connected") {
		t.Errorf("afterwards the row says %q", got)
	}
	entries, err := m.store.AuditTrail(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	authorised := 0
	for _, e := range entries {
		if strings.HasPrefix(e.What, "authorised") {
			authorised++
		}
	}
	if authorised != 1 {
		t.Errorf("the audit trail has %d authorisations, want 1", authorised)
	}
}
