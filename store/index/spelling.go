package index

import (
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
	codes  map[string]uint32
	groups map[string]uint32
	list   []spelling
	later  bool // the maps are not filled yet
}

func newSpellings() *spellings {
	return &spellings{codes: map[string]uint32{"": 0}, groups: map[string]uint32{store.None: 0}, list: []spelling{{raw: "None", word: store.None}}}
}

func (s *spellings) code(raw string) uint32 {
	s.learn()
	if code, ok := s.codes[raw]; ok {
		return code
	}
	raw = strings.Clone(raw) // not a part of something large
	word := shorten(fold(raw))
	code := uint32(len(s.list))
	group, ok := s.groups[word]
	if !ok {
		group = code
		s.groups[word] = code
	}
	s.codes[raw] = code
	s.list = append(s.list, spelling{raw, word, group})
	return code
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
