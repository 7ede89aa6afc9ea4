package index

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"sync"

	"workbench"
	"workbench/store"
)

// withWord is the mask of stories in one of whose texts a word is contained. Stories that are not in within, where it is not nil, play no part:
// some of them may be in it. room is how much may still be looked at for the query, in bytes of names.
func (x *Index) withWord(ctx context.Context, t *table, word string, within []uint64, room *int) ([]uint64, error) {
	mask := t.newMask()
	if len(word) >= store.MinInside || !t.fewWithNames(word, within, mask, room) {
		t.withNames(word, within, mask, room)
	}
	if *room < 0 {
		return nil, tooMuch(word)
	}
	t.withLarge(word, mask)
	t.withIncident(word, mask, within)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(word) < store.MinInside {
		return mask, nil
	}
	return mask, x.inside.add(ctx, x.config.Texts, t, word, mask)
}

// What is looked at for one query, in bytes of names that are walked or that take as long.
const (
	maxWalked    = 256 << 20
	walkedByCode = 16    // to take in the stories of a name
	walkedByFew  = 1_024 // to look at all names of a story
)

// tooMuch says that a word, with those before it, cannot be looked for in time.
func tooMuch(word string) error {
	sentence := fmt.Sprintf(`there are too many names to look for the word "%s" in time; search for longer words, or for fewer`, workbench.Text(word).Brief())
	return (*workbench.Invalid)(nil).Set("q", sentence)
}

// withNames adds the stories that have a name which contains a word.
func (t *table) withNames(word string, within, mask []uint64, room *int) {
	for n, code := range t.names.containing(word, room) {
		if *room -= walkedByCode; *room < 0 || n%namesAtOnce == namesAtOnce-1 && !t.missing(mask, within) {
			return
		}
		t.has.fill(code, func(block uint32) *set {
			if int(block) < len(t.blocks) {
				return setOf(mask, int(block))
			}
			return nil
		})
	}
}

// fewWithNames does so by looking at the names of each story that counts. It reports false, and does nothing, where there are too many of them
// for that to be the shorter way.
func (t *table) fewWithNames(word string, within, mask []uint64, room *int) bool {
	if within == nil {
		return false
	}
	few := 0
	for _, w := range within {
		few += bits.OnesCount64(w)
	}
	if cost := few * walkedByFew; cost > *room || cost > t.names.size() {
		return false
	}
	*room -= few * walkedByFew
	eachOf(within, func(slot uint32) bool {
		for _, code := range t.has.codes(slot) {
			if strings.Contains(t.names.text(code), word) {
				mask[slot/64] |= 1 << (slot % 64)
				break
			}
		}
		return true
	})
	return true
}

// namesAtOnce is how many names take longer to be taken in than to see whether any story is still missing.
const namesAtOnce = 1_024

// missing reports whether a story that counts is not in a mask.
func (t *table) missing(mask, within []uint64) bool {
	for at, b := range t.blocks {
		out := *setOf(mask, at)
		for i, live := range b.live {
			if within != nil {
				live &= within[at*blockWords+i]
			}
			if live&^out[i] != 0 {
				return true
			}
		}
	}
	return false
}

// withLarge adds the stories of producers, owners, labels and techniques that contain a word.
func (t *table) withLarge(word string, mask []uint64) {
	for _, field := range []int{producer, owner, label, technique} {
		for code := range t.values[field] {
			v := &t.values[field][code]
			text := v.word
			if field == producer {
				text = v.other
			}
			if field == owner && v.label.Raw() == "Nobody" && v.count == store.None || !strings.Contains(text, word) {
				continue
			}
			for at, b := range t.blocks {
				if in, ok := b.sets[field].of(uint32(code)); ok {
					in.or(setOf(mask, at))
				}
			}
		}
	}
}

// withIncident adds the stories whose incident's number contains a word; texts that are no numbers are among the names. Only stories are
// looked at that count and that the mask does not have yet.
func (t *table) withIncident(word string, mask, within []uint64) {
	if len(word) > 18 || strings.Trim(word, "0123456789") != "" {
		return
	}
	d := newDigits(word)
	for at, b := range t.blocks {
		into := setOf(mask, at)
		for k := range into {
			rest := b.live[k] &^ into[k]
			if within != nil {
				rest &= within[at*blockWords+k]
			}
			for ; rest != 0; rest &= rest - 1 {
				i := k*64 + bits.TrailingZeros64(rest)
				if n := get(b.incident, i); n != 0 && n&oddIncident == 0 && d.in(n-1) {
					into.add(i)
				}
			}
		}
	}
}

// digits looks for a word of digits in numbers without writing them out. Bit j of a digit says that it stands j places before the word's end.
type digits struct {
	at    [10]uint32
	whole uint32
}

// newDigits takes a word of 1 to 18 digits.
func newDigits(word string) *digits {
	d := &digits{whole: 1 << (len(word) - 1)}
	for i := range len(word) {
		d.at[word[i]-'0'] |= 1 << (len(word) - 1 - i)
	}
	return d
}

// in reports whether a number, as people write it, contains the word. Bit j of so is set while the last j+1 digits of the word have just passed.
func (d *digits) in(n uint64) bool {
	for so := uint32(0); ; {
		so = (so<<1 | 1) & d.at[n%10]
		if so&d.whole != 0 {
			return true
		}
		if n /= 10; n == 0 {
			return false
		}
	}
}

// inside knows the slots of the ordinals of store.Texts.
type inside struct {
	mu         sync.Mutex
	generation uint64
	slots      []uint32                     // by ordinal: slot+1; 0 = none known
	missing    map[uint32]workbench.StoryID // by ordinal; of stories that the index did not know when it last asked
}

// maxTries is how often an answer is begun anew because what it is made of changed meanwhile.
const maxTries = 3

func (in *inside) add(ctx context.Context, texts store.Texts, t *table, word string, mask []uint64) error {
	if texts == nil {
		return nil
	}
	for range maxTries {
		generation := texts.Generation()
		ordinals, err := texts.Find(ctx, word)
		if err != nil {
			return err
		}
		if len(ordinals) == 0 {
			return nil
		}
		slots := in.slotsOf(texts, t, generation, ordinals)
		if texts.Generation() != generation {
			continue
		}
		for _, slot := range slots {
			if int(slot) < t.rows {
				mask[slot/64] |= 1 << (slot % 64)
			}
		}
		return nil
	}
	return errTextsAnew
}

// errTextsAnew says that what stands inside stories cannot be searched at this moment.
var errTextsAnew = errors.New("what stands inside stories is being made ready to be searched anew; ask again in a moment")

// slotsOf returns the slots of the stories with these ordinals, as far as they are known.
func (in *inside) slotsOf(texts store.Texts, t *table, generation uint64, ordinals []uint32) []uint32 {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.generation != generation || in.missing == nil {
		in.generation, in.slots, in.missing = generation, nil, map[uint32]workbench.StoryID{}
	}
	if last := ordinals[len(ordinals)-1]; int(last) >= len(in.slots) {
		for _, id := range texts.Stories(uint32(len(in.slots))) {
			slot, ok := t.everSlotOf(id)
			switch {
			case ok:
				in.slots = append(in.slots, slot+1)
			case id != "":
				in.missing[uint32(len(in.slots))] = id
				fallthrough
			default:
				in.slots = append(in.slots, 0)
			}
		}
	}
	for ordinal, id := range in.missing {
		if slot, ok := t.everSlotOf(id); ok {
			in.slots[ordinal] = slot + 1
			delete(in.missing, ordinal)
		}
	}
	out := make([]uint32, 0, len(ordinals))
	for _, o := range ordinals {
		if int(o) < len(in.slots) && in.slots[o] > 0 {
			out = append(out, in.slots[o]-1)
		}
	}
	return out
}
