package main

import (
	"os"
	"strings"
	"testing"

	"workbench"
)

// A demo as somebody uses it: the portal, the consent, an attack that arrives; then, with a kept store, once more.
func TestDemoConnectsAndIsShownAgain(t *testing.T) {
	t.Parallel()
	f := shortFolder(t)
	demo := []string{"--store", f.store("a.db"), "demo", "--addr", "127.0.0.1:0"}
	w := f.launch(nil, demo...)
	base, d, p := w.base(), tailspin(w.portal), newPerson(t, nil)
	if pg := p.get(w.portal); pg.code != 200 || !strings.Contains(pg.words(), "Tailspin Toys") {
		t.Errorf("the portal answers %d: %s", pg.code, pg.words())
	}
	if pg := p.get(w.link); pg.code != 200 || !strings.HasPrefix(pg.at.String(), base+"/stories") || !strings.Contains(strings.ToLower(pg.words()), "demo") {
		t.Fatalf("the address leads to %s, %d", pg.at, pg.code)
	}
	between := p.addParent(base, d, nil)
	p.uploadOffered(between, d)
	p.throughMicrosoft(base, between, d.admin)
	p.addChild(base, workbench.DefenderOffice365, d, "1")
	p.until(base, "stories arrive", func() bool { return p.stories(base, d.tenant) > 0 })
	w.terminate()

	w = f.launch(nil, demo...)
	base, p = w.base(), newPerson(t, nil)
	p.get(w.link)
	for _, name := range []string{"tailspin-m365", "tailspin-" + string(workbench.DefenderOffice365)} {
		p.until(base, name+" is connected again", func() bool {
			c := p.sources(base)[name]
			return c.Status == "Connected" && c.What == "" && c.Health.CheckedAt.After(w.began)
		})
	}
	w.terminate()
	f.must("verify")
}

// Nothing is left of a demo that kept nothing.
func TestDemoLeavesNothing(t *testing.T) {
	f := shortFolder(t)
	w := f.launch([]string{"TMPDIR=" + f.path}, "demo", "--addr", "127.0.0.1:0")
	w.terminate()
	left, err := os.ReadDir(f.path)
	if err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	if strings.Contains(w.logged.String(), "level=WARN") || strings.Contains(w.logged.String(), "level=ERROR") {
		t.Errorf("it complains: %s", w.logged)
	}
}
