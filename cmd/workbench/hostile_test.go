package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// wantPlain checks that nothing in a terminal's output could move its cursor or change the order of what is read.
func wantPlain(t *testing.T, what, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			t.Errorf("%s writes %U to the terminal: %.300q", what, r, text)
			return
		}
	}
}

func TestNothingHostileReachesTheTerminal(t *testing.T) {
	f := newFolder(t)
	const evil = "a\x1b[31m\n\u009b2J\u202egpj"
	records := `{"id":"a\u001b[31m\n\u009b2J\u202e","title":"\u001b]0;own\u0007","evidence":5}` + "\n" +
		`{"id":"\u001b[2J\n","displayName":"ok\u001b","alerts":[{"id":"x","evidence":{"\u009b":1}}]}` + "\n" +
		`{"id":"\u009b\u202e","displayName":"ok\u001b","alerts":[5]}` + "\n" +
		`{"id":"t","tenantId":"\u001b[31m\u009bten","title":"x"}` + "\n" + "\x1b[31m garbage \u009b\n"
	folder := filepath.Join(f.path, evil)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	wantPlain(t, "import", f.must("import", f.file(evil+".json", []byte(records))))
	list := f.must("quarantine", "list")
	wantPlain(t, "quarantine list", list)
	for _, line := range strings.Split(list, "\n")[:5] {
		id, _, _ := strings.Cut(line, " ")
		wantPlain(t, "quarantine show", f.must("quarantine", "show", id))
		for _, command := range []string{"retry", "discard"} {
			r := f.run("quarantine", command, id)
			wantPlain(t, "quarantine "+command, r.out+r.err)
		}
	}
	absent := filepath.Join(folder, "absent")
	for _, args := range [][]string{
		{evil}, {"--" + evil}, {"import", "--" + evil}, {"import", absent}, {"import", folder}, {"import", "--tenant", evil, absent}, {"export", "--store", evil}, {"export", "--store", "bolt:" + absent},
		{"backup", filepath.Join(absent, "x")}, {"backup", folder}, {"backup", filepath.Join(folder, "backup")}, {"restore", absent}, {"verify", absent}, {"verify", f.file(evil+".db", []byte(evil))},
		{"serve", "--addr", evil + ":0"}, {"serve", "--log-level", evil}, {"serve", "--base-url", "http://" + evil}, {"serve", "--base-url", evil}, {"account", "link", evil},
		{"quarantine", "show", evil}, {"quarantine", "retry", evil}, {"quarantine", "discard", evil}, {"import", f.file(evil+".gz", []byte("\x1f\x8b\x1b[31m"))},
	} {
		r := f.run(args...)
		wantPlain(t, strings.ToValidUTF8(args[0], "?"), r.out+r.err)
		if r.code == 0 && args[0] != "backup" {
			t.Errorf("%q exits 0", args)
		}
		if said := strings.SplitAfter(r.err, "\n"); r.code != 0 && len(slices.DeleteFunc(said, func(line string) bool { return line == "" || strings.HasPrefix(line, "time=") })) != 1 {
			t.Errorf("%q says %q, want one line", args, r.err)
		}
	}
}
