package main

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

// Both while nothing serves and over the socket of what does.
func TestAccounts(t *testing.T) {
	for _, served := range []bool{false, true} {
		f := shortFolder(t)
		if served {
			f.serve("serve")
		} else {
			f.serve("serve").stop()
		}
		link := f.must("account", "add", "m.rossi", "--role", "analyst")
		if u, err := url.Parse(strings.TrimSpace(link)); err != nil || !strings.HasPrefix(u.Path, "/password") || u.Hostname() != "localhost" {
			t.Errorf("served %v: account add prints %s", served, link)
		}
		if r := f.run("account", "add", "M.ROSSI", "--role", "viewer"); r.code == 2 || r.code == 0 && strings.Count(f.must("account", "list"), "\n") != 3 {
			t.Errorf("served %v: the same name in capitals exits %d: %s", served, r.code, r.err)
		}
		if r := f.run("account", "add", "m.rossi", "--role", "viewer"); r.code != 1 {
			t.Errorf("served %v: the same name exits %d: %s", served, r.code, r.err)
		}
		for _, wrong := range [][]string{{"add", "x"}, {"add", "x", "--role", "king"}, {"add", "a\x1bb", "--role", "viewer"}, {"add", " ", "--role", "viewer"}, {"add", "y", "--role", "viewer", "--tenant", "a\x00b"}, {"role", "m.rossi", "king"}} {
			if r := f.run(append([]string{"account"}, wrong...)...); r.code != 2 || strings.Count(r.err, "\n") != 1 {
				t.Errorf("served %v: account %q exits %d: %s", served, wrong, r.code, r.err)
			}
		}
		for _, last := range [][]string{{"role", "administrator", "viewer"}, {"disable", "administrator"}} {
			if r := f.run(append([]string{"account"}, last...)...); r.code != 1 || !strings.Contains(r.err, "last administrator") {
				t.Errorf("served %v: account %v exits %d: %s", served, last, r.code, r.err)
			}
		}
		f.must("account", "role", "m.rossi", "administrator")
		f.must("account", "disable", "administrator")
		if got := f.must("account", "list"); !strings.Contains(got, "m.rossi               Administrator        every tenant  by link\n") || !strings.Contains(got, "switched off") {
			t.Errorf("served %v: the list is\n%s", served, got)
		}
		if r := f.run("account", "disable", "m.rossi"); r.code != 1 {
			t.Errorf("served %v: the last administrator can be switched off", served)
		}
		f.must("account", "enable", "administrator")
		if got := path.Base(strings.TrimSpace(f.must("account", "password", "m.rossi"))); got == path.Base(strings.TrimSpace(link)) || !strings.HasPrefix(got, "password") {
			t.Errorf("served %v: account password prints %s", served, got)
		}
		if r := f.run("account", "password", "nobody"); r.code != 1 || strings.Count(r.err, "\n") != 1 {
			t.Errorf("served %v: a password for nobody exits %d: %s", served, r.code, r.err)
		}
	}
}
