package index

import (
	"slices"
	"unsafe"

	"workbench"
	"workbench/store"
)

// texting is the codes of an entry's texts.
type texting struct {
	source, sourceIP, indication uint32
	incident                     uint64
	texts                        []uint32 // that search looks at, by their codes in the dictionary, ascending
}

// tellAll gives codes to the texts of entries, which takes half as long as all else. One goroutine does it, while another may apply what it told
// of entries before. Texts of entries that turn out to be old are entered, too, and found in no story.
func (w *writer) tellAll(entries []store.Entry) []texting {
	out := make([]texting, len(entries))
	w.texts = make([]uint32, 0, 8*len(entries))
	for i := range entries {
		if !entries[i].Gone {
			out[i] = w.tell(&entries[i])
		}
	}
	w.texts = nil
	return out
}

// tell appends the codes of texts that search looks at to w.texts, of which what it returns is a part.
func (w *writer) tell(e *store.Entry) texting {
	h, from := &e.Head, len(w.texts)
	told := texting{source: w.spelling(h.Source), sourceIP: w.spelling(h.SourceIP), indication: w.spelling(h.Indication)}
	incident, plain := parseIncident(h.IncidentID.Raw())
	if !plain {
		incident = oddIncident | uint64(w.incidents.code(h.IncidentID.Raw()))
		w.text(h.IncidentID.Raw())
	}
	told.incident = incident
	for _, n := range h.Names {
		if n != h.Source && n != h.Indication { // which are entered
			w.text(n.Raw())
		}
	}
	slices.Sort(w.texts[from:])
	w.texts = w.texts[:from+len(slices.Compact(w.texts[from:]))]
	told.texts = w.texts[from:len(w.texts):len(w.texts)]
	return told
}

func (w *writer) spelling(text workbench.Untrusted) uint32 {
	if text.IsZero() {
		return 0
	}
	code := w.spellings.code(text.Raw())
	w.texts = append(w.texts, w.spellings.name(code, w.name))
	return code
}

// text enters a text that search looks at.
func (w *writer) text(raw string) {
	if raw != "" {
		w.texts = append(w.texts, w.name(raw))
	}
}

// name returns the code that a text has in the dictionary, folded.
func (w *writer) name(raw string) uint32 { return w.dictionary.code(cut(w.folded(raw), maxText)) }

// folded is fold, but of a text of ASCII it may be good until the next call alone, and costs no memory.
func (w *writer) folded(raw string) string {
	var high, capital byte
	for i := range len(raw) {
		c := raw[i]
		high |= c
		if c-'A' < 26 {
			capital = 1
		}
	}
	if high >= 0x80 {
		return fold(raw)
	}
	if capital == 0 {
		return raw
	}
	w.room = append(w.room[:0], raw...)
	for i, c := range w.room {
		if c-'A' < 26 {
			w.room[i] = c + 'a' - 'A'
		}
	}
	return unsafe.String(unsafe.SliceData(w.room), len(w.room))
}
