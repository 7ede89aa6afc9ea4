package problem_test

import (
	"net/http"
	"strings"
	"testing"

	"workbench/views/layout"
	"workbench/views/problem"
)

func TestPageSaysWhatHappened(t *testing.T) {
	titles := map[string]int{}
	for _, code := range []int{400, 403, 404, 409, 413, 418, 422, 429, 500, 503, 507} {
		var b strings.Builder
		if err := problem.Page(layout.Props{Account: "m.rossi"}, code, "It <broke>.", "7KQ2M9X4").Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		html := b.String()
		for _, want := range []string{"It &lt;broke&gt;.", "<code>7KQ2M9X4</code>", `class="problem-advice"`} {
			if !strings.Contains(html, want) {
				t.Errorf("%d: the page lacks %s", code, want)
			}
		}
		_, title, _ := strings.Cut(html, `id="problem-title">`)
		title, _, _ = strings.Cut(title, "<")
		if other, ok := titles[title]; ok || title == "" {
			t.Errorf("%d: got title %q, which %d has too", code, title, other)
		}
		titles[title] = code
	}
}

func TestPageWithoutRequestNumber(t *testing.T) {
	var b strings.Builder
	if err := problem.Page(layout.Props{}, http.StatusNotFound, "Nothing here.", "").Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "Number in the log") {
		t.Error("got a number in the log, want none")
	}
}

func TestNoticeIsAnnounced(t *testing.T) {
	var b strings.Builder
	if err := problem.Notice("Not <saved>.", "7KQ2M9X4").Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`role="alert"`, "Not &lt;saved&gt;.", "7KQ2M9X4"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("got %s, want %s in it", b.String(), want)
		}
	}
}
