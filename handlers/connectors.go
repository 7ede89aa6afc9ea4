package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/store"
	"workbench/views/connectors"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// Connections is what pages ask of connectors. *connect.Service is one, and says what each method promises.
type Connections interface {
	RedirectURI() string
	AddParent(ctx context.Context, by connect.By, p connect.Parent) (workbench.Connector, error)
	AddChild(ctx context.Context, by connect.By, c connect.Child) (connect.State, error)
	Edit(ctx context.Context, by connect.By, id workbench.ConnectorID, e connect.Edit) error
	SetDisabled(ctx context.Context, by connect.By, id workbench.ConnectorID, disabled bool) error
	Delete(ctx context.Context, by connect.By, id workbench.ConnectorID) error
	Test(ctx context.Context, by connect.By, id workbench.ConnectorID) (connect.State, error)
	Authorize(ctx context.Context, by connect.By, id workbench.ConnectorID) (connect.Departure, error)
	Departing(ctx context.Context, by connect.By, flow string) (connect.Departure, error)
	Arrive(ctx context.Context, by connect.By, query url.Values) (connect.Arrival, error)
	OfferCertificate(ctx context.Context, by connect.By, id workbench.ConnectorID) error
	SetCredential(ctx context.Context, by connect.By, id workbench.ConnectorID, c connect.CredentialChoice) error
	States(ctx context.Context, scope workbench.Scope) ([]connect.State, error)
	State(ctx context.Context, scope workbench.Scope, id workbench.ConnectorID) (connect.State, error)
	Blindness(scope workbench.Scope) []connect.Blind
	Looked()
	Clouds() []entra.Cloud
	Consents
	Invitations
	SharedApps
	Bulk
}

// mountConnectors registers the pages of connectors.
func (s *Server) mountConnectors() {
	see, change := workbench.ReadIntegration, workbench.EditIntegration
	s.get("/connectors", see, s.connected(s.connectorsList), link.JSON)
	s.get("/integrations", see, s.connected(s.integrationsList(link.FromApps)))
	s.get("/integrations/configured", see, s.connected(s.integrationsList(link.FromConfigured)))
	s.get("/connectors/blindness", see, s.connectorsBlindness)
	s.get("/connectors/new", change, s.connected(s.connectorsNew))
	s.get("/connectors/setup", change, s.connected(s.connectorsSetUp))
	s.get("/connectors/setup/script", change, s.connected(s.connectorsScript))
	s.get("/connectors/callback", workbench.Public, s.invited(s.connectorsArrive)) // who needs an account there is told by it
	s.get("/consent", workbench.Public, s.invited(s.consentShow))
	s.post("/consent", workbench.Public, s.invited(s.consentFollow))
	s.get("/consent/depart", workbench.Public, s.invited(s.consentDepart))
	s.mountSharedApps()
	s.mountBulk()
	s.post("/connectors", change, s.connected(s.connectorsCreate))
	s.get("/connectors/:id", see, s.connected(s.connectorsShow), link.JSON)
	s.post("/connectors/:id", change, s.connected(s.connectorsEdit))
	s.get("/connectors/:id/authorize", change, s.connected(s.connectorsDepart))
	s.post("/connectors/:id/authorize", change, s.connected(s.connectorsAuthorize))
	s.post("/connectors/:id/test", change, s.connected(s.connectorsTest))
	s.post("/connectors/:id/disable", change, s.connected(s.connectorsSwitch(true)))
	s.post("/connectors/:id/enable", change, s.connected(s.connectorsSwitch(false)))
	s.get("/connectors/:id/delete", change, s.connected(s.connectorsDeleteForm))
	s.post("/connectors/:id/delete", change, s.connected(s.connectorsDelete))
	s.post("/connectors/:id/certificate", change, s.connected(s.connectorsOfferCertificate))
	s.post("/connectors/:id/link", change, s.connected(s.connectorsMakeLink))
	s.post("/connectors/:id/link/withdraw", change, s.connected(s.connectorsWithdrawLink))
	s.post("/connectors/:id/confirm", change, s.connected(s.connectorsConfirm))
	s.post("/connectors/:id/refuse", change, s.connected(s.connectorsRefuse))
	s.post("/connectors/:id/replace", change, s.connected(s.connectorsReplace))
	s.post("/connectors/:id/credential", change, s.connected(s.connectorsSetCredential))
	s.get("/connectors/:id/certificate.cer", see, s.connected(s.connectorsCertificate))
}

// connected answers where the workbench has connectors at all. Whoever looks at a page of theirs has the pending ones asked about now.
func (s *Server) connected(handle echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.Connect == nil {
			return workbench.ErrNotFound
		}
		if c.Request().Method == http.MethodGet {
			s.Connect.Looked()
		}
		return handle(c)
	}
}

// by is who asks, and in which session.
func (s *Server) by(c echo.Context) (connect.By, error) {
	session, err := s.sessionID(c)
	return connect.By{Account: who(c), Session: session}, err
}

// connectorID is the connector that the path names.
func connectorID(c echo.Context) workbench.ConnectorID {
	return workbench.ConnectorID(short(c.Param("id")))
}

// sourceOf is what pages show of a state.
func sourceOf(st connect.State) connectors.Source {
	return connectors.Source{Connector: st.Connector, Parent: st.Parent, TenantName: st.TenantName, Registration: st.Registration, Health: st.Health, Progress: st.Progress, CatchingUp: st.CatchingUp,
		Share: st.Share, Lag: st.Lag, Quarantined: st.Quarantined, Children: st.Children, NeedsConsent: st.NeedsConsent, Throttled: st.Throttled, Testing: st.Testing, Stories: -1}
}

// sources is everything that the account may see.
func (s *Server) sources(c echo.Context) ([]connectors.Source, error) {
	states, err := s.Connect.States(c.Request().Context(), who(c).Scope())
	if err != nil {
		return nil, err
	}
	list := make([]connectors.Source, len(states))
	for i, st := range states {
		list[i] = sourceOf(st)
		list[i].OpensShared = who(c).AllGrants
	}
	return list, nil
}

// countStories fills in how many stories each connector's tenant has of its products, as the list says that its link leads to: with one
// question for each kind of connector, however many there are. A tenant beyond those that facets name is left uncounted.
func (s *Server) countStories(c echo.Context, list []connectors.Source) error {
	counts := map[workbench.ConnectorKind]map[workbench.TenantID]int{}
	whole := map[workbench.ConnectorKind]bool{}
	for i, source := range list {
		kind := source.Kind
		if !kind.Child() || source.Tenant == "" {
			continue
		}
		if counts[kind] == nil {
			q := store.Query{Filters: map[store.Field]store.Filter{store.Producer: producersOf(kind)}, Limit: 1}
			page, err := s.Queries.Stories(c.Request().Context(), who(c).Scope(), q)
			if err != nil {
				return err
			}
			counts[kind], whole[kind] = map[workbench.TenantID]int{}, len(page.Facets[store.Tenant]) < fullFacet
			for _, f := range page.Facets[store.Tenant] {
				counts[kind][workbench.TenantID(f.Value)] = f.Count
			}
		}
		if n, ok := counts[kind][source.Tenant]; ok || whole[kind] {
			list[i].Stories = n
		}
	}
	return nil
}

// fullFacet is how many values of a field a query counts at most.
const fullFacet = 100

// producersOf keeps the stories that link.StoriesFrom leads to.
func producersOf(kind workbench.ConnectorKind) store.Filter {
	switch kind {
	case workbench.DefenderEndpoint:
		return store.Filter{Any: []string{workbench.ProductEndpoint}}
	case workbench.DefenderOffice365:
		return store.Filter{Any: []string{workbench.ProductOffice365}}
	}
	return store.Filter{Not: []string{workbench.ProductEndpoint, workbench.ProductOffice365}}
}

// family is a connector's parent and everything under that.
func family(all []connectors.Source, of connectors.Source) []connectors.Source {
	parent := of.ID
	if of.Kind.Child() {
		parent = of.Connector.Parent
	}
	var list []connectors.Source
	for _, s := range all {
		if s.ID == parent || s.Connector.Parent == parent {
			list = append(list, s)
		}
	}
	return list
}

// connectorProps is the frame of the pages of connectors, with what was just done as its notice.
func (s *Server) connectorProps(c echo.Context) layout.Props {
	p := s.props(c, "", layout.SectionConnectors)
	p.Notice = doneNotices[c.QueryParam("done")]
	return p
}

// doneNotices say what was done, by the word that the address carries.
var doneNotices = map[string]string{
	"saved":       "Saved.",
	"testing":     "Microsoft is being asked about them now; each row shows the answer as it comes.",
	"none":        "Nothing was tested: no tenant was chosen, or those that were are being tested already.",
	"tested":      "Microsoft was asked just now; the status shows its answer.",
	"off":         "Switched off. Nothing new comes in until it is switched on again; what is here stays.",
	"on":          "Switched on. What came meanwhile is fetched now.",
	"deleted":     "Deleted. Its stories stay.",
	"gone":        "Deleted here. The app registration stays at Microsoft.",
	"certificate": "A new certificate waits here. Download it, and upload it to the app registration.",
	"credential":  "Saved. It is used from now on.",
	"withdrawn":   "The link was withdrawn. It leads nowhere any more.",
	"confirmed":   "Confirmed. What stands under this connector is read from now on.",
	"refused":     "Refused. The consent is forgotten here; at Microsoft it stays until somebody there removes it.",
	"kept":        "The certificate was not replaced: the page of the connector says why. Try again when it is mended.",
	"replaced":    "The parent gave this connector's application a new certificate.",
}

// done leads back to where a form says that it stands, or to fallback, with the word for what was done.
func done(c echo.Context, fallback, what string) error {
	target := fallback
	if back := c.FormValue(connectors.FieldBack); back != "" {
		target = local(back)
	}
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	query := u.Query()
	query.Set("done", what)
	u.RawQuery = query.Encode()
	return c.Redirect(http.StatusSeeOther, u.String())
}

// integrationProps puts the entries of connectors into the rail, with what is not well.
func (s *Server) integrationProps(c echo.Context, p *layout.Props) {
	account := who(c)
	if s.Connect == nil || !account.May(workbench.ReadIntegration) {
		return
	}
	p.Integrations = true
	n := 0
	for _, b := range s.blind(c) {
		if !b.CatchingUp {
			n++
		}
	}
	switch n {
	case 0:
	case 1:
		p.Unwell = "1 connector is not well"
	default:
		p.Unwell = ui.Count(n) + " connectors are not well"
	}
}

// blindness is what pages say above lists whose data is incomplete.
func (s *Server) blindness(c echo.Context) []ui.Blind {
	if s.Connect == nil {
		return nil
	}
	account := who(c)
	var list []ui.Blind
	for _, b := range s.blind(c) {
		blind := ui.Blind{Name: workbench.Text(b.Name), Product: b.Product, Tenant: b.TenantName.Or(b.Tenant.Text()), Sentence: b.Sentence, Mild: b.CatchingUp}
		if account.May(workbench.ReadIntegration) {
			blind.URL = link.Connector(b.Connector, "")
		}
		list = append(list, blind)
	}
	return list
}

// entered is a field that a person typed, without white space around it, and cut where it is longer than any such field may be.
func entered(c echo.Context, name string) string {
	return cutText(strings.TrimSpace(c.FormValue(name)), maxEntered)
}

const maxEntered = 4096

func cutText(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
