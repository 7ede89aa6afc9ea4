package defender

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGet(t *testing.T) {
	v, err := parse([]byte(` {"Id":1,"id":"two","ID":3,"Name":"x","name":"y","NAME":"z","A_":1,"a\u007f":2} `))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"id": "two", "Id": "1", "iD": "3", "name": "y", "nAme": "z", "none": "", "a?": "", "a\x1f": ""} {
		if got := v.get(name).text; got != want {
			t.Errorf("get(%q): got %q, want %q", name, got, want)
		}
	}
	if got := v.get("id").get("id").kind; got != kindAbsent {
		t.Errorf("a member of a string: got kind %d, want none", got)
	}
}

func TestInt(t *testing.T) {
	for text, want := range map[string]int64{`12`: 12, `"12"`: 12, `" 7 "`: 7, `-3`: -3, `1e3`: 1000, `5.0`: 5} {
		v, _ := parse([]byte(text))
		if got := v.int(); got == nil || *got != want {
			t.Errorf("%s: got %v, want %d", text, got, want)
		}
	}
	for _, text := range []string{`"x"`, `""`, `null`, `true`, `1.5`, `1e300`, `[1]`, `{}`, `"1e3"`} {
		v, _ := parse([]byte(text))
		if got := v.int(); got != nil {
			t.Errorf("%s: got %d, want none", text, *got)
		}
	}
}

func TestScalars(t *testing.T) {
	v, err := parse([]byte("{\"t\":\"2024-06-26T18:58:41.913333Z\",\"year1\":\"0001-01-01T00:00:00Z\",\"n\":1.50,\"b\":true,\"z\":null,\"l\":[],\"o\":{},\"bad\":\"a\xff\x00b\",\"half\":\"\\ud800x\"}"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.get("t").time().Nanosecond(), 913333000; got != want {
		t.Errorf("time: got %d ns, want %d", got, want)
	}
	if !v.get("year1").time().IsZero() || !v.get("n").time().IsZero() {
		t.Error("want no time from year 1 and from a number")
	}
	for name, want := range map[string]string{"n": "1.50", "b": "true", "z": "", "l": "", "o": "", "none": "", "bad": "a\uFFFD\u2400b", "half": "\uFFFDx"} {
		if got := v.get(name).untrusted().Raw(); got != want {
			t.Errorf("untrusted %s: got %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"z", "l", "o", "none"} {
		if !v.get(name).empty() {
			t.Errorf("empty %s: got false, want true", name)
		}
	}
}

func TestDepth(t *testing.T) {
	for depth, want := range map[int]error{maxDepth: nil, maxDepth + 1: errDepth, 100_000: errDepth} {
		text := []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		if _, err := parse(text); !errors.Is(err, want) {
			t.Errorf("depth %d: got %v, want %v", depth, err, want)
		}
		if end, deepest, ok := valueEnd(text, 0); !ok || end != len(text) || deepest != depth {
			t.Errorf("valueEnd at depth %d: got %d, %d, %v", depth, end, deepest, ok)
		}
	}
}

// plainValue is the value as encoding/json decodes it.
func plainValue(v value) any {
	switch v.kind {
	case kindBool:
		return v.text == "true"
	case kindNumber:
		return json.Number(v.text)
	case kindString:
		return v.text
	case kindArray:
		list := []any{}
		for _, item := range v.list() {
			list = append(list, plainValue(item.value))
		}
		return list
	case kindObject:
		object := map[string]any{}
		for _, m := range v.members {
			object[m.name] = plainValue(m.value)
		}
		return object
	}
	return nil
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0.5e+7,"x\u00e9\ud83d\ude00\ud800\n",true,false,null,{}],"a":2}`, "[\n1 ,\t2]", `"\x"`, `01`, `-`, `[1,]`, `{"a":}`, `nul`, `"` + "\x01" + `"`, `"\ud800\u0041"`, `"\ud800\ud800"`,
		`[}`, `{]`, `{"a" "b"}`, ``, ` `, `[[[]]]x`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := parse(text)
		end, deepest, ok := valueEnd(text, 0)
		ok = ok && spaceEnd(text, end) == len(text)
		if errors.Is(err, errDepth) {
			return
		}
		if (err == nil) != ok {
			t.Fatalf("parse says %v, valueEnd says %v", err, ok)
		}
		if ok && deepest > maxDepth {
			t.Fatalf("parse accepts depth %d", deepest)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return
		}
		if got, want := ok, json.Valid(text); got != want {
			t.Fatalf("accepted: got %v, want %v", got, want)
		}
		if !ok {
			return
		}
		var small bytes.Buffer
		if err := json.Compact(&small, text); err != nil || !bytes.Equal(compact(nil, text), small.Bytes()) {
			t.Fatalf("compact: got %q, want %q (%v)", compact(nil, text), small.Bytes(), err)
		}
		if got, want := skip(text, 0), spaceEnd(text, 0)+len(v.raw); got != want {
			t.Fatalf("skip: got %d, want %d", got, want)
		}
		if !utf8.Valid(text) {
			return
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := plainValue(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %#v, want %#v", got, want)
		}
	})
}
