package gallery_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench/views/gallery"
	"workbench/views/layout"
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

func TestPageShowsEveryExhibit(t *testing.T) {
	var b strings.Builder
	exhibits := gallery.Exhibits()
	if err := gallery.Page(layout.Props{Account: "m.rossi"}, exhibits).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, e := range exhibits {
		if !strings.Contains(b.String(), `aria-label="`+e.Name+`"`) {
			t.Errorf("the page lacks %s", e.Name)
		}
	}
}
