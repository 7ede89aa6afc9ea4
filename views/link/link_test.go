package link_test

import (
	"net/url"
	"strings"
	"testing"

	"workbench"
	"workbench/views/link"
)

func TestAddressesStayInside(t *testing.T) {
	hostile := "../../x?y#z/<script>\r\n\\//evil.example"
	for name, got := range map[string]string{
		"story":    link.Story(workbench.StoryID(hostile), link.Overview),
		"tab":      link.StoryAs(workbench.StoryID(hostile), link.Raw, link.CSV),
		"alert":    link.Alert(hostile),
		"list":     link.Stories(url.Values{"q": {hostile}}),
		"document": link.Document(workbench.StoryID(hostile), workbench.Hash{}),
	} {
		if !link.Local(got) || strings.ContainsAny(got, "<>\r\n\\ ") || strings.Contains(got, "//") {
			t.Errorf("%s: %q", name, got)
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "" || u.Fragment != "" {
			t.Errorf("%s: %q is read as %+v, %v", name, got, u, err)
		}
	}
}

func TestLocal(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/stories?q=a%2Fb": true, "": false, "stories": false, "//evil.example": false, "/\\evil.example": false, "/a\r\nSet-Cookie: x": false,
		"https://evil.example": false, "javascript:alert(1)": false, "/" + strings.Repeat("x", 5_000): false,
	} {
		if got := link.Local(path); got != want {
			t.Errorf("%.40q: got %t, want %t", path, got, want)
		}
	}
}

func TestAnchorsHoldNoOutsideText(t *testing.T) {
	if got := link.AlertAnchor(`"><script>`); strings.ContainsAny(got, `"<>`) {
		t.Errorf("got %q", got)
	}
}
