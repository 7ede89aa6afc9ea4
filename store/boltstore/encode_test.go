package boltstore

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"workbench"
)

// filled fills a value, however deep, with values that are hard to write; what is a list or a pointer is now and then nil.
func filled(r *rand.Rand, v reflect.Value) {
	texts := []string{"", "plain", "a <b> & \"c\" \\ d", "line\nend\ttab\x01\x1f\x7f", "Grüße \u2028 \u202e 日本 😀", "\ufffd"}
	switch at := v.Addr().Interface().(type) {
	case *workbench.Untrusted:
		*at = workbench.Text(texts[r.IntN(len(texts))])
		return
	case *workbench.Time:
		*at = workbench.At([]time.Time{{}, time.Unix(r.Int64N(1<<33), 0), time.Unix(r.Int64N(1<<33), r.Int64N(1e9))}[r.IntN(3)])
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			filled(r, v.Field(i))
		}
	case reflect.Slice:
		if n := r.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
		}
		for i := range v.Len() {
			filled(r, v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			filled(r, v.Index(i))
		}
	case reflect.Pointer:
		if r.IntN(2) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			filled(r, v.Elem())
		}
	case reflect.String:
		v.SetString(append(texts, "no\xffUTF-8")[r.IntN(len(texts)+1)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) > 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> r.IntN(64))
	case reflect.Uint8:
		v.SetUint(uint64(r.Uint32N(256)))
	default:
		panic("the test cannot fill a " + v.Type().String())
	}
}

// TestEncoderWritesWhatJSONWrites holds that stories are the same bytes whoever writes them: hashes are taken of those bytes.
func TestEncoderWritesWhatJSONWrites(t *testing.T) {
	for name, example := range map[string]any{
		"content": &workbench.Content{}, "head": &workbench.Head{},
		"types that are left to marshal": &struct {
			Bytes []byte `json:"bytes"`
			Left  struct {
				Skipped int `json:"-"`
				Dropped int `json:"dropped,omitempty"`
				Unnamed string
			} `json:"left"`
			Verdict workbench.Verdict `json:"verdict"`
			Nested  [][]*bool         `json:"nested"`
			Array   [2]int            `json:"array"`
		}{},
	} {
		t.Run(name, func(t *testing.T) {
			v := reflect.ValueOf(example).Elem()
			encode, r := encoderOf(v.Type()), rand.New(rand.NewPCG(1, 2))
			for range 300 {
				v.SetZero()
				filled(r, v)
				want, err := marshal(example)
				if err != nil {
					t.Fatal(err)
				}
				got, err := encode([]byte("before"), v)
				if err != nil || string(got) != "before"+string(want) {
					t.Fatalf("got %s, %v\nwant %s", got, err, want)
				}
			}
		})
	}
}
