package static_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestThirdPartyIsAsListed holds the folder and its list together, both ways.
func TestThirdPartyIsAsListed(t *testing.T) {
	var list struct {
		Packages []struct {
			Package, Version, Licence string
			Files                     []struct{ Path, SHA256 string }
		}
	}
	b, err := os.ReadFile("third_party/packages.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("third_party/README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, p := range list.Packages {
		if !strings.Contains(string(readme), "| "+p.Package+" | "+p.Version+" | "+p.Licence) {
			t.Errorf("the README does not say %s %s %s", p.Package, p.Version, p.Licence)
		}
		licensed := false
		for _, f := range p.Files {
			want[p.Package+"/"+f.Path] = f.SHA256
			licensed = licensed || f.Path == "LICENSE"
		}
		if !licensed {
			t.Errorf("%s: its licence is not kept", p.Package)
		}
	}
	err = filepath.WalkDir("third_party", func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel("third_party", path)
		name = filepath.ToSlash(name)
		if err != nil || d.IsDir() || name == "packages.json" || name == "README.md" || name == "check.sh" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		switch got := hex.EncodeToString(sum[:]); {
		case want[name] == "":
			t.Errorf("%s: not in packages.json", name)
		case want[name] != got:
			t.Errorf("%s: got SHA-256 %s, want %s", name, got, want[name])
		}
		delete(want, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		t.Errorf("%s: listed but not there", name)
	}
}
