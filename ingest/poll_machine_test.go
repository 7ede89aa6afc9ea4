package ingest_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/simulator"
)

// The process dies at steps with a name, each as likely as another, while incidents of four tenants are back-filled, one tenant after the
// other, and while others change. What its progress claims is there after every twentieth death, and in the end everything is, once.
func TestAHundredCrashesLoseNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(100, 1))
		m := newMachine(t, simulator.Options{TokenLifetime: 7 * time.Minute})
		m.every, m.limits.PerMinute, m.limits.Burst = 10*time.Minute, 15, 2
		var tenants []*simulator.Tenant
		most, midway := size(t, 100), 0
		for crashes := 0; crashes < most; {
			if len(tenants) < 4 && crashes >= len(tenants)*most/4 {
				x := m.tenant([]string{"Contoso", "Fabrikam", "Tailspin", "Litware"}[len(tenants)])
				x.World().Generate(50, uint64(len(tenants)), 25*24*time.Hour)
				tenants = append(tenants, x)
				m.start("", 0)
				m.connect(x, false)
				m.live(time.Second)
				m.stop()
			}
			names := slices.Sorted(maps.Keys(m.passed))
			if r.IntN(4) > 0 { // seldom those that few lives come to
				names = slices.DeleteFunc(names, func(name string) bool { return m.passed[name] < 20 })
			}
			if len(names) == 0 {
				continue
			}
			m.start(names[r.IntN(len(names))], 1+r.IntN(2))
			for range r.IntN(2) {
				stir(t, r, tenants[r.IntN(len(tenants))].World())
			}
			life := time.Duration(1+r.IntN(5)) * time.Minute
			if m.catchingUp() {
				life = time.Duration(1+r.IntN(25)) * time.Second
			}
			died := m.live(life)
			if died && m.catchingUp() {
				midway++
			}
			if died {
				if crashes++; crashes%20 == 0 {
					m.holds(m.store, tenants[crashes/20%len(tenants)], false)
				}
			}
			m.stop()
		}
		if len(m.passed) < 20 || midway < most/10 {
			t.Errorf("died at %d different steps, %d times amid a back-fill: too few to tell anything", len(m.passed), midway)
		}
		m.start("", 0)
		m.live(2 * time.Hour)
		for _, x := range tenants {
			m.holds(m.store, x, true)
		}
		states, err := m.service.States(t.Context(), workbench.EveryTenant())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range states {
			if st.Health.Status != workbench.StatusConnected || st.Health.Reason != "" || st.CatchingUp || st.Quarantined != 0 {
				t.Errorf("in the end %s is %s because of %q, catching up %t, %d quarantined", st.Name, st.Health.Status, st.Health.Reason, st.CatchingUp, st.Quarantined)
			}
		}
		(&stage{t: t, store: m.store}).sameElsewhere()
		m.stop()
	})
}

// The whole machine within three months: consent, back-fill, an attack, throttling, consent taken back, tokens that end, a certificate that is
// renewed, and deaths in between. Every status is right within one interval, of the tenant concerned and of no other.
func TestTheWholeMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 7))
		m := newMachine(t, simulator.Options{TokenLifetime: 12 * time.Minute, PropagationDelay: 20 * time.Second, KeyDelay: 3 * time.Minute})
		m.every = 10 * time.Minute
		a, b, c := m.tenant("Contoso"), m.tenant("Fabrikam"), m.tenant("Tailspin")
		m.start("", 0)
		certified, second, third := m.connect(a, true), m.connect(b, false), m.connect(c, false)
		first, _ := m.state(certified).Registration.Active()
		m.stop()
		<-time.After(time.Until(first.NotAfter.Add(-workbench.RenewBefore - 12*time.Hour))) // nobody started it for months
		for i, x := range []*simulator.Tenant{a, b, c} {
			x.World().Generate(60, uint64(i), 20*24*time.Hour)
		}
		// lives are some hours with deaths in between.
		lives := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); {
				names := slices.Sorted(maps.Keys(m.passed))
				m.start(names[r.IntN(len(names))], 1+r.IntN(40))
				stir(t, r, []*simulator.Tenant{a, b, c}[r.IntN(3)].World())
				m.live(min(time.Until(end), time.Duration(r.IntN(120))*time.Minute))
				m.stop()
			}
		}
		well := func(parents ...workbench.ConnectorID) {
			t.Helper()
			for _, id := range parents {
				m.want(id, workbench.StatusConnected, "", workbench.StatusConnected, "")
			}
		}
		interval := m.every + m.every/10 + 10*time.Second

		m.start("", 0)
		m.live(30 * time.Minute) // back-fill
		well(certified, second, third)
		for _, x := range []*simulator.Tenant{a, b, c} {
			m.holds(m.store, x, true)
		}
		m.stop()
		lives(6 * time.Hour)

		m.start("", 0)
		m.live(interval)
		if _, err := a.World().Start("phishing", 1); err != nil {
			t.Fatal(err)
		}
		if _, err := b.World().AddFault(simulator.Fault{Match: "alerts", Do: simulator.Throttle, Text: "60"}); err != nil {
			t.Fatal(err)
		}
		m.live(interval + 5*time.Minute) // tries of one request
		m.want(second, workbench.StatusConnected, "", workbench.StatusConnected, workbench.ReasonThrottled)
		well(certified, third)
		m.live(90 * time.Minute)
		m.want(second, workbench.StatusConnected, "", workbench.StatusError, workbench.ReasonThrottled)
		well(certified, third)
		m.holds(m.store, a, true) // the attack is over
		b.World().ClearFaults()
		m.live(15*time.Minute + interval)
		well(second)

		app := c.Apps()[0]
		app.Revoke("")
		m.live(12*time.Minute + interval) // the last token with roles
		m.want(third, workbench.StatusConnected, "", workbench.StatusError, workbench.ReasonRolesMissing)
		well(certified, second)
		app.Consent()
		m.live(20*time.Second + interval)
		well(third)
		m.stop()

		lives(10 * time.Hour) // over the moment of renewal
		m.start("", 0)
		m.live(4 * time.Hour)
		well(certified, second, third)
		if now, _ := m.state(certified).Registration.Active(); now.ID == first.ID {
			t.Errorf("the certificate that ends on %s is still the active one", first.NotAfter)
		}
		m.stop()
		<-time.After(time.Until(first.NotAfter.Add(time.Hour)))
		m.start("", 0)
		m.live(30 * time.Minute)
		well(certified, second, third) // with the new one alone
		for _, x := range []*simulator.Tenant{a, b, c} {
			m.holds(m.store, x, true)
		}
		(&stage{t: t, store: m.store}).sameElsewhere()
		m.stop()
		if len(m.passed) < 25 {
			t.Errorf("only %d steps were passed", len(m.passed))
		}
	})
}

// asked is a request that reached Microsoft, and until when Microsoft asked to wait in its answer.
type asked struct {
	at, until time.Time
}

// tenantOf is the tenant that a request's token is for.
func tenantOf(r *http.Request) string {
	var claims struct {
		Tenant string `json:"tid"`
	}
	if parts := strings.Split(r.Header.Get("Authorization"), "."); len(parts) == 3 {
		if text, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil && json.Unmarshal(text, &claims) == nil {
			return claims.Tenant
		}
	}
	return ""
}

// Three tenants are back-filled while Microsoft throttles one at random, in each form of Retry-After. What reaches Microsoft never exceeds
// the bucket, in any tenant, and nothing comes before it may.
func TestNothingComesBeforeItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(t, simulator.Options{})
		var mu sync.Mutex
		reached := map[string][]asked{} // by tenant
		m.asked = func(q *http.Request, answer *http.Response) {
			if !strings.Contains(q.URL.Path, "/v1.0/security/") {
				return
			}
			now := time.Now()
			x := asked{at: now, until: now}
			if after := answer.Header.Get("Retry-After"); answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusServiceUnavailable {
				if n, err := strconv.Atoi(after); err == nil && n > 0 {
					x.until = now.Add(min(time.Duration(n)*time.Second, 24*time.Hour))
				} else if at, err := http.ParseTime(after); err == nil {
					x.until = at
				}
			}
			mu.Lock()
			defer mu.Unlock()
			reached[tenantOf(q)] = append(reached[tenantOf(q)], x)
		}
		m.start("", 0)
		var tenants []*simulator.Tenant
		for i, name := range []string{"Contoso", "Fabrikam", "Tailspin"} {
			x := m.tenant(name)
			x.World().Generate(200, uint64(i), 28*24*time.Hour)
			tenants = append(tenants, x)
		}
		for i, f := range []simulator.Fault{{Text: "7"}, {Text: "date:40"}, {}, {Text: "-5"}, {Do: simulator.Unavailable, Text: "90"}, {Do: simulator.ThrottleMidway}, {Text: "soon"}, {Text: "100000"}} {
			if f.Do == "" {
				f.Do = simulator.Throttle
			}
			f.After, f.Times, f.Match = 4+6*i, 2, []string{"alerts", "incidents"}[i%2]
			if i > 6 {
				f.After, f.Match = 80, "incidents"
			}
			if _, err := tenants[1].World().AddFault(f); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range tenants {
			m.connect(x, false)
		}
		m.live(100 * time.Minute)
		for _, i := range []int{0, 2} {
			m.holds(m.store, tenants[i], true)
		}
		m.stop()
		throttled := 0
		for _, list := range reached {
			for i := range list {
				for k := i; k < len(list); k++ {
					if most := 10 + 75*list[k].at.Sub(list[i].at).Minutes() + 0.001; float64(k-i+1) > most {
						t.Fatalf("%d requests within %s, at most %.1f are allowed", k-i+1, list[k].at.Sub(list[i].at), most)
					}
					if k > i && list[k].at.Before(list[i].until) {
						t.Fatalf("a request %s before it was allowed", list[i].until.Sub(list[k].at))
					}
				}
				if list[i].until.After(list[i].at) {
					throttled++
				}
			}
		}
		if throttled < 6 || len(reached) != 3 {
			t.Errorf("only %d of the requests of %d tenants were throttled", throttled, len(reached))
		}
	})
}
