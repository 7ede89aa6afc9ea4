package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
)

// connectorData is one connector as data. Nothing in it is secret.
type connectorData struct {
	workbench.Connector
	TenantName   workbench.Untrusted `json:"tenantName"`
	Status       string              `json:"status"` // what people read
	What         string              `json:"what"`   // is wrong; "" = nothing
	Mend         string              `json:"mend"`
	CatchingUp   bool                `json:"catchingUp"`
	Share        float64             `json:"share"`
	LagSeconds   int64               `json:"lagSeconds"`
	Quarantined  int                 `json:"quarantined"`
	Throttled    bool                `json:"throttled"`
	NeedsConsent bool                `json:"needsConsent"`
	Health       workbench.Health    `json:"health"`
	Progress     *workbench.Progress `json:"progress"` // of children
	ClientID     string              `json:"clientId"`
	ObjectID     string              `json:"objectId"`
	Credentials  []credentialData    `json:"credentials"`
	Renewal      *workbench.Renewal  `json:"renewal"`
}

type credentialData struct {
	Kind      workbench.CredentialKind  `json:"kind"`
	State     workbench.CredentialState `json:"state"`
	Made      bool                      `json:"made"`
	NotBefore workbench.Time            `json:"notBefore"`
	NotAfter  workbench.Time            `json:"notAfter"`
	RenewsAt  workbench.Time            `json:"renewsAt"`
	SHA1      string                    `json:"sha1"`
	SHA256    string                    `json:"sha256"`
}

// connectorsData answers all connectors as data.
func (s *Server) connectorsData(c echo.Context) error {
	states, err := s.Connect.States(c.Request().Context(), who(c).Scope())
	if err != nil {
		return err
	}
	list := make([]connectorData, len(states))
	for i, st := range states {
		list[i] = dataOf(st)
	}
	return writeJSON(c, http.StatusOK, map[string]any{"connectors": list})
}

func dataOf(st connect.State) connectorData {
	d := connectorData{Connector: st.Connector, TenantName: st.TenantName, Status: st.Health.Status.Label(), CatchingUp: st.CatchingUp, Share: st.Share, LagSeconds: int64(st.Lag.Seconds()),
		Quarantined: st.Quarantined, Throttled: st.Throttled, NeedsConsent: st.NeedsConsent, Health: st.Health, Credentials: []credentialData{}}
	if st.Disabled {
		d.Status = "Switched off"
	}
	if st.Health.Reason != "" {
		d.What, d.Mend = st.Health.Reason.Explain()
	}
	if st.Kind.Child() {
		d.Progress = &st.Progress
		if st.Connector.Registration == "" { // its parent's
			return d
		}
	}
	d.ClientID, d.ObjectID, d.Renewal = st.Registration.ClientID, st.Registration.ObjectID, &st.Registration.Renewal
	for _, cr := range st.Registration.Credentials {
		one := credentialData{Kind: cr.Kind, State: cr.State, Made: cr.Made, NotBefore: cr.NotBefore, NotAfter: cr.NotAfter, SHA1: cr.SHA1(), SHA256: cr.SHA256()}
		if cr.Made && !cr.NotAfter.IsZero() {
			one.RenewsAt = workbench.At(cr.NotAfter.Add(-workbench.RenewBefore))
		}
		d.Credentials = append(d.Credentials, one)
	}
	return d
}
