package workbench_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"workbench"
)

// reasonsInSource reads the constants of type Reason from the source, so that none can be forgotten.
func reasonsInSource(t *testing.T) map[string]workbench.Reason {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	found := map[string]workbench.Reason{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			return true
		}
		word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatalf("%s: %v", spec.Names[0].Name, err)
		}
		found[spec.Names[0].Name] = workbench.Reason(word)
		return true
	})
	if len(found) < 30 {
		t.Fatalf("found only %d reasons in the source", len(found))
	}
	return found
}

func TestEveryReasonIsExplained(t *testing.T) {
	words := map[workbench.Reason]string{}
	sentences := map[string]string{}
	for name, reason := range reasonsInSource(t) {
		if other, ok := words[reason]; ok {
			t.Errorf("%s and %s are the same word %q", name, other, reason)
		}
		words[reason] = name
		if want := strings.TrimPrefix(name, "Reason"); !strings.EqualFold(want, string(reason)) {
			t.Errorf("%s is the word %q, want that of its name", name, reason)
		}
		what, mend := reason.Explain()
		for _, sentence := range []string{what, mend} {
			if len(sentence) < 10 || !unicode.IsUpper([]rune(sentence)[0]) || !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is no plain sentence", name, sentence)
			}
			if strings.Contains(sentence, "AADSTS") || strings.Contains(sentence, "HTTP") && !strings.Contains(sentence, "HTTPS_PROXY") {
				t.Errorf("%s: %q speaks to machines", name, sentence)
			}
		}
		if other, ok := sentences[what]; ok {
			t.Errorf("%s and %s say the same", name, other)
		}
		sentences[what] = name
		if reason.Consent() && reason.Passing() {
			t.Errorf("%s both needs consent and passes by itself", name)
		}
	}
}

// TestWhatMendsApplications decides for the reasons about app registrations who has to do what.
func TestWhatMendsApplications(t *testing.T) {
	for reason, want := range map[workbench.Reason][2]bool{ // consent mends it, it may pass
		workbench.ReasonApplicationUnknown: {true, false},
		workbench.ReasonOwnershipMissing:   {true, false},
		workbench.ReasonApplicationMissing: {false, true},
		workbench.ReasonApplicationRefused: {false, false},
		workbench.ReasonNotOwner:           {false, false},
		workbench.ReasonSingleTenant:       {false, false},
		workbench.ReasonWrongCloud:         {false, false},
		workbench.ReasonKeyPolicy:          {false, false},
	} {
		if got := [2]bool{reason.Consent(), reason.Passing()}; got != want {
			t.Errorf("%s: got consent %t, passing %t", reason, got[0], got[1])
		}
	}
}

func TestReasonThatNobodyKnows(t *testing.T) {
	if what, mend := workbench.Reason("made up").Explain(); what != "" || mend != "" {
		t.Errorf("got %q, %q for a reason that there is not", what, mend)
	}
}
