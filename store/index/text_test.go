package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"workbench"
	"workbench/store"
)

// named is a table of stories with names, some of them common.
func named(n int) *table {
	r := rand.New(rand.NewPCG(1, 2))
	var entries []store.Entry
	for i := range n {
		h := workbench.Head{ID: workbench.StoryID(fmt.Sprint("s", i)), Tenant: "t", Names: []workbench.Untrusted{
			workbench.Text(fmt.Sprintf("host-%d.example", r.IntN(n/4))), workbench.Text(fmt.Sprintf("user.%d@mail.example", r.IntN(n))), workbench.Text(fmt.Sprintf("%x.exe", r.IntN(300)))}}
		entries = append(entries, store.Entry{ID: h.ID, Ref: store.Ref{Tenant: "t", Place: uint64(i)}, Number: store.Change(i + 1), Head: h})
	}
	x := New(Config{})
	x.Apply(entries)
	return x.table.Load()
}

// What a word costs is bounded by the bytes of names that are walked for it: a short one walks all of them, a rare one few, none more than
// there is room for.
func TestNamesRoom(t *testing.T) {
	table := named(20_000)
	size := table.names.size()
	walk := func(word string, room int) (found, walked int, enough bool) {
		left := room
		found = len(table.names.containing(word, &left))
		return found, room - left, left >= 0
	}
	all, walked, enough := walk("ex", size)
	if all == 0 || walked != size || !enough {
		t.Errorf("a word of two letters is in %d names after %d bytes of %d", all, walked, size)
	}
	if found, _, enough := walk("ex", size-1); enough || found >= all {
		t.Errorf("without room for the last byte, %d of %d names are found, and that is said to be enough: %v", found, all, enough)
	}
	if found, walked, enough := walk("host-1234.example", size); found != 1 || walked > size/10 || !enough {
		t.Errorf("a rare word is in %d names after %d bytes of %d", found, walked, size)
	}
	room := size / 2
	_, err := New(Config{}).withWord(context.Background(), table, "ex", nil, &room)
	var bad *workbench.Invalid
	if !errors.As(err, &bad) || bad.Fields["q"] == "" {
		t.Errorf("without room a search fails with %v", err)
	}
}

// Where few stories count, their names are looked at one by one, which finds the same.
func TestFewWithNames(t *testing.T) {
	table := named(5_000)
	for _, word := range []string{"e", "1", "ex", "17", "zz", ".e", "@m"} {
		within := table.newMask()
		for slot := uint32(0); slot < 5_000; slot += 97 {
			within[slot/64] |= 1 << (slot % 64)
		}
		one, all := table.newMask(), table.newMask()
		room := *unlimited()
		if !table.fewWithNames(word, within, one, &room) {
			t.Fatalf("%q: %d stories are not few", word, 5_000/97)
		}
		if walked := *unlimited() - room; walked >= table.names.size() {
			t.Errorf("%q: %d bytes for few stories, and all names have %d", word, walked, table.names.size())
		}
		table.withNames(word, nil, all, &room)
		for i := range all {
			all[i] &= within[i]
		}
		if !slices.Equal(one, all) {
			t.Errorf("%q finds others one by one than all at once", word)
		}
	}
	room := 1_000
	if full := table.newMask(); table.fewWithNames("e", full, table.newMask(), &room) == false || room != 1_000 {
		t.Error("no story is few, and costs nothing")
	}
	every := table.newMask()
	for i := range every {
		every[i] = ^uint64(0)
	}
	if room := *unlimited(); table.fewWithNames("e", every, table.newMask(), &room) || room != *unlimited() {
		t.Error("all stories are not few")
	}
}
