package main

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"workbench"
)

// hash is the SHA-256 of a file of the folder.
func (f folder) hash(name string) [32]byte {
	f.t.Helper()
	content, err := os.ReadFile(filepath.Join(f.path, name))
	if err != nil {
		f.t.Fatal(err)
	}
	return sha256.Sum256(content)
}

func TestKeyFile(t *testing.T) {
	f := shortFolder(t)
	m := newSimulatedTenant(t, 1)
	serve := []string{"serve", "--cloud", m.cloud()}
	s := f.serve(serve...)
	p := newPerson(t, nil)
	m.register(s.base())
	p.get(s.link)
	p.throughMicrosoft(s.base(), p.addParent(s.base(), m.directory, m.secret()), m.admin)
	m.app.Consent()
	p.addChild(s.base(), workbench.DefenderEndpoint, m.directory, "1")
	if r := f.run("key", "rotate"); r.code != 1 || !strings.Contains(r.err, "in use") {
		t.Errorf("rotating the key of a running workbench exits %d: %s", r.code, r.err)
	}
	s.stop()
	key := filepath.Join(f.path, "a.db.key")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key file: %v, %v", info, err)
	}
	first, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}

	other := newFolder(t) // with another key
	other.serve("serve").stop()
	foreign := filepath.Join(other.path, "a.db.key")
	broken := f.file("broken.key", first[:len(first)/2])
	open := f.file("open.key", first)
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	before := f.hash("a.db")
	for _, c := range []struct {
		what, file, says string
	}{
		{"another key", foreign, "the store was used with another one"},
		{"a key file that is cut", broken, "not a key file"},
		{"a key file that others can read", open, "chmod 600"},
		{"a key file that is not there", filepath.Join(f.path, "absent.key"), "put it back"},
	} {
		for _, command := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"key", "rotate"}, {"key", "drop"}} {
			r := f.run(append(command, "--key-file", c.file)...)
			if r.code != 1 || strings.Count(r.err, "\n") != 1 || command[0] == "serve" && !strings.Contains(r.err, c.says) {
				t.Errorf("%v with %s exits %d: %s", command, c.what, r.code, r.err)
			}
			if f.hash("a.db") != before {
				t.Fatalf("%v with %s writes to the store", command, c.what)
			}
		}
		if r := f.run("doctor", "--key-file", c.file, "--cloud", m.cloud()); r.code != 1 || !strings.Contains(r.out, "!!  key") || f.hash("a.db") != before {
			t.Errorf("doctor with %s exits %d: %s", c.what, r.code, r.out)
		}
	}
	if _, err := os.Stat(filepath.Join(f.path, "absent.key")); err == nil {
		t.Error("a key file was made although the store was used with one")
	}

	if got := f.must("key", "rotate"); !strings.HasPrefix(got, "sealed 1 credentials with the new key;") {
		t.Errorf("rotating says %q", got)
	}
	if got := f.must("key", "drop"); !strings.HasPrefix(got, "dropped 1 former keys from ") {
		t.Errorf("dropping says %q", got)
	}
	works := func(command ...string) {
		t.Helper()
		s := f.serve(command...)
		p := newPerson(t, nil)
		p.get(s.link)
		id := p.sources(s.base())["tailspin-m365"].ID
		p.post(s.base()+"/connectors/"+string(id)+"/test", nil)
		if c := p.sources(s.base())["tailspin-m365"]; c.Status != "Connected" || c.What != "" {
			t.Errorf("with the new key the connector is %s: %s", c.Status, c.What)
		}
		s.stop()
	}
	works(serve...)
	former := f.file("former.key", first)
	if r := f.run("key", "drop", "--key-file", former); r.code != 1 || !strings.Contains(r.err, "nothing was dropped") {
		t.Errorf("with the former key alone, dropping exits %d: %s", r.code, r.err)
	}

	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	s = f.serve(append(serve, "--new-key")...)
	p = newPerson(t, nil)
	p.get(s.link)
	id := p.sources(s.base())["tailspin-m365"].ID
	p.post(s.base()+"/connectors/"+string(id)+"/test", nil)
	what, mend := workbench.ReasonUnsealable.Explain()
	if c := p.sources(s.base())["tailspin-m365"]; c.Status != "Error" || c.What != what || c.Mend != mend {
		t.Errorf("with a new key the connector is %s: %s %s", c.Status, c.What, c.Mend)
	}
	if r := f.run("doctor", "--cloud", m.cloud(), "--base-url", s.base()); r.code != 1 || !strings.Contains(r.out, what) || !strings.Contains(r.out, mend) {
		t.Errorf("doctor exits %d: %s", r.code, r.out)
	}
	s.stop()
}
