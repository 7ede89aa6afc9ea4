package gallery_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"workbench/views/gallery"
	"workbench/views/layout"
	"workbench/views/link"
)

var update = flag.Bool("update", false, "write the goldens anew")

// hashOfAsset is what changes with every change of an asset.
var hashOfAsset = regexp.MustCompile(`(/static/[a-z0-9-]+\.)[0-9a-f]{12}\.`)

func TestExhibits(t *testing.T) {
	written := map[string]bool{}
	for _, e := range gallery.Exhibits() {
		name := strings.ReplaceAll(e.Name, "/", "-") + ".html"
		if written[name] {
			t.Errorf("two exhibits are called %s", e.Name)
		}
		written[name] = true
		t.Run(e.Name, func(t *testing.T) {
			var b strings.Builder
			if err := e.Component.Render(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(hashOfAsset.ReplaceAllString(b.String(), "${1}HASH."), "><", ">\n<") + "\n"
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("differs from %s; -update writes it anew (-want +got):\n%s", path, diff)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !written[filepath.Base(f)] {
			t.Errorf("%s belongs to no exhibit", f)
		}
	}
}

func page(t *testing.T, show string) string {
	t.Helper()
	var b strings.Builder
	if err := gallery.Page(layout.Props{Account: "m.rossi"}, gallery.Exhibits(), show).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestIndexLeadsToEveryExhibit(t *testing.T) {
	index := page(t, "")
	for i, e := range gallery.Exhibits() {
		address := `href="` + templ.EscapeString(link.Exhibit(e.Name)) + `"`
		if !strings.Contains(index, address) {
			t.Errorf("the index lacks %s", e.Name)
		}
		if i > 0 && !strings.Contains(page(t, gallery.Exhibits()[i-1].Name), address) {
			t.Errorf("the exhibit before %s does not lead to it", e.Name)
		}
	}
	if unknown := page(t, "nothing/of/the/kind"); !strings.Contains(unknown, "No exhibit has the name") {
		t.Error("an unknown name is not said to be unknown")
	}
}

func TestOneExhibitIsShownAtATime(t *testing.T) {
	for _, e := range gallery.Exhibits() {
		var b strings.Builder
		if err := e.Component.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if got := page(t, e.Name); !strings.Contains(got, b.String()) || strings.Count(got, "<html") != 1 {
			t.Errorf("the page of %s does not show it, or shows a document inside a document", e.Name)
		}
	}
}
