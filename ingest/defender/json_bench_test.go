package defender

import (
	"encoding/json"
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	one := `{"@odata.type":"#microsoft.graph.security.processEvidence","createdDateTime":"2024-06-26T18:58:41.913333Z","processId":4711,"roles":[],"processCommandLine":"\"C:\\Windows\\System32\\cmd.exe\" /c whoami /all","imageFile":{"fileName":"cmd.exe","fileSize":289792}}`
	text := []byte("[" + strings.TrimSuffix(strings.Repeat(one+",", 100), ",") + "]")
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := parse(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("valueEnd", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			valueEnd(text, 0)
		}
	})
	b.Run("balance", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			skip(text, 0)
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			var v any
			if err := json.Unmarshal(text, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
