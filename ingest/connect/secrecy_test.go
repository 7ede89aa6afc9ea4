package connect_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
	"workbench/store/seal"
)

// overheard collects what passes in confidence between the workbench and Microsoft.
type overheard struct {
	http.RoundTripper
	mu      sync.Mutex
	secrets []string
}

func (o *overheard) RoundTrip(r *http.Request) (*http.Response, error) {
	o.keep(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if form, err := url.ParseQuery(string(body)); err == nil {
			for _, name := range []string{"client_assertion", "client_secret", "code", "code_verifier"} {
				o.keep(form.Get(name))
			}
		}
		var proven struct{ Proof string }
		if json.Unmarshal(body, &proven) == nil {
			o.keep(proven.Proof)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return o.RoundTripper.RoundTrip(r)
}

func (o *overheard) keep(secret string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(secret) > 8 {
		o.secrets = append(o.secrets, secret)
	}
}

func TestNothingSecretIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard *overheard
		w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper { heard = &overheard{RoundTripper: next}; return heard })
		p, child := w.working(w.certified())
		stop := w.run()
		pass(85 * 24 * time.Hour) // renewed meanwhile
		w.poll()
		const secret = "canary.Secret~4711"
		text := operatorPEM(t)
		for _, choice := range []connect.CredentialChoice{{Kind: connect.ChoiceSecret, Secret: secret}, {Kind: connect.ChoiceCertificate, Certificate: text}} {
			if err := w.service.SetCredential(t.Context(), w.by, p, choice); err != nil {
				t.Fatal(err)
			}
			heard.keep(fmt.Sprintf("%x", choice.Secret))
			if said := fmt.Sprintf("%v %+v %#v", choice, choice, choice); strings.Contains(said, secret) || strings.Contains(said, "PRIVATE") {
				t.Errorf("printed: %s", said)
			}
		}
		w.tenant.World().AddFault(simulator.Fault{Match: "token", Do: simulator.Failing, Times: 3})
		for range 3 {
			w.service.Test(t.Context(), w.by, child)
			pass(time.Minute)
		}
		for _, decision := range []string{"cancel", "accept"} {
			w.authorise(p, globalAdministrator, decision)
			w.authorise(child, globalAdministrator, decision)
		}
		stop()
		heard.keep(secret)
		for rest := text; ; {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			if block.Type == "PRIVATE KEY" {
				heard.keep(string(block.Bytes))
				heard.keep(string(block.Bytes[40:80]))
			}
		}
		registration, err := w.store.Registration(t.Context(), w.state(p).Registration.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range registration.Credentials {
			if len(c.Sealed) == 0 {
				t.Errorf("credential %s is not kept", c.ID)
				continue
			}
			plain, err := w.ring.Open(c.Sealed, seal.Place{Tenant: w.tenant.ID(), Record: string(registration.ID), Field: "credential/" + c.ID})
			if err != nil {
				t.Fatal(err)
			}
			heard.keep(string(plain))
			for _, wrong := range []seal.Place{
				{Tenant: w.other.ID(), Record: string(registration.ID), Field: "credential/" + c.ID},
				{Tenant: w.tenant.ID(), Record: "other", Field: "credential/" + c.ID},
				{Tenant: w.tenant.ID(), Record: string(registration.ID), Field: "credential/other"},
				{Tenant: w.tenant.ID(), Record: string(registration.ID), Field: "flow"},
			} {
				if _, err := w.ring.Open(c.Sealed, wrong); err == nil {
					t.Errorf("opens at %+v", wrong)
				}
			}
		}
		if len(heard.secrets) < 20 {
			t.Fatalf("only %d secrets were heard", len(heard.secrets))
		}
		states, err := w.service.States(t.Context(), workbench.EveryTenant())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range states {
			for _, c := range st.Registration.Credentials {
				if c.Sealed != nil {
					t.Error("a state holds what is sealed")
				}
			}
		}
		shown, err := json.Marshal(states)
		if err != nil {
			t.Fatal(err)
		}
		places := map[string][]byte{"log": []byte(w.log.String()), "states": shown, "audit": []byte(w.audit()), "blindness": fmt.Appendf(nil, "%+v", w.service.Blindness(workbench.EveryTenant())),
			"service": fmt.Appendf(nil, "%+v", states)}
		var copied bytes.Buffer
		if err := w.store.Backup(t.Context(), &copied); err != nil {
			t.Fatal(err)
		}
		places["backup"] = copied.Bytes()
		if places["store"], err = os.ReadFile(filepath.Join(w.folder, "store.db")); err != nil {
			t.Fatal(err)
		}
		for name, place := range places {
			if bytes.Contains(place, []byte("PRIVATE KEY")) {
				t.Errorf("%s: holds a private key", name)
			}
			for i, s := range heard.secrets {
				for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)), hex.EncodeToString([]byte(s)), strings.ToUpper(hex.EncodeToString([]byte(s))), url.QueryEscape(s), wide(s, binary.LittleEndian), wide(s, binary.BigEndian)} {
					if bytes.Contains(place, []byte(form)) {
						t.Errorf("%s: holds secret %d", name, i)
						break
					}
				}
			}
		}
	})
}

// wide is text in UTF-16.
func wide(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func TestReseal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		key := filepath.Join(t.TempDir(), "key")
		first, err := seal.Create(key)
		if err != nil {
			t.Fatal(err)
		}
		w.config.Seal = first
		w.open()
		p := w.connected()
		if w.config.Seal, err = seal.Rotate(key); err != nil {
			t.Fatal(err)
		}
		w.open()
		if n, err := w.service.Reseal(t.Context()); n != 1 || err != nil {
			t.Fatalf("got %d, %v; want 1", n, err)
		}
		if n, err := w.service.Reseal(t.Context()); n != 0 || err != nil {
			t.Errorf("again: got %d, %v; want 0", n, err)
		}
		if w.config.Seal, err = seal.Drop(key, first.Keys()[0].ID); err != nil {
			t.Fatal(err)
		}
		w.open()
		if st, err := w.service.Test(t.Context(), w.by, p.ID); err != nil || st.Health.Status != workbench.StatusConnected {
			t.Errorf("without the old key: got %+v, %v", st.Health, err)
		}
	})
}
