package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// homeView is the first page of the portal.
type homeView struct {
	Base     string
	Clock    string
	Skew     int // seconds, as the rest
	Lifetime int
	Consent  int
	Keys     int
	Replicas int
	Clouds   []string // the other ones, by address
	Tenants  []tenantLine
}

// tenantLine is a tenant in a list.
type tenantLine struct{ ID, Name, Domain string }

// portalHome answers the first page and its forms.
func (s *Simulator) portalHome(w http.ResponseWriter, r *http.Request, form string) {
	view := portalView{Title: "Tenants", Notice: done(r.URL.Query().Get("done"))}
	switch {
	case form != "" && r.Method != http.MethodPost:
		s.notThere(w)
		return
	case form == "keys":
		if err := s.RotateSigningKeys(); err != nil {
			view.Problem = err.Error()
			break
		}
		seeOther(w, "/portal/", "rotated")
		return
	case form == "settings":
		settings, err := readSettings(r)
		if err != nil {
			view.Problem = err.Error()
			break
		}
		s.Set(settings)
		seeOther(w, "/portal/", "settings")
		return
	}
	now, settings := s.time(), s.Settings()
	home := homeView{Base: s.base.String(), Clock: now.Format("2006-01-02 15:04:05 UTC"), Skew: seconds(settings.ClockSkew), Lifetime: seconds(settings.TokenLifetime),
		Consent: seconds(settings.PropagationDelay), Keys: seconds(settings.KeyDelay), Replicas: seconds(settings.ReplicationDelay)}
	for _, other := range s.neighbours() {
		home.Clouds = append(home.Clouds, other.base.String())
	}
	for _, t := range s.Tenants() {
		home.Tenants = append(home.Tenants, tenantLine{t.id, t.name, t.Domain()})
	}
	status := http.StatusOK
	if view.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	s.showTemplate(w, status, view, "home", home)
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// readSettings reads the form of the first page.
func readSettings(r *http.Request) (Settings, error) {
	var settings Settings
	for _, f := range []struct {
		name, label string
		least       int
		to          *time.Duration
	}{
		{"skew", "Clock skew", -86_400, &settings.ClockSkew},
		{"lifetime", "Token lifetime", 1, &settings.TokenLifetime},
		{"consent", "Consent shows after", 0, &settings.PropagationDelay},
		{"keys", "A new certificate works after", 0, &settings.KeyDelay},
		{"replicas", "What Graph made is found after", 0, &settings.ReplicationDelay},
	} {
		n, err := strconv.Atoi(r.PostForm.Get(f.name))
		if err != nil || n < f.least || n > 86_400 {
			return Settings{}, fmt.Errorf("%s: enter seconds, from %d to 86400", f.label, f.least)
		}
		*f.to = time.Duration(n) * time.Second
	}
	return settings, nil
}
