package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"workbench/store/seal"
)

func mustCreate(t testing.TB) (path string, r *seal.Ring) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "workbench.key")
	r, err := seal.Create(path)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return path, r
}

func mustLoad(t testing.TB, path string) *seal.Ring {
	t.Helper()
	r, err := seal.Load(seal.File(path))
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return r
}

func mustRead(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// alone checks that the file is the only one in its folder, and private.
func alone(t testing.TB, path string) {
	t.Helper()
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(names) != 1 || names[0].Name() != filepath.Base(path) {
		t.Errorf("the folder holds %v, %v, want the key file alone", names, err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info.Mode(), err)
	}
}

func TestCreateAndLoad(t *testing.T) {
	path, made := mustCreate(t)
	alone(t, path)
	sealed := mustSeal(t, made, []byte("a secret"), here)
	before := mustRead(t, path)
	if !strings.Contains(before, "Keys of a Stories Workbench") {
		t.Errorf("the file does not say what it is:\n%s", before)
	}
	read := mustLoad(t, path)
	opens(t, read, sealed, here, "a secret")
	fromText, err := seal.Load(seal.Variable("WORKBENCH_KEY", " "+before+"\n"))
	if err != nil {
		t.Fatalf("Load from a variable: %v", err)
	}
	opens(t, fromText, sealed, here, "a secret")
	if _, err := seal.Create(path); !errors.Is(err, fs.ErrExist) || mustRead(t, path) != before {
		t.Errorf("Create over a file: got %v, want fs.ErrExist and the file as it was", err)
	}
	alone(t, path)
	if _, err := seal.Load(seal.File(path + ".absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: got %v, want fs.ErrNotExist", err)
	}
	if _, err := seal.Create(filepath.Join(path+".absent", "key")); err == nil {
		t.Error("Create in a folder that is not there: got no error")
	}
	if keys := made.Keys(); len(keys) != 1 || !keys[0].Primary || !slices.Equal(keys, read.Keys()) || !regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString(keys[0].ID) {
		t.Errorf("keys: got %v and %v, want the same one", keys, read.Keys())
	}
}

// TestCreateAtOnce holds that of many that make the same file one wins, and that the file is the winner's.
func TestCreateAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "workbench.key")
	made := make([]*seal.Ring, 20)
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() {
			r, err := seal.Create(path)
			if err != nil && !errors.Is(err, fs.ErrExist) {
				t.Errorf("Create: %v", err)
			}
			made[i] = r
		})
	}
	group.Wait()
	made = slices.DeleteFunc(made, func(r *seal.Ring) bool { return r == nil })
	if len(made) != 1 || !slices.Equal(made[0].Keys(), mustLoad(t, path).Keys()) {
		t.Errorf("%d made the file, want one, whose keys are in it", len(made))
	}
	alone(t, path)
}

func TestOthersMayNotRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path, _ := mustCreate(t)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644, 0o610, 0o602, 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Load(seal.File(path)); !errors.Is(err, seal.ErrOpenToOthers) || !strings.Contains(err.Error(), "chmod 600 "+path) {
			t.Errorf("mode %o: got %v, want ErrOpenToOthers and the mend", mode, err)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		mustLoad(t, path)
	}
	if _, err := seal.Load(seal.File(filepath.Dir(path))); !errors.Is(err, seal.ErrKeyFile) {
		t.Errorf("a folder: got %v, want ErrKeyFile", err)
	}
}

// keysetOf is the keyset that a key file holds, for tests that spoil it.
func keysetOf(t testing.TB, text string) map[string]any {
	t.Helper()
	var f map[string]any
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func firstKey(f map[string]any) map[string]any {
	return f["keyset"].(map[string]any)["key"].([]any)[0].(map[string]any)
}

func keyData(f map[string]any) map[string]any { return firstKey(f)["keyData"].(map[string]any) }

// TestMalformed gives Load what is no key file. No error may show what the file holds.
func TestMalformed(t *testing.T) {
	path, _ := mustCreate(t)
	whole := mustRead(t, path)
	mustRotate(t, path)
	rotated := keysetOf(t, mustRead(t, path))
	firstKey(rotated)["status"] = "DISABLED"
	formerOff, err := json.Marshal(rotated)
	if err != nil {
		t.Fatal(err)
	}
	spoilt := func(change func(f map[string]any)) string {
		f := keysetOf(t, whole)
		change(f)
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	secret := keyData(keysetOf(t, whole))["value"].(string)
	for name, text := range map[string]string{
		"empty":                  "",
		"white space":            " \n\t",
		"not JSON":               "-----BEGIN PRIVATE KEY-----" + secret,
		"the bare secret":        secret,
		"null":                   "null",
		"a number":               "7",
		"a list":                 "[" + whole + "]",
		"a string":               fmt.Sprintf("%q", secret),
		"cut short":              whole[:len(whole)/2],
		"without its end":        strings.TrimRight(whole, "}\n"),
		"twice":                  whole + whole,
		"with something behind":  whole + secret,
		"too large":              strings.Repeat(" ", 65<<10) + whole,
		"an empty object":        "{}",
		"no version":             spoilt(func(f map[string]any) { delete(f, "version") }),
		"a newer version":        spoilt(func(f map[string]any) { f["version"] = 2 }),
		"a negative version":     spoilt(func(f map[string]any) { f["version"] = -1 }),
		"a version in words":     spoilt(func(f map[string]any) { f["version"] = secret }),
		"another field":          spoilt(func(f map[string]any) { f[secret] = secret }),
		"no mark":                spoilt(func(f map[string]any) { delete(f, "mark") }),
		"a short mark":           spoilt(func(f map[string]any) { f["mark"] = "00ff" }),
		"a mark of other digits": spoilt(func(f map[string]any) { f["mark"] = strings.Repeat("zz", 32) }),
		"no keyset":              spoilt(func(f map[string]any) { delete(f, "keyset") }),
		"keyset null":            spoilt(func(f map[string]any) { f["keyset"] = nil }),
		"keyset a string":        spoilt(func(f map[string]any) { f["keyset"] = secret }),
		"keyset empty":           spoilt(func(f map[string]any) { f["keyset"] = map[string]any{} }),
		"no keys":                spoilt(func(f map[string]any) { f["keyset"].(map[string]any)["key"] = []any{} }),
		"another primary":        spoilt(func(f map[string]any) { f["keyset"].(map[string]any)["primaryKeyId"] = 1 }),
		"no primary":             spoilt(func(f map[string]any) { delete(f["keyset"].(map[string]any), "primaryKeyId") }),
		"a key twice": spoilt(func(f map[string]any) {
			f["keyset"].(map[string]any)["key"] = []any{firstKey(f), firstKey(f)}
		}),
		"a former key off":       string(formerOff),
		"a key switched off":     spoilt(func(f map[string]any) { firstKey(f)["status"] = "DISABLED" }),
		"a key destroyed":        spoilt(func(f map[string]any) { firstKey(f)["status"] = "DESTROYED" }),
		"a key without id":       spoilt(func(f map[string]any) { firstKey(f)["outputPrefixType"] = "RAW" }),
		"another kind of prefix": spoilt(func(f map[string]any) { firstKey(f)["outputPrefixType"] = "CRUNCHY" }),
		"no key data":            spoilt(func(f map[string]any) { delete(firstKey(f), "keyData") }),
		"another kind of key": spoilt(func(f map[string]any) {
			keyData(f)["typeUrl"] = "type.googleapis.com/google.crypto.tink.XChaCha20Poly1305Key"
		}),
		"an unknown kind of key": spoilt(func(f map[string]any) { keyData(f)["typeUrl"] = secret }),
		"a public key":           spoilt(func(f map[string]any) { keyData(f)["keyMaterialType"] = "ASYMMETRIC_PUBLIC" }),
		"a short key": spoilt(func(f map[string]any) {
			keyData(f)["value"] = base64.StdEncoding.EncodeToString(append([]byte{0x1a, 16}, make([]byte, 16)...))
		}),
		"an empty key":      spoilt(func(f map[string]any) { keyData(f)["value"] = "" }),
		"a key cut short":   spoilt(func(f map[string]any) { keyData(f)["value"] = secret[:20] }),
		"a key that is not": spoilt(func(f map[string]any) { keyData(f)["value"] = "???" + secret }),
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.key")
			if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, source := range []seal.Source{seal.File(bad), seal.Variable("WORKBENCH_KEY", text)} {
				r, err := seal.Load(source)
				if !errors.Is(err, seal.ErrKeyFile) || r != nil {
					t.Fatalf("Load: got %v, %v, want ErrKeyFile", r, err)
				}
				if strings.Contains(err.Error(), secret[:16]) {
					t.Errorf("the error shows the key: %v", err)
				}
			}
			for what, change := range map[string]func() (*seal.Ring, error){
				"Rotate": func() (*seal.Ring, error) { return seal.Rotate(bad) }, "Drop": func() (*seal.Ring, error) { return seal.Drop(bad) },
				"Create": func() (*seal.Ring, error) { return seal.Create(bad) },
			} {
				if r, err := change(); err == nil || r != nil || mustRead(t, bad) != text {
					t.Errorf("%s: got %v, %v, want an error and the file as it was", what, r, err)
				}
			}
			alone(t, bad)
		})
	}
}

func FuzzLoad(f *testing.F) {
	path, _ := mustCreate(f)
	whole := mustRead(f, path)
	for _, seed := range []string{whole, "", "{}", `{"version":1}`, whole[:len(whole)/2], `{"version":1,"mark":"` + strings.Repeat("00", 32) + `","keyset":{"key":[{}]}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := seal.Load(seal.Variable("WORKBENCH_KEY", text))
		if err != nil {
			if !errors.Is(err, seal.ErrKeyFile) {
				t.Errorf("got %v, want ErrKeyFile", err)
			}
			return
		}
		opens(t, r, mustSeal(t, r, []byte("x"), here), here, "x")
	})
}

func TestNothingIsShown(t *testing.T) {
	path, r := mustCreate(t)
	text := mustRead(t, path)
	secret := keyData(keysetOf(t, text))["value"].(string)
	raw, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	variable := seal.Variable("WORKBENCH_KEY", text)
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	plain := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{r, *r, variable, &variable, struct{ Ring *seal.Ring }{r}, struct{ Ring seal.Ring }{*r}, []seal.Source{variable}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("a value", "v", v)
		plain.Info("a value", "v", v)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	if !strings.Contains(out.String(), "keys hidden") || !strings.Contains(out.String(), "variable WORKBENCH_KEY") {
		t.Errorf("the output says nothing of what was printed:\n%s", out.String())
	}
	for what, leak := range map[string]string{"base64": secret[8:24], "hex": fmt.Sprintf("%x", raw[8:16]), "decimal": strings.Trim(fmt.Sprint(raw[8:16]), "[]"),
		"bytes": string(raw[8:16]), "the type of key": "AesGcmKey"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the output shows the key in %s", what)
		}
	}
}
