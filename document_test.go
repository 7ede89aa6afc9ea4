package workbench_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"workbench"
)

func TestStoryIDsAreStableAndApart(t *testing.T) {
	ids := map[workbench.StoryID]string{}
	for name, id := range map[string]workbench.StoryID{
		"an incident":          workbench.IncidentStory("t", "endpoint", "1"),
		"another product":      workbench.IncidentStory("t", "office365", "1"),
		"another tenant":       workbench.IncidentStory("u", "endpoint", "1"),
		"an alert":             workbench.AlertStory("t", "endpoint", "1"),
		"a placeholder":        workbench.PlaceholderStory("t", "1"),
		"parts shifted":        workbench.IncidentStory("te", "ndpoint", "1"),
		"an incident in words": workbench.IncidentStory("t", "incident", "1"),
	} {
		if other, taken := ids[id]; taken {
			t.Errorf("%s and %s share %s", name, other, id)
		}
		if len(id) != 26 {
			t.Errorf("%s: id %q has %d characters, want 26", name, id, len(id))
		}
		ids[id] = name
	}
	if got, want := workbench.IncidentStory("T", "endpoint", "4187"), workbench.IncidentStory("t", "endpoint", "4187"); got != want {
		t.Errorf("the case of a tenant counts: %s, %s", got, want)
	}
	// Addresses that people have kept: this must never change.
	if got, want := workbench.IncidentStory("8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90", "endpoint", "4187"), workbench.StoryID("wxskak4kbyd7yzd46nx74k675m"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHashIgnoresWhiteSpaceAlone(t *testing.T) {
	same := workbench.HashJSON([]byte(`{"a": 1, "b":"x y"}`))
	if got := workbench.HashJSON([]byte("{\"a\":1,\n\"b\":\"x y\"}")); got != same {
		t.Error("white space between tokens counts")
	}
	if got := workbench.HashJSON([]byte(`{"a":1,"b":"xy"}`)); got == same {
		t.Error("white space inside a string does not count")
	}
	if back, ok := workbench.ParseHash(same.String()); !ok || back != same {
		t.Error("a hash is not read back")
	}
}

// TestHashOfAnyText compares with the definition: SHA-256 of the compact form, or of the text where it is not JSON.
func TestHashOfAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"{", "}", "[", "]", `"`, `\`, `"a b"`, ":", ",", "1", " ", "\n", "null", `"\\"`, `"\" "`})).Draw(t, "parts"), ""))
		want := text
		if compact := new(bytes.Buffer); json.Compact(compact, text) == nil {
			want = compact.Bytes()
		}
		if got := workbench.HashJSON(text); got != sha256.Sum256(want) {
			t.Errorf("%q: got another hash than that of %q", text, want)
		}
	})
}

func TestProductOf(t *testing.T) {
	for _, c := range []struct{ source, key, name string }{
		{"microsoftDefenderForEndpoint", "endpoint", "Microsoft Defender for Endpoint"},
		{"MicrosoftDefenderATP", "endpoint", "Microsoft Defender for Endpoint"},
		{"OfficeATP", "office365", "Microsoft Defender for Office 365"},
		{"microsoftCloudAppSecurity", "cloudapps", "Microsoft Defender for Cloud Apps"},
		{"azureAdIdentityProtection", "entraid", "Microsoft Entra ID Protection"},
		{"microsoft365Defender", "xdr", "Microsoft Defender XDR"},
		{"SomethingNew", "somethingnew", "SomethingNew"},
		{"", "unknown", "Unknown Microsoft product"},
	} {
		got := workbench.ProductOf(workbench.Text(c.source))
		if got.Key != c.key || got.Name.Raw() != c.name || (got.Type == workbench.MicrosoftEndpointAlert) != (c.key == "endpoint") {
			t.Errorf("%s: got %+v, want %s, %s", c.source, got, c.key, c.name)
		}
	}
}

func TestScope(t *testing.T) {
	if (workbench.Scope{}).Sees("t") {
		t.Error("the zero scope sees a tenant")
	}
	some := workbench.Account{ID: "a", Grants: []workbench.TenantID{"t"}}.Scope()
	if !some.Sees("t") || some.Sees("u") {
		t.Error("a scope sees other tenants than its grants")
	}
	if !workbench.EveryTenant().Sees("anything") || !(workbench.Account{AllGrants: true}).Scope().Sees("anything") {
		t.Error("a scope over all tenants misses one")
	}
}
