package index

import (
	"hash/maphash"
	"strconv"
	"strings"

	"workbench/store"
)

// spelling is the text of a source, an address or an indication as it came. Code 0 is that of stories that have none.
type spelling struct {
	raw   string
	word  string // folded and shortened: what filters compare with and groups report
	group uint32 // code of the first spelling with that word
}

// spellings gives codes to texts as they came. It only grows.
type spellings struct {
	list   []spelling
	in     codeTable // of all but the first, each less one; of a snapshot they are entered once a writer asks
	groups codeTable // of the first spelling of each word
	names  []uint32  // 1 + codes of the folded texts in the dictionary, as far as they were asked for
}

func newSpellings() *spellings {
	s := &spellings{list: []spelling{{raw: "None", word: store.None}}, in: newCodeTable(), groups: newCodeTable()}
	s.groups.add(s.hashOfWord(0), 0, s.hashOfWord)
	return s
}

func (s *spellings) hashOf(less uint32) uint64 { return maphash.String(s.in.seed, s.list[less+1].raw) }
func (s *spellings) hashOfWord(code uint32) uint64 {
	return maphash.String(s.groups.seed, s.list[code].word)
}

// code returns the code of a text that is not empty.
func (s *spellings) code(raw string) uint32 {
	s.learn()
	h := maphash.String(s.in.seed, raw)
	if less, ok := s.in.find(h, func(less uint32) bool { return s.list[less+1].raw == raw }); ok {
		return less + 1
	}
	raw = strings.Clone(raw) // not a part of something large
	code := uint32(len(s.list))
	s.list = append(s.list, spelling{raw, shorten(fold(raw)), code})
	s.in.add(h, code-1, s.hashOf)
	s.list[code].group = s.group(code)
	return code
}

// group returns the first spelling with the same word, which is this one where there was none.
func (s *spellings) group(code uint32) uint32 {
	h, word := s.hashOfWord(code), s.list[code].word
	first, ok := s.groups.find(h, func(other uint32) bool { return s.list[other].word == word })
	if !ok {
		s.groups.add(h, code, s.hashOfWord)
		return code
	}
	return first
}

// learn enters spellings that are in the list alone: those of a snapshot.
func (s *spellings) learn() {
	if s.in.used == len(s.list)-1 {
		return
	}
	s.in.expect(len(s.list))
	for s.in.used < len(s.list)-1 {
		less := uint32(s.in.used)
		s.in.add(s.hashOf(less), less, s.hashOf)
		s.group(less + 1)
	}
}

// name returns the code of a spelling's text in the dictionary.
func (s *spellings) name(code uint32, enter func(raw string) uint32) uint32 {
	if missing := int(code) + 1 - len(s.names); missing > 0 {
		s.names = append(s.names, make([]uint32, missing)...)
	}
	if s.names[code] == 0 {
		s.names[code] = 1 + enter(s.list[code].raw)
	}
	return s.names[code] - 1
}

// An incident is a number: 0 where there is none; the number itself and 1 for a text that is a number as people write it; oddIncident and
// the code of the text for any other.
const (
	oddIncident = 1 << 63
	maxIncident = 1 << 62
)

// parseIncident reports false for a text that is no number as people write it.
func parseIncident(raw string) (uint64, bool) {
	if raw == "" {
		return 0, true
	}
	if raw[0] < '0' || raw[0] > '9' || raw[0] == '0' && len(raw) > 1 || len(raw) > 18 {
		return 0, false
	}
	n, err := strconv.ParseUint(raw, 10, 63)
	return n + 1, err == nil && n < maxIncident
}

// texts gives codes to texts of which there are few. It only grows.
type texts struct {
	codes map[string]uint32
	list  []string
}

func newTexts() *texts { return &texts{codes: map[string]uint32{}} }

func (t *texts) code(raw string) uint32 {
	if code, ok := t.codes[raw]; ok {
		return code
	}
	raw = strings.Clone(raw)
	code := uint32(len(t.list))
	t.codes[raw] = code
	t.list = append(t.list, raw)
	return code
}

// codes gives codes to other small things. It only grows.
type codes[K comparable] struct {
	codes map[K]uint32
	list  []K
}

func newCodes[K comparable]() *codes[K] { return &codes[K]{codes: map[K]uint32{}} }

func (c *codes[K]) code(k K) uint32 {
	if code, ok := c.codes[k]; ok {
		return code
	}
	code := uint32(len(c.list))
	c.codes[k] = code
	c.list = append(c.list, k)
	return code
}
