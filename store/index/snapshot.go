package index

import (
	"context"
	"errors"
	"fmt"

	"workbench"
	"workbench/store"
)

// A snapshot is a version of the index in a file, so that a start need not read every story. It is a copy of what the store says and can be
// taken away at any time; one that does not fit, is damaged, or was made by another program is not used.

// Form stands for what this package makes of stories and for how a snapshot keeps it: a snapshot of another form is not used. It is the hash of
// the snapshot of some thousand made-up stories, and a test holds it to that.
const Form = "08f8de3b40bd058823080122d7e6aa88"

// Kept says what a snapshot must fit.
type Kept struct {
	Path    string
	Program string     // of whoever makes and reads it, besides Form; a snapshot of another is not used
	Feed    store.Feed // whose history it belongs to
}

// errSnapshot says that there is a snapshot and that it can't be used.
var errSnapshot = errors.New("it cannot be used")

// Load takes over what a snapshot holds, where the index is empty. The feed then has only to bring what came since. Where there is no
// snapshot that can be used, the index stays empty, and why says why; it is "" where there is none.
func (x *Index) Load(ctx context.Context, k Kept) (why string, err error) {
	f, err := openSnapshot(k.Path, k.Program)
	if err != nil || f == nil {
		return reason(err)
	}
	marked, err := k.Feed.Marked(ctx, f.head.Mark)
	if err != nil {
		return "", err
	}
	if !marked {
		return "it belongs to another store, or to a later state of this one", nil
	}
	t, w, err := loadTable(f)
	if err != nil {
		return reason(err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.table.Load().rows > 0 {
		return "", errors.New("the index is not empty")
	}
	x.writer = w
	x.show(t)
	return "", nil
}

// reason takes what is wrong with a snapshot as a sentence; other errors stay errors.
func reason(err error) (string, error) {
	if errors.Is(err, errSnapshot) {
		return err.Error(), nil
	}
	return "", err
}

// Save keeps the present version in a file that takes the place of the one before. Answers go on meanwhile.
func (x *Index) Save(ctx context.Context, k Kept) error {
	t := x.table.Load()
	mark, err := k.Feed.Mark(ctx) // made after the version was: its history contains the version's
	if err != nil {
		return err
	}
	s := newSnapshotParts()
	t.save(s)
	if err := s.write(k.Path, snapshotHead{Form: Form, Program: k.Program, Mark: mark}); err != nil {
		return fmt.Errorf("keeping the index in %s: %w", workbench.Text(k.Path), err)
	}
	return nil
}

// save appends the parts of a version, in the order in which loadTable takes them.
func (t *table) save(s *snapshotParts) {
	numbers := []uint64{uint64(t.asOf), uint64(t.rows), uint64(t.live)}
	for _, n := range t.undated {
		numbers = append(numbers, uint64(n))
	}
	put64(s, numbers)
	for field := range t.values {
		var texts []string
		for i := range t.values[field] {
			was := t.values[field][i].spelled(field)
			texts = append(texts, was.count, was.label)
		}
		s.texts(texts)
	}
	s.add(bytesOf(t.cells))
	for _, list := range []codeLists{t.labelSets, t.techniqueSets} {
		put32(s, list.ends)
		put32(s, list.flat[:list.ends[len(list.ends)-1]])
	}
	t.saveSpellings(s)
	s.texts(t.incidents)
	var flat []uint32
	for _, c := range t.counts {
		for _, n := range c {
			flat = append(flat, uint32(min(n, 1<<32-1)))
		}
	}
	put32(s, flat)
	var words []string
	for i := range t.words {
		words = append(words, t.words[i][:]...)
	}
	s.texts(words)
	t.saveOdd(s)
	t.saveBlocks(s)
	for which := range t.orders {
		o := t.orders[which]
		if len(o.stale) > 0 || len(o.moved) > 0 {
			o.fold(t, which)
		}
		put32(s, o.list)
	}
	t.saveCounts(s)
	t.saveCrosses(s)
	put32(s, t.idsOnly())
	for _, part := range []sections{t.names.sections(), t.has.sections()} {
		put64(s, []uint64{uint64(len(part.words)), uint64(len(part.bytes))})
		for _, w := range part.words {
			put32(s, w)
		}
		for _, b := range part.bytes {
			s.add(b)
		}
	}
}

// loadTable makes a version and its writer of what save appended.
func loadTable(f *snapshotFile) (t *table, w *writer, err error) {
	defer func() {
		if recover() != nil { // the parts are whole and yet don't fit each other: whoever wrote them had another form in mind
			t, w, err = nil, nil, fmt.Errorf("%w: its parts don't fit", errSnapshot)
		}
	}()
	t, w = &table{}, newWriter()
	numbers := take64[uint64](f)
	t.asOf, t.rows, t.live = store.Change(numbers[0]), int(numbers[1]), int(numbers[2])
	for i := range t.undated {
		t.undated[i] = int(numbers[3+i])
	}
	for field := range w.values {
		texts := f.texts()
		for i := 0; i < len(texts); i += 2 {
			w.values[field].code(field, spelled{texts[i], texts[i+1]})
		}
	}
	w.cells.list = numbersOf[cellValues](f.take())
	w.labelSets, w.techniqueSets = loadSets(f), loadSets(f)
	w.spellings = loadSpellings(f)
	for _, text := range f.texts() {
		w.incidents.code(text)
	}
	for flat := take32[uint32](f); len(flat) > 0; flat = flat[4:] {
		w.counts.code([4]int{int(flat[0]), int(flat[1]), int(flat[2]), int(flat[3])})
	}
	for words := f.texts(); len(words) > 0; words = words[3:] {
		w.words.code([3]string(words))
	}
	w.odd = loadOdd(f)
	t.loadBlocks(f)
	for which := range t.orders {
		t.orders[which] = order{list: take32[uint32](f)}
	}
	t.loadCounts(f)
	t.loadCrosses(f)
	w.ids = loadSlots(take32[uint32](f))
	parts := [2]sections{}
	for i := range parts {
		n := take64[uint64](f)
		for range n[0] {
			parts[i].words = append(parts[i].words, take32[uint32](f))
		}
		for range n[1] {
			parts[i].bytes = append(parts[i].bytes, f.take())
		}
	}
	if w.dictionary, err = loadDictionary(parts[0]); err == nil {
		w.postings, err = loadPostings(parts[1], w.dictionary.len())
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errSnapshot, err)
	}
	for i, v := range w.values {
		t.values[i] = v.list
	}
	t.cells, t.labelSets, t.techniqueSets, t.spellings = w.cells.list, w.labelSets.list, w.techniqueSets.list, w.spellings.list
	t.incidents, t.counts, t.words, t.odd, t.ids = w.incidents.list, w.counts.list, w.words.list, w.odd, w.ids
	t.names, t.has = w.dictionary.view(), w.postings.view()
	t.cellSets.learn(t.cells)
	return t, w, nil
}
