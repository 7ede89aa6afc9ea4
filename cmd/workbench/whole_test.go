package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
)

// launched is a workbench, or a simulated Microsoft, in a process of its own.
type launched struct {
	serving
	process *exec.Cmd
	began   time.Time
	ended   func() error // waits for the end
}

// launch starts a command in a process of its own and waits for its lines; variables are added to its environment.
func (f folder) launch(variables []string, command ...string) *launched {
	f.t.Helper()
	l := &launched{serving: serving{folder: f, logged: &output{}}, process: process(f.t, command...), began: time.Now()}
	l.process.Env = append(l.process.Env, variables...)
	l.process.Stderr = l.logged
	out, err := l.process.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := l.process.Start(); err != nil {
		f.t.Fatal(err)
	}
	l.ended = sync.OnceValue(l.process.Wait)
	f.t.Cleanup(func() {
		l.process.Process.Kill()
		l.ended()
	})
	if err := l.read(out); err != nil {
		f.t.Fatalf("%v says nothing of where it listens: %v: %s", command, err, l.logged)
	}
	return l
}

// launchServe starts serve on the folder's store.
func (f folder) launchServe(variables []string, more ...string) *launched {
	f.t.Helper()
	return f.launch(variables, append([]string{"--store", f.store("a.db"), "--log-level", "debug", "serve", "--addr", "127.0.0.1:0"}, more...)...)
}

// terminate ends it as an operator does, and checks that it ends well.
func (l *launched) terminate() {
	l.t.Helper()
	if err := l.process.Process.Signal(syscall.SIGTERM); err != nil {
		l.t.Fatal(err)
	}
	if err := l.ended(); err != nil {
		l.t.Errorf("after SIGTERM: %v: %s", err, l.logged)
	}
}

func (l *launched) kill() {
	l.t.Helper()
	if err := l.process.Process.Kill(); err != nil {
		l.t.Fatal(err)
	}
	l.ended()
}

// sameElsewhere checks that the raw documents, imported into another store, give the same stories, and that deriving them again does too.
func (f folder) sameElsewhere() {
	f.t.Helper()
	want := f.must("export")
	if strings.Count(want, "\n") < 10 {
		f.t.Fatalf("only %d stories are there", strings.Count(want, "\n"))
	}
	raw := f.file("raw.ndjson", []byte(f.must("export", "--raw")))
	other := func(args ...string) string {
		r := workbenchRun(f.t, f.t.Context(), nil, append([]string{"--store", f.store("elsewhere.db")}, args...)...)
		if r.code != 0 {
			f.t.Fatalf("%v exits %d: %s%s", args, r.code, r.out, r.err)
		}
		return r.out
	}
	other("import", raw)
	if other("export") != want {
		f.t.Error("imported elsewhere, the documents give other stories")
	}
	if got := f.must("rebuild"); got != "rebuilt: 0 stories differ\n" {
		f.t.Errorf("deriving again says %q", got)
	}
	if f.must("export") != want {
		f.t.Error("derived again, the documents give other stories")
	}
	f.must("verify")
}

// The whole path, with the simulated Microsoft and the workbench as an operator starts them: two processes.
func TestServeAndSimulate(t *testing.T) {
	t.Parallel()
	f := shortFolder(t)
	microsoft := f.launch(nil, "simulate", "--addr", "127.0.0.1:0")
	w := f.launchServe(nil, "--cloud", microsoft.cloud)
	base, d, p := w.base(), tailspin(microsoft.portal), newPerson(t, nil)
	if after := p.post(d.app+"/redirects", url.Values{"redirect": {base + "/connectors/callback"}}); after.code != http.StatusOK {
		t.Fatalf("registering the redirect address: %d %s", after.code, after.words())
	}
	p.get(w.link)
	between := p.addParent(base, d, nil)
	p.uploadOffered(between, d)
	p.throughMicrosoft(base, between, d.admin)
	p.addChild(base, workbench.DefenderEndpoint, d, "2")
	p.addChild(base, workbench.DefenderOffice365, d, "2")
	for _, name := range []string{"tailspin-defenderForEndpoint", "tailspin-defenderForOffice365"} {
		p.caughtUp(base, name)
	}
	if n := p.stories(base, d.tenant); n < 10 {
		t.Errorf("%d stories arrived", n)
	}

	doctor := []string{"doctor", "--cloud", microsoft.cloud, "--base-url", base}
	if r := f.run(doctor...); r.code != 0 || strings.Contains(r.out, "!!") || !strings.Contains(r.out, "ok  connector    tailspin-m365: Connected\n") {
		t.Errorf("while all is well doctor exits %d: %s%s", r.code, r.out, r.err)
	}
	if r := f.run("serve", "--addr", "127.0.0.1:0"); r.code != 1 || !strings.Contains(r.err, "in use") || !strings.Contains(r.err, fmt.Sprintf("(process %d)", w.process.Process.Pid)) {
		t.Errorf("a second serve exits %d: %s", r.code, r.err)
	}
	for _, command := range [][]string{{"export"}, {"export", "--raw"}} {
		if r := f.run(command...); r.code != 0 || r.err != "" {
			t.Errorf("%v while nothing is missing exits %d: %s", command, r.code, r.err)
		}
	}
	off := p.get(base + "/connectors/" + string(p.sources(base)["tailspin-defenderForEndpoint"].ID))
	p.post(off.at.String()+"/disable", url.Values{})
	for _, command := range [][]string{{"export"}, {"export", "--raw"}} {
		if r := f.run(command...); r.code != 0 || !strings.HasPrefix(r.err, "workbench: data is missing: tailspin-defenderForEndpoint is switched off since ") || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%v with a connector switched off exits %d: %s", command, r.code, r.err)
		}
	}
	microsoft.terminate()
	w.terminate()
	if r := f.run(doctor...); r.code != 1 || !strings.Contains(r.out, "!!  Entra ") || !strings.Contains(r.out, "!!  Graph ") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("without Microsoft doctor exits %d: %s%s", r.code, r.out, r.err)
	}
	f.sameElsewhere()
}

// killed is how often the workbench is killed while it catches up.
const killed = 10

// A workbench that is killed again and again while it reads back what a tenant had goes on where it was: nothing is missing, nothing is there
// twice, and the documents alone give the same stories elsewhere.
func TestBackfillSurvivesKill(t *testing.T) {
	t.Parallel()
	f := shortFolder(t)
	m := newSimulatedTenant(t, 150)
	w := f.launchServe(nil, "--cloud", m.cloud())
	p := newPerson(t, nil)
	m.register(w.base())
	p.get(w.link)
	p.throughMicrosoft(w.base(), p.addParent(w.base(), m.directory, m.secret()), m.admin)
	m.app.Consent()
	points := rand.New(rand.NewPCG(3, 4))
	next := m.after(1 + points.IntN(5)) // before Save, so that the first kill comes while the first incidents do
	p.addChild(w.base(), workbench.DefenderEndpoint, m.directory, "20")
	for round := range killed {
		select {
		case <-next:
		case <-t.Context().Done():
			t.Fatal("Microsoft is not asked any more")
		}
		w.kill()
		if r := f.run("verify"); r.code != 0 {
			t.Fatalf("after kill %d verify says %s%s", round, r.out, r.err)
		}
		next = m.after(1 + points.IntN(5)) // fewer than are asked at once after a start
		w = f.launchServe(nil, "--cloud", m.cloud())
	}
	p.get(w.link)
	p.caughtUp(w.base(), "tailspin-defenderForEndpoint")
	w.terminate()

	kept := map[string]int{}
	for line := range strings.Lines(f.must("export", "--raw")) {
		if kept[line]++; kept[line] == 2 {
			t.Errorf("a document is there twice: %.200s", line)
		}
	}
	control := newFolder(t)
	control.must("import", control.file("all.json", m.all(20)))
	got, want := endpointStories(t, f.must("export")), endpointStories(t, control.must("export"))
	if len(want) < 30 || !slices.Equal(got, want) {
		t.Errorf("killed %d times it has %d stories, Microsoft has %d", killed, len(got), len(want))
	}
	f.sameElsewhere()
}

// endpointStories are the ids of exported stories of Defender for Endpoint.
func endpointStories(t *testing.T, export string) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(export) {
		var story struct{ ID, Producer string }
		if err := json.Unmarshal([]byte(line), &story); err != nil {
			t.Fatal(err)
		}
		if story.Producer == workbench.DefenderEndpoint.Label() {
			list = append(list, story.ID)
		}
	}
	return list
}

// behind is a proxy that speaks TLS, for a workbench that stands below a path of it.
func behind(t *testing.T) (base string, to func(address string), client *http.Transport) {
	t.Helper()
	var target atomic.Pointer[url.URL]
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target.Load()) }})
	t.Cleanup(front.Close)
	return front.URL + "/soc", func(address string) {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		target.Store(u)
	}, front.Client().Transport.(*http.Transport)
}

func TestBehindAProxyWithAPath(t *testing.T) {
	t.Parallel()
	f := shortFolder(t)
	m := newSimulatedTenant(t, 5)
	base, to, transport := behind(t)
	s := f.serve("serve", "--base-url", base+"/", "--cloud", m.cloud())
	to(s.address)
	if !strings.HasPrefix(s.link, base+"/sign-in?") {
		t.Fatalf("the link to sign in is %s", s.link)
	}
	m.register(base) // as written: the redirect address is compared byte by byte
	p := newPerson(t, transport)
	p.get(s.link)
	jar := p.client.Jar.Cookies(p.seen[0].at)
	if !slices.ContainsFunc(jar, func(c *http.Cookie) bool { return c.Name == "__Host-workbench" }) {
		t.Errorf("the cookies are %v", jar)
	}
	between := p.addParent(base, m.directory, m.secret())
	away, err := url.Parse(between.refresh())
	if err != nil || away.Query().Get("redirect_uri") != base+"/connectors/callback" {
		t.Errorf("Microsoft is to send browsers to %q", away.Query().Get("redirect_uri"))
	}
	p.throughMicrosoft(base, between, m.admin)
	p.addChild(base, workbench.DefenderEndpoint, m.directory, "1")
	p.caughtUp(base, "tailspin-defenderForEndpoint")
	var list struct{ Stories []struct{ ID string } }
	if err := json.Unmarshal([]byte(p.get(base+"/stories.json?tenant="+m.tenant).body), &list); err != nil || len(list.Stories) == 0 {
		t.Fatalf("no story arrives: %v", err)
	}
	story := base + "/stories/" + list.Stories[0].ID
	for _, address := range []string{base, base + "/", base + "/stories", story, story + "/timeline", story + "/evidence", story + "/raw", base + "/connectors", base + "/integrations", base + "/integrations/configured",
		base + "/connectors/setup", base + "/nothing", base + "/connectors/new?from=configured"} {
		if pg := p.get(address); pg.code != http.StatusOK && !strings.HasSuffix(address, "/nothing") || !strings.HasPrefix(pg.at.String(), base) {
			t.Errorf("%s answers %d at %s", address, pg.code, pg.at)
		}
	}
	if pg := p.get(base + "/connectors/setup"); !strings.Contains(pg.words(), base+"/connectors/callback") {
		t.Error("the page that tells how to register does not show the redirect address")
	}
	for _, pg := range p.seen {
		if strings.HasPrefix(pg.at.String(), base) {
			pg.staysBelow(base)
		}
	}
	if r := f.run("doctor", "--base-url", base, "--cloud", m.cloud()); !strings.Contains(r.out, base+"/connectors/callback") {
		t.Errorf("doctor says %s%s", r.out, r.err)
	}
	if got := f.must("account", "link"); !strings.HasPrefix(got, base+"/sign-in?") {
		t.Errorf("account link prints %s", got)
	}
}

// staysBelow checks that no address of a page leads out of the path that the workbench stands below.
func (pg page) staysBelow(base string) {
	pg.t.Helper()
	prefix := base[strings.LastIndex(base, "/"):]
	pg.each(func(n *html.Node) {
		for _, a := range n.Attr {
			local := strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//")
			if !local || a.Key == "content" || a.Key == "d" || a.Key == "value" {
				continue
			}
			if a.Val != prefix && !strings.HasPrefix(a.Val, prefix+"/") {
				pg.t.Errorf("%s: <%s %s=%q> leads out", pg.at, n.Data, a.Key, a.Val)
			}
		}
	})
}
