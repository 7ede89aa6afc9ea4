package boltstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"workbench"
)

// drawnHead is a head as it is read back from content: what is no text has become text.
func drawnHead(t testing.TB, r *rand.Rand) (h workbench.Head) {
	t.Helper()
	var drawn workbench.Head
	filled(r, reflect.ValueOf(&drawn).Elem())
	plain, err := marshal(drawn)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(plain, &h); err != nil {
		t.Fatal(err)
	}
	if got, want := encodeHead(&drawn, workbench.GroupKey{}), encodeHead(&h, workbench.GroupKey{}); !bytes.Equal(got, want) {
		t.Errorf("a head as derived is written as\n%q, as read back from its content as\n%q", got, want)
	}
	return h
}

func drawnState(r *rand.Rand) workbench.State {
	var actions []workbench.Action
	for n := range r.IntN(5) {
		var a workbench.Action
		filled(r, reflect.ValueOf(&a).Elem())
		a.ID = fmt.Sprint(n)
		for i := range a.Changes {
			a.Changes[i].Field = workbench.ActionFields[r.IntN(len(workbench.ActionFields))]
		}
		if r.IntN(3) == 0 {
			a.Undoes = fmt.Sprint(n - 1)
		}
		actions = append(actions, a)
	}
	return workbench.StateOf(actions)
}

// TestStoryRecordComesBack holds that a record gives back head and summary as they were, nil and empty lists included, and that one value
// has one form.
func TestStoryRecordComesBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		head, state := drawnHead(t, r), drawnState(r)
		group := workbench.GroupKey{Tenant: "t", Incident: "i"}
		if r.IntN(2) == 0 {
			group.Tenant, group.Incident = head.Tenant, head.IncidentID.Raw()
		}
		want := storyRecord{id: head.ID, group: group, change: r.Uint64(), gone: r.IntN(5) == 0, state: string(encodeState(state))}
		if !want.gone {
			want.head = string(encodeHead(&head, group))
		} else {
			head = workbench.Head{}
		}
		for i := range want.content {
			want.content[i] = byte(r.Uint32())
		}
		value := want.encode()
		got, err := decodeStory(group.Tenant, value)
		if err != nil || got != want {
			t.Fatalf("record: got %+v, %v, want %+v", got, err, want)
		}
		if !bytes.Equal(got.encode(), value) {
			t.Fatalf("record: got %q, want %q", got.encode(), value)
		}
		var gotHead workbench.Head
		if err := got.readHead(&gotHead); err != nil || !reflect.DeepEqual(gotHead, head) {
			t.Fatalf("head: %v, got\n%#v, want\n%#v", err, gotHead, head)
		}
		var gotState workbench.State
		wantState := summary(state)
		if err := readState(got.state, &gotState); err != nil {
			t.Fatal(err)
		}
		if len(wantState.Comments) == 0 { // nil or empty: nobody can tell
			wantState.Comments = nil
		}
		if !reflect.DeepEqual(gotState, wantState) {
			t.Fatalf("state: got\n%#v, want\n%#v", gotState, wantState)
		}
	}
}

// TestStoryRecordIsOneText holds what makes reading rows fast: besides lists, a record takes one allocation, whatever it holds.
func TestStoryRecordIsOneText(t *testing.T) {
	head := workbench.Head{ID: "id", Tenant: "t", Summary: workbench.Text("summary"), Product: "p", CreatedAt: workbench.Time{}}
	r := storyRecord{id: "id", group: workbench.GroupKey{Tenant: "t"}}
	r.head = string(encodeHead(&head, r.group))
	state := workbench.StateOf([]workbench.Action{{ID: "1", Changes: []workbench.FieldChange{{Field: workbench.FieldOwner, After: workbench.Text("kim")}}}})
	r.state = string(encodeState(state))
	value := r.encode()
	var h workbench.Head
	var s workbench.State
	got := testing.AllocsPerRun(100, func() {
		h, s = workbench.Head{}, workbench.State{}
		r, err := decodeStory("t", value)
		if err != nil || r.readHead(&h) != nil || readState(r.state, &s) != nil || s.Owner.IsZero() || h.Summary.IsZero() {
			t.Fatal("the record cannot be read")
		}
	})
	if got != 1 {
		t.Errorf("got %v allocations, want 1", got)
	}
}

// TestCutStoryRecord cuts and lengthens what a record holds: it is refused, because it knows its own length. Of a state only the comment
// may be absent, as a whole.
func TestCutStoryRecord(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	group := workbench.GroupKey{Tenant: "t", Incident: "i"}
	cuts := func(whole string, read func(string) error) (readable int) {
		if err := read(whole); err != nil {
			t.Fatalf("the whole: %v", err)
		}
		if read(whole+"\x00") == nil {
			t.Errorf("%q is read with a byte too many", whole)
		}
		for n := 1; n < len(whole); n++ {
			if read(whole[:n]) == nil {
				readable++
			}
		}
		return readable
	}
	for range 50 {
		head := drawnHead(t, r)
		if n := cuts(string(encodeHead(&head, group)), func(s string) error { return readHead(s, "id", group, &workbench.Head{}) }); n != 0 {
			t.Errorf("%d cut heads are read", n)
		}
		state := drawnState(r)
		if len(state.Actions) == 0 {
			continue
		}
		want := min(1, len(state.Comments))
		if n := cuts(string(encodeState(state)), func(s string) error { return readState(s, &workbench.State{}) }); n != want {
			t.Errorf("%d cut states are read, want %d", n, want)
		}
	}
}

// FuzzStoryRecord holds that whatever stands in a file is a record or an error, never a panic, and never takes more room than it has bytes.
func FuzzStoryRecord(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		var head workbench.Head
		filled(r, reflect.ValueOf(&head).Elem())
		record := storyRecord{id: "id", group: workbench.GroupKey{Tenant: "t", Alert: "a"}, change: 7, state: string(encodeState(drawnState(r)))}
		record.head = string(encodeHead(&head, record.group))
		f.Add(record.encode())
	}
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02id\x01i\x00" + strings.Repeat("h", 32) + `{"id":"id","summary":"s"}`))
	f.Add([]byte{storyForm, 0})
	f.Fuzz(func(t *testing.T, value []byte) {
		record, err := decodeStory("t", value)
		if err != nil {
			return
		}
		var head, head2 workbench.Head
		var state, state2 workbench.State
		if err := record.readHead(&head); err != nil || record.old {
			return
		}
		if err := readState(record.state, &state); err != nil {
			return
		}
		if n := cap(head.Names) + cap(head.MitreTechniques) + cap(head.MovedTo) + cap(state.Labels); n > 2*len(value)+16 {
			t.Errorf("%d bytes make room for %d texts", len(value), n)
		}
		state.Actions = make([]workbench.Action, 1) // so that it is written
		record.head, record.state = string(encodeHead(&head, record.group)), string(encodeState(state))
		again, err := decodeStory("t", record.encode())
		if record.gone {
			return
		}
		if err != nil || again.readHead(&head2) != nil || readState(again.state, &state2) != nil {
			t.Fatalf("what was read cannot be written and read again: %v", err)
		}
		state.Actions = nil
		if !reflect.DeepEqual(head, head2) || !reflect.DeepEqual(state, state2) {
			t.Errorf("got %#v %#v, want %#v %#v", head2, state2, head, state)
		}
	})
}
