package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"workbench"
	"workbench/views/link"
	"workbench/views/stories"
)

// as signs in as another account, made where it is not there yet.
func (s *stack) as(id workbench.AccountID, role workbench.Role) *stack {
	s.t.Helper()
	return s.signedIn(workbench.Account{ID: id, Name: string(id), Role: role, Grants: []workbench.TenantID{}, AllGrants: true})
}

func (s *stack) post(path string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(http.MethodPost, path, form)
}

// kept is what is kept of a view of an account.
func (s *stack) kept(account workbench.AccountID, name string) workbench.View {
	s.t.Helper()
	list, err := s.store.Views(s.t.Context(), account)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, v := range list {
		if v.Name == name {
			return v
		}
	}
	return workbench.View{}
}

// saveView saves a view by the form of the list.
func (s *stack) saveView(account workbench.AccountID, name, query string) workbench.View {
	s.t.Helper()
	if w := s.post("/views", url.Values{stories.FormName: {name}, stories.FormFilters: {query}}); w.Code != http.StatusSeeOther {
		s.t.Fatalf("saving the view %s answers %d: %.300s", name, w.Code, w.Body)
	}
	return s.kept(account, name)
}

func TestSavedViewOpensItsList(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	w := s.post("/views", url.Values{stories.FormName: {"  Night shift "}, stories.FormFilters: {"criticality=7..10&status=!closed&limit=200&after=x&base=open&sort=-criticality"}})
	v := s.kept("vera", "Night shift")
	if v.Query != "criticality=7..10&sort=-criticality&status=%21closed" || v.Shared || v.Revision != 1 || v.Owner != "vera" {
		t.Fatalf("kept %+v", v)
	}
	want := "/stories?base=" + string(v.ID) + "&" + v.Query
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Errorf("saving answers %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	if w := s.get("/stories?view=" + string(v.ID)); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Errorf("opening answers %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	if got, want := s.list("?view="+string(v.ID)).Total, s.list("?"+v.Query).Total; got != want || got == 0 {
		t.Errorf("the view has %d stories as JSON, its query %d", got, want)
	}
	if page := s.mustGet(want); !strings.Contains(page, "Night shift") || strings.Contains(page, `class="view-changed"`) {
		t.Error("the page does not say which view it shows, or says that it is changed")
	}
	if page := s.mustGet(want + "&severity=high"); !strings.Contains(page, `class="view-changed"`) {
		t.Error("the page does not say that the view is changed")
	}
}

func TestAddressGoesBeforeItsView(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	v := s.saveView("vera", "Urgent", "criticality=7..10&status=!closed")
	for query, want := range map[string]string{
		"severity=high":        "criticality=7..10&severity=high&status=!closed",
		"criticality=1..3":     "criticality=1..3&status=!closed",
		"criticality=":         "status=!closed",
		"status=&criticality=": "",
	} {
		if got, want := s.list("?view="+string(v.ID)+"&"+query).Total, s.list("?"+want).Total; got != want {
			t.Errorf("the view with %q has %d stories, want %d", query, got, want)
		}
	}
	for _, path := range []string{"/stories?view=nothing", "/stories.json?view=nothing", "/stories.csv?view=" + strings.Repeat("a", 26), "/stories/news.json?since=0&view=nothing"} {
		if w := s.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, w.Code)
		}
	}
	if w := s.get("/stories?view=open&view=all"); w.Code != http.StatusBadRequest {
		t.Errorf("two views answer %d, want 400", w.Code)
	}
	if w := s.get("/stories/news.json?since=0&view=" + string(v.ID)); w.Code != http.StatusOK {
		t.Errorf("news of a view answer %d", w.Code)
	}
}

func TestSharedViewIsSeenAndNotChanged(t *testing.T) {
	s := newStack(t).withSamples().as("anna", workbench.Analyst)
	v := s.saveView("anna", "Week 47", "severity=high")
	hidden := s.saveView("anna", "Hers alone", "severity=low")
	if w := s.post(link.ActOnView(v.ID, link.ShareView), url.Values{stories.FormRevision: {"1"}}); w.Code != http.StatusSeeOther || !s.kept("anna", "Week 47").Shared {
		t.Fatalf("sharing answers %d: %.300s", w.Code, w.Body)
	}
	s.as("vera", workbench.Viewer)
	page := s.mustGet("/stories")
	if !strings.Contains(page, "Week 47") || strings.Contains(page, "Hers alone") || strings.Contains(page, string(hidden.ID)) {
		t.Error("the menu does not have the shared view, or has the other")
	}
	if body := s.mustGet("/views.json"); strings.Contains(body, "Hers alone") {
		t.Error("the data of views tells of somebody else's own")
	}
	if w := s.get("/stories?view=" + string(v.ID)); w.Code != http.StatusSeeOther {
		t.Errorf("the shared view answers %d", w.Code)
	}
	for _, action := range []string{link.SaveView, link.RenameView, link.UnshareView, link.DeleteView} {
		form := url.Values{stories.FormRevision: {"2"}, stories.FormName: {"Mine now"}}
		shared, foreign, unknown := s.post(link.ActOnView(v.ID, action), form), s.post(link.ActOnView(hidden.ID, action), form), s.post(link.ActOnView("nothing", action), form)
		if shared.Code != http.StatusForbidden || foreign.Code != http.StatusNotFound || unknown.Code != http.StatusNotFound {
			t.Errorf("%s: a shared view answers %d, somebody's own %d, none %d; want 403, 404, 404", action, shared.Code, foreign.Code, unknown.Code)
		}
		if strings.Contains(foreign.Body.String(), "Hers alone") {
			t.Errorf("%s tells of somebody else's view", action)
		}
	}
	if got := s.kept("anna", "Week 47"); got.Revision != 2 || !got.Shared {
		t.Errorf("the view became %+v", got)
	}
	if w := s.get("/stories?view=" + string(hidden.ID)); w.Code != http.StatusNotFound {
		t.Errorf("somebody's own view answers %d, want 404", w.Code)
	}
	page = s.mustGet("/stories?base=" + string(hidden.ID) + "&severity=low")
	for _, n := range elements(mustParse(t, page), func(n *html.Node) bool { return strings.Contains(attribute(n, "hx-get"), string(hidden.ID)) }) {
		t.Errorf("a foreign base goes on to %s", attribute(n, "hx-get"))
	}
	if strings.Contains(page, "Hers alone") {
		t.Error("a foreign base shows its name")
	}
}

func TestViewersKeepViewsAndShareNone(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	v := s.saveView("vera", "Mine", "severity=high")
	if w := s.post(link.ActOnView(v.ID, link.ShareView), url.Values{stories.FormRevision: {"1"}}); w.Code != http.StatusForbidden {
		t.Errorf("sharing answers %d to a viewer, want 403", w.Code)
	}
	if w := s.post("/views", url.Values{stories.FormName: {"Other"}, stories.FormShared: {"1"}}); w.Code != http.StatusForbidden || s.kept("vera", "Other").ID != "" {
		t.Errorf("saving a shared view answers %d to a viewer, want 403", w.Code)
	}
	for _, page := range []string{s.mustGet("/views"), s.mustGet("/stories")} {
		if strings.Contains(page, `name="`+stories.FormShared+`"`) || strings.Contains(page, "/share") {
			t.Error("a viewer is offered to share")
		}
	}
	// Somebody who shared a view and then lost the permission takes it back, and changes nothing that others see.
	shared := v
	shared.Shared = true
	shared, err := s.store.SaveView(t.Context(), shared, workbench.At(s.now))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{stories.FormRevision: {strconv.Itoa(shared.Revision)}, stories.FormName: {"New name"}}
	for _, action := range []string{link.SaveView, link.RenameView} {
		if w := s.post(link.ActOnView(v.ID, action), form); w.Code != http.StatusForbidden {
			t.Errorf("%s of a shared view answers %d to a viewer, want 403", action, w.Code)
		}
	}
	if w := s.post(link.ActOnView(v.ID, link.UnshareView), form); w.Code != http.StatusSeeOther || s.kept("vera", "Mine").Shared {
		t.Errorf("unsharing answers %d", w.Code)
	}
}

func TestViewConflictIsSaid(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	v := s.saveView("vera", "Mine", "severity=high")
	if w := s.post(link.ActOnView(v.ID, link.RenameView), url.Values{stories.FormRevision: {"1"}, stories.FormName: {"Other tab"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("renaming answers %d", w.Code)
	}
	for _, revision := range []string{"1", "0", "-1", "7", "", "x"} {
		w := s.post(link.ActOnView(v.ID, link.SaveView), url.Values{stories.FormRevision: {revision}, stories.FormFilters: {"severity=low"}})
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "changed in another tab") {
			t.Errorf("saving over revision %q answers %d: %.200s", revision, w.Code, w.Body)
		}
	}
	page := s.post(link.ActOnView(v.ID, link.SaveView), url.Values{stories.FormRevision: {"1"}, stories.FormFilters: {"severity=low"}}).Body.String()
	form := formTo(t, page, link.ActOnView(v.ID, link.SaveView))
	if form.Get(stories.FormRevision) != "2" || form.Get(stories.FormFilters) != "severity=low" {
		t.Errorf("the page offers %v", form)
	}
	if w := s.post(link.ActOnView(v.ID, link.SaveView), form); w.Code != http.StatusSeeOther || s.kept("vera", "Other tab").Query != "severity=low" {
		t.Errorf("saving it all the same answers %d", w.Code)
	}
}

// formTo reads what a form of a page would send, as it stands.
func formTo(t *testing.T, page, action string) url.Values {
	t.Helper()
	values := url.Values{}
	forms := elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "form" && attribute(n, "action") == action })
	if len(forms) == 0 {
		t.Fatalf("there is no form to %s", action)
	}
	for _, n := range elements(forms[0], func(n *html.Node) bool { return n.Data == "input" }) {
		ticked := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" })
		if attribute(n, "type") != "checkbox" || ticked {
			values.Add(attribute(n, "name"), attribute(n, "value"))
		}
	}
	return values
}

func TestViewsThatCannotBeSaved(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	taken := s.saveView("vera", "Taken", "severity=high")
	for _, c := range []struct{ what, name, query, says string }{
		{"no name", "", "", "1 to 64 visible characters"}, {"white space", " \t ", "", "1 to 64 visible characters"}, {"too long", strings.Repeat("é", 65), "", "1 to 64 visible characters"},
		{"hidden characters", "a\u202eb", "", "1 to 64 visible characters"}, {"taken", "tAKEN", "", "another of your views"},
		{"a query that is not understood", "A", "status=asleep", "status"}, {"a group that is not there", "A", "group=colour", "group"}, {"a query that is none", "A", "%zz", "cannot be read"},
		{"a long query", "A", "owner=" + strings.Repeat("x", 20_000), "too long"},
	} {
		w := s.post("/views", url.Values{stories.FormName: {c.name}, stories.FormFilters: {c.query}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.says) || !strings.Contains(w.Body.String(), "Nothing was saved") {
			t.Errorf("%s: answers %d: %.200s", c.what, w.Code, words(mustParse(t, w.Body.String())))
		}
	}
	other := s.saveView("vera", "Other", "")
	w := s.post(link.ActOnView(other.ID, link.RenameView), url.Values{stories.FormRevision: {"1"}, stories.FormName: {"taken"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="taken"`) {
		t.Errorf("a name that is taken answers %d, and does not come back", w.Code)
	}
	for i := len("two views"); ; i++ {
		w := s.post("/views", url.Values{stories.FormName: {"View " + strconv.Itoa(i)}})
		if w.Code == http.StatusSeeOther && i < 2*workbench.MaxViews {
			continue
		}
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Delete one first") {
			t.Errorf("one view too many answers %d: %.300s", w.Code, w.Body)
		}
		break
	}
	if got := s.kept("vera", "Taken"); got != taken {
		t.Errorf("the view became %+v", got)
	}
}

func TestHostileNamesOfViewsStayText(t *testing.T) {
	s := newStack(t).withSamples().as("anna", workbench.Analyst)
	for _, name := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `=HYPERLINK("https://evil")`, "' autofocus onfocus=alert(1)", "\u05e9\u05dc\u05d5\u05dd", "{{7*7}}"} {
		v := s.saveView("anna", name, "severity=high")
		for _, page := range []string{s.mustGet("/stories?base=" + string(v.ID) + "&severity=low"), s.mustGet("/views")} {
			root := mustParse(t, page)
			for _, n := range elements(root, func(n *html.Node) bool { return n.Data == "img" || n.Data == "script" && attribute(n, "src") == "" }) {
				t.Errorf("%s: got <%s>", name, n.Data)
			}
			for _, n := range elements(root, func(n *html.Node) bool { return attribute(n, "onfocus")+attribute(n, "onerror") != "" }) {
				t.Errorf("%s: got a handler on <%s>", name, n.Data)
			}
			if !strings.Contains(words(root), name) {
				t.Errorf("%s does not stand in the page", name)
			}
		}
	}
}

func TestStarredViewOpensFirst(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	home := func() string { return s.get("/").Header().Get("Location") }
	if got := home(); got != link.Queue() {
		t.Errorf("home leads to %q, want the program's queue", got)
	}
	v := s.saveView("vera", "Mine", "severity=high")
	for _, c := range []struct{ id, want string }{
		{string(v.ID), "/stories?base=" + string(v.ID) + "&severity=high"}, {"closed", "/stories?base=closed&status=closed"}, {"", link.Queue()},
	} {
		if w := s.post("/views/star", url.Values{stories.FormView: {c.id}, stories.FormReturn: {"/stories?q=a"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/stories?q=a" {
			t.Errorf("starring %q answers %d to %q", c.id, w.Code, w.Header().Get("Location"))
		}
		if got := home(); got != c.want {
			t.Errorf("with the star on %q home leads to %q, want %q", c.id, got, c.want)
		}
		rail := elements(mustParse(t, s.mustGet("/stories")), func(n *html.Node) bool { return attribute(n, "data-go") == "s" })
		if len(rail) != 1 || attribute(rail[0], "href") != c.want && attribute(rail[0], "href") != "/" {
			t.Errorf("with the star on %q the navigation leads to %q", c.id, attribute(rail[0], "href"))
		}
	}
	if w := s.post("/views/star", url.Values{stories.FormView: {"nothing"}}); w.Code != http.StatusNotFound {
		t.Errorf("starring a view that is not there answers %d", w.Code)
	}
	s.post("/views/star", url.Values{stories.FormView: {string(v.ID)}})
	if w := s.post(link.ActOnView(v.ID, link.DeleteView), url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("deleting answers %d", w.Code)
	}
	if p, err := s.store.Preferences(t.Context(), "vera"); err != nil || p.DefaultView != "" {
		t.Errorf("the star stays on a view that is no more: %+v, %v", p, err)
	}
	// One that its owner no longer shares gives way, too.
	if err := s.store.SavePreferences(t.Context(), "vera", workbench.Preferences{DefaultView: "somebody's"}); err != nil {
		t.Fatal(err)
	}
	if got := home(); got != link.Queue() {
		t.Errorf("home leads to %q, want the program's queue", got)
	}
}

func TestViewThatFitsNoMore(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	v, err := s.store.SaveView(t.Context(), workbench.View{ID: "old", Owner: "vera", Name: "Old", Query: "colour=red&severity=high&status=asleep&columns=indication,beauty"}, workbench.At(s.now))
	if err != nil {
		t.Fatal(err)
	}
	w := s.get("/stories?view=old")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("opening answers %d", w.Code)
	}
	page := s.mustGet(w.Header().Get("Location"))
	for _, says := range []string{"is left out", "<code>colour</code>", "<code>status</code>", "<code>columns</code>"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
	if got, want := len(elements(mustParse(t, page), func(n *html.Node) bool {
		return n.Data == "tr" && attribute(n, "data-row") == "" && strings.HasPrefix(attribute(n, "id"), "story-")
	})), s.list("?severity=high").Total; got != want || got == 0 {
		t.Errorf("the page has %d stories, want the %d of the rest", got, want)
	}
	if w := s.get("/stories.json?view=old"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "colour") {
		t.Errorf("the data answers %d: %.200s; a program must not get more than it asked for", w.Code, w.Body)
	}
	if w := s.post(link.ActOnView(v.ID, link.SaveView), formTo(t, page, link.ActOnView(v.ID, link.SaveView))); w.Code != http.StatusSeeOther || s.kept("vera", "Old").Query != "severity=high" {
		t.Errorf("saving what is left answers %d, kept %q", w.Code, s.kept("vera", "Old").Query)
	}
}

// A page that is kept, here or in the browser, is not right any more once what it says of views and columns is not.
func TestListIsMadeAnewForViews(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	tag := s.get("/stories").Header().Get("ETag")
	if w := s.get("/stories", "If-None-Match", tag); tag == "" || w.Code != http.StatusNotModified {
		t.Fatalf("an unchanged list with the tag %q answers %d", tag, w.Code)
	}
	for _, change := range []func(){
		func() { s.saveView("vera", "New here", "severity=high") },
		func() { s.post("/views/star", url.Values{stories.FormView: {"closed"}}) },
		func() { s.post("/settings/columns", url.Values{stories.FormColumn: {"id"}}) },
	} {
		change()
		w := s.get("/stories", "If-None-Match", tag)
		if next := w.Header().Get("ETag"); w.Code != http.StatusOK || next == tag {
			t.Errorf("after a change the list answers %d with the tag %q", w.Code, next)
		} else {
			tag = next
		}
	}
}

func TestViewsAsData(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	v := s.saveView("vera", "Mine", "severity=high")
	var got struct {
		Views   []workbench.View `json:"views"`
		Default workbench.ViewID `json:"default"`
	}
	if err := json.Unmarshal([]byte(s.mustGet("/views.json")), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Views) != len(stories.BuiltInViews("vera"))+1 || got.Views[len(got.Views)-1] != v || got.Default != "" {
		t.Errorf("got %+v", got)
	}
}

func TestColumnsStayWithTheAccount(t *testing.T) {
	s := newStack(t).withSamples().as("vera", workbench.Viewer)
	heads := func(path string) string {
		var keys []string
		for _, n := range elements(mustParse(t, s.mustGet(path)), func(n *html.Node) bool { return n.Data == "th" }) {
			keys = append(keys, attribute(n, "data-column"))
		}
		return strings.Join(keys, " ")
	}
	plain := heads("/stories")
	if w := s.post("/settings/columns", url.Values{stories.FormColumn: {"status", "indication", "id", "beauty"}, stories.FormMove: {"id:up"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("choosing columns answers %d", w.Code)
	}
	for path, want := range map[string]string{"/stories": "status id indication", "/stories?columns=owner,indication": "owner indication"} {
		if got := heads(path); got != want {
			t.Errorf("%s has the columns %q, want %q", path, got, want)
		}
	}
	if got := strings.SplitN(s.mustGet("/stories.csv"), "\r\n", 2)[0]; got != "status,id,indication" {
		t.Errorf("the export has the columns %q", got)
	}
	other := s.cookie
	s.as("anna", workbench.Analyst)
	if got := heads("/stories"); got != plain {
		t.Errorf("another account has the columns %q, want %q", got, plain)
	}
	s.cookie = other
	w := s.post("/views", url.Values{stories.FormName: {"Wide"}, stories.FormShown: {"status,id,indication"}, stories.FormKeep: {"1"}})
	if got := s.kept("vera", "Wide").Query; w.Code != http.StatusSeeOther || got != "columns=status%2Cid%2Cindication" {
		t.Errorf("a view that keeps its columns asks for %q", got)
	}
	s.post("/views", url.Values{stories.FormName: {"Narrow"}, stories.FormFilters: {"columns=id&severity=high"}, stories.FormShown: {"status,id,indication"}})
	if got := s.kept("vera", "Narrow").Query; got != "severity=high" {
		t.Errorf("a view that keeps no columns asks for %q", got)
	}
	if s.post("/settings/columns", url.Values{stories.FormReset: {"1"}}); heads("/stories") != plain {
		t.Errorf("back to the default gives %q, want %q", heads("/stories"), plain)
	}
}
