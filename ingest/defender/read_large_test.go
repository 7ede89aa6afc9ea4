package defender_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/defender"
)

// heapLimit is how much memory reading may use beside what its receiver holds. A record of 64 MiB has to fit, and the buffer that it grew in.
const heapLimit = 96 << 20

// stream is a text of parts that repeat, which is never there as a whole.
type stream struct {
	parts []repeated
	hash  hash.Hash // of the parts that ask for it
	peak  uint64    // most heap that was in use while it was read
	reads int
}

type repeated struct {
	text   string
	times  int
	hashed bool
}

func (s *stream) Read(p []byte) (int, error) {
	if s.reads++; s.reads%512 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.peak = max(s.peak, m.HeapInuse)
	}
	for len(s.parts) > 0 && s.parts[0].times == 0 {
		s.parts = s.parts[1:]
	}
	if len(s.parts) == 0 {
		return 0, io.EOF
	}
	n := 0
	for part := &s.parts[0]; part.times > 0 && len(p)-n >= len(part.text); part.times-- {
		n += copy(p[n:], part.text)
	}
	if n == 0 {
		part := &s.parts[0] // it does not fit: split it
		head, tail := part.text[:len(p)], part.text[len(p):]
		rest := []repeated{{tail, 1, part.hashed}, {part.text, part.times - 1, part.hashed}}
		hashed := part.hashed
		s.parts = append(rest, s.parts[1:]...)
		n = copy(p, head)
		s.note(p[:n], hashed)
		return n, nil
	}
	s.note(p[:n], s.parts[0].hashed)
	return n, nil
}

func (s *stream) note(b []byte, hashed bool) {
	if hashed {
		s.hash.Write(b)
	}
}

func (s *stream) length() (n int64) {
	for _, part := range s.parts {
		n += int64(len(part.text)) * int64(part.times)
	}
	return n
}

// TestReadLarge reads records that are too large to be held, in the middle of others.
func TestReadLarge(t *testing.T) {
	block := strings.Repeat("x", 1<<16)
	for name, test := range map[string]struct {
		parts []repeated
		want  string
	}{
		"text":     {[]repeated{{`{"id":"2","x":"`, 1, true}, {block, 1100, true}, {`"}`, 1, true}}, "is larger than 64 MiB"},
		"brackets": {[]repeated{{strings.Repeat("[", 1<<15) + strings.Repeat("]", 1<<15-1), 1100, true}, {strings.Repeat("]", 1100), 1, true}}, "is larger than 64 MiB"},
		"no JSON":  {[]repeated{{strings.Repeat("nonsense ", 8000), 1100, true}, {"end", 1, true}}, "is larger than 64 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			in := &stream{hash: sha256.New(), parts: test.parts}
			length := in.length()
			in.parts = append(append([]repeated{{"[" + incident + ",", 1, false}}, test.parts...), repeated{"," + alert + "]", 1, false})
			got := read(in, defender.Options{})
			want := workbench.Quarantined{Tenant: workbench.ImportedTenant, Position: int64(len(incident)) + 2, Length: length, Reason: "this record " + test.want}
			copy(want.Hash[:], in.hash.Sum(nil))
			want.ID = want.Hash.String()[:32]
			if got.err != nil || len(got.bad) != 1 || len(got.docs) != 2 {
				t.Fatalf("got %v, %d quarantined and %d documents, want none, 1 and 2", got.err, len(got.bad), len(got.docs))
			}
			if kept := got.bad[0].First; len(kept) != 1<<20 || got.bad[0].Whole() || !strings.HasPrefix(string(kept), test.parts[0].text[:8]) {
				t.Errorf("kept %d bytes, want the first MiB", len(kept))
			}
			got.bad[0].First = nil
			if d := cmp.Diff(want, got.bad[0]); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if in.peak > 2*heapLimit {
				t.Errorf("heap in use: got %d MiB, want at most %d", in.peak>>20, 2*heapLimit>>20)
			}
		})
	}
}

func TestReadLargeRefuses(t *testing.T) {
	for name, parts := range map[string][]repeated{
		"never closed": {{strings.Repeat("[", 1<<16), 1100, false}},
		"one line":     {{strings.Repeat("nonsense ", 8000), 1100, false}},
	} {
		in := &stream{parts: parts}
		if got := read(in, defender.Options{}); !errors.Is(got.err, defender.ErrNotRecords) || len(got.lines) > 0 || in.peak > 2*heapLimit {
			t.Errorf("%s: got %q, %v and %d MiB", name, got.lines, got.err, in.peak>>20)
		}
	}
}

// TestReadFlat reads far more incidents than it may hold.
func TestReadFlat(t *testing.T) {
	one := drawnIncident()
	times := flatBytes / len(one)
	in := &stream{parts: []repeated{{`{"value":[`, 1, false}, {one + ",", times, false}, {"{}]}", 1, false}}}
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	docs := 0
	result, err := defender.Read(in, defender.Options{}, func(r defender.Record) error {
		docs += len(r.Documents)
		return nil
	})
	if err != nil || docs != times*21 || result.Quarantined != 1 {
		t.Fatalf("got %d documents, %d quarantined and %v, want %d, 1 and no error", docs, result.Quarantined, err, times*21)
	}
	if in.peak > before.HeapInuse+heapLimit/4 {
		t.Errorf("heap in use: got %d MiB, want at most %d more than the %d before", in.peak>>20, heapLimit/4>>20, before.HeapInuse>>20)
	}
}

// drawnIncident is an incident with 20 alerts of some 3 kB.
func drawnIncident() string {
	evidence := `{"@odata.type":"#microsoft.graph.security.processEvidence","createdDateTime":"2024-06-26T18:58:41.913333Z","verdict":"suspicious","processId":4711,"roles":[],"processCommandLine":"\"C:\\Windows\\System32\\cmd.exe\" /c whoami /all","imageFile":{"fileName":"cmd.exe","filePath":"C:\\Windows\\System32","fileSize":289792}}`
	alert := `{"id":"a","incidentId":"1","serviceSource":"microsoftDefenderForEndpoint","title":"Suspicious process","mitreTechniques":["T1059"],"lastUpdateDateTime":"2024-06-26T18:58:41.913333Z","evidence":[` +
		strings.TrimSuffix(strings.Repeat(evidence+",\n  ", 8), ",\n  ") + `]}`
	return `{"id":"1","tenantId":"t","displayName":"x","alerts":[` + strings.TrimSuffix(strings.Repeat(alert+",", 20), ",") + `]}`
}

func BenchmarkRead(b *testing.B) {
	page := []byte(`[` + strings.TrimSuffix(strings.Repeat(drawnIncident()+",", 100), ",") + `]`)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if _, err := defender.Read(bytes.NewReader(page), defender.Options{}, func(defender.Record) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
