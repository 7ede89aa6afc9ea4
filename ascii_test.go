package workbench_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"workbench"
)

// everywhere yields texts with something at every offset of the first three words of eight bytes, and something else after it.
func everywhere(yield func(text string)) {
	odd := []string{"", "\x00", "\x01", "\t", "\n", "\x1f", " ", `"`, `\`, `\"`, "~", "\x7f", "\x80", "\xff", "é", "\ufffd", "😀"}
	for at := range 24 {
		for _, first := range odd {
			for _, second := range odd {
				yield(strings.Repeat("a", at) + first + "bc" + second + "defghijklmnopq"[:at%14])
			}
		}
	}
}

func TestTextAtEveryOffset(t *testing.T) {
	everywhere(func(text string) {
		want := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\u2400")
		if got := workbench.Text(text).Raw(); got != want {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

func TestUntrustedInJSONAtEveryOffset(t *testing.T) {
	everywhere(func(text string) {
		want := workbench.Text(text).Raw()
		b := workbench.Text(text).AppendJSON(nil)
		var got string
		if err := json.Unmarshal(b, &got); err != nil || got != want {
			t.Fatalf("%q: %s gives %q, %v", text, b, got, err)
		}
	})
}

func TestHashAtEveryOffset(t *testing.T) {
	everywhere(func(text string) {
		if !utf8.ValidString(text) {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		alone := join(`[`, string(quoted), `,1]`)
		if got, want := workbench.HashJSON(join(`[`, string(quoted), " ,\n1 ]")), workbench.HashJSON(alone); got != want {
			t.Fatalf("white space outside of %s counts", quoted)
		}
		if blank := bytes.ReplaceAll(alone, []byte("bc"), []byte("b c")); workbench.HashJSON(blank) == workbench.HashJSON(alone) {
			t.Fatalf("a blank inside of %s does not count", quoted)
		}
	})
}

func join(parts ...string) []byte { return []byte(strings.Join(parts, "")) }

func TestHiddenCommands(t *testing.T) {
	hides := func(command string) bool {
		e := workbench.Evidence{Processes: []workbench.ProcessEvidence{{CommandLine: workbench.Text(command)}}}
		for _, f := range workbench.AlertFactors(workbench.Alert{}, e) {
			if f.Name == "hiddenCommand" {
				return true
			}
		}
		return false
	}
	for _, sign := range []string{"-enc", "-EncodedCommand x", "/ENC x", "-ec x", "[Convert]::FromBase64String('x')", "-WindowStyle Hidden", "-windowstyle h ", "-W Hidden", "-w 1 x",
		strings.Repeat(" ", 40) + "x", "a\u202eb"} {
		for _, command := range []string{sign, "x.exe " + sign, "x.exe -nop " + sign + " y", "é " + sign} {
			if !hides(command) {
				t.Errorf("%q: got nothing hidden", command)
			}
		}
	}
	if !hides("PowerShell.exe -E JAB4") || !hides(strings.Repeat(" ", 39)+"x") {
		t.Error("got nothing hidden in -e of PowerShell, or behind 39 blanks")
	}
	for _, command := range []string{"", "-", "cmd.exe -e x", "x --encoder -width 1 /entry /ec -w 2", "SysWOW64\\x.exe", "name64", strings.Repeat("x ", 60), strings.Repeat(" ", 38) + "x"} {
		if hides(command) {
			t.Errorf("%q: got something hidden", command)
		}
	}
}
