package connectors

import (
	"workbench"
	"workbench/views/link"
)

// topologyValue is how a form says a topology.
func topologyValue(t workbench.Topology) string {
	if t == workbench.OwnApp {
		return ownTopology
	}
	return string(t)
}

// ReadTopology reads what a form says. What is none is left as it is: whoever checks the form says so.
func ReadTopology(value string) workbench.Topology {
	if value == ownTopology {
		return workbench.OwnApp
	}
	return workbench.Topology(value)
}

// topologyWords say of each topology what choosing it means.
var topologyWords = map[workbench.Topology]string{
	workbench.OwnApp:      "You register an app in the tenant, for this tenant alone, and the workbench reads with it.",
	workbench.SharedApp:   "One app in your own tenant, with one certificate, that many tenants consent to.",
	workbench.ManagedApps: "The app of this parent may create and manage applications of its own in the tenant, and no others; the workbench makes one for each connector under it.",
}

// SharedUse is what a page says of the shared app that a connector signs in with.
type SharedUse struct {
	Name  workbench.Untrusted
	URL   string // of its page; "" = the reader may not open it
	Users int    // connectors that sign in with it; 0 = the reader may not know
}

// Whose says on a connector's page whose application reads the tenant.
type Whose struct {
	Label  string
	Words  string
	Shared *SharedUse
}

func whoseOf(s Source, use *SharedUse) *Whose {
	of := s.Connector
	if s.Parent != nil {
		of = *s.Parent
	}
	w := &Whose{Label: of.Topology.Label()}
	switch {
	case of.Topology == workbench.SharedApp && use != nil:
		w.Shared = use
	case of.Topology == workbench.SharedApp:
		w.Shared = &SharedUse{Name: workbench.Text(s.Registration.Name)}
	case of.Topology == workbench.ManagedApps && s.Kind.Child():
		w.Words = "This connector has an application of its own in the tenant, which its parent created and manages."
	case of.Topology == workbench.ManagedApps:
		w.Words = "This connector may create and manage applications of its own in the tenant, and no others (Application.ReadWrite.OwnedBy). It reads nothing itself: each connector under it has its own application."
	default:
		return nil
	}
	return w
}

// hasCredentials reports whether a connector's own page has what it signs in with: it may also be its parent's, or that of an app that others share.
func (s Source) hasCredentials() bool {
	if s.Kind.Child() {
		return s.managed()
	}
	return s.Topology != workbench.SharedApp
}

// managed reports whether a connector has an application that its parent made.
func (s Source) managed() bool { return s.Kind.Child() && s.Connector.Registration != "" }

// credentialPlace is the page on which certificates of a connector are brought, made and downloaded.
type credentialPlace struct{ page, file, make string }

// credentials is where what a connector signs in with is looked after; all of it is "" where the reader may not.
func (s Source) credentials() credentialPlace {
	if s.Registration.Name != "" {
		if !s.OpensShared {
			return credentialPlace{file: link.CertificateFile(s.parentID())}
		}
		id := s.Registration.ID
		return credentialPlace{link.SharedApp(id, "") + "#" + CredentialAnchor, link.SharedCertificateFile(id), link.SharedApp(id, link.Certificate)}
	}
	owner := s.parentID()
	if s.managed() {
		owner = s.ID
	}
	return credentialPlace{CredentialURL(owner), link.CertificateFile(owner), link.Connector(owner, link.Certificate)}
}

// Choices are what a Microsoft 365 connector can choose from.
type Choices struct {
	Clouds []CloudChoice
	Shared []SharedChoice
}

// CloudChoice is one of Microsoft's clouds.
type CloudChoice struct {
	Name, Label string
	Why         string // it can't be chosen; "" = it can
}

// SharedChoice is an app that several tenants share.
type SharedChoice struct {
	ID    workbench.RegistrationID
	Name  string
	Cloud string // its label
}

// TopologyField asks whose application reads the tenant.
type TopologyField struct {
	Label, Error string
	Options      []TopologyOption
}

// TopologyOption is one answer.
type TopologyOption struct {
	ID, Value, Label, Words string
	Selected                bool
}

func newTopologyField(typed Typed) TopologyField {
	f := TopologyField{Label: "Whose application reads it", Error: typed.Errors[FieldTopology]}
	chosen := ReadTopology(typed.Values[FieldTopology])
	for i, t := range []workbench.Topology{workbench.OwnApp, workbench.SharedApp, workbench.ManagedApps} {
		o := TopologyOption{ID: "topology-" + topologyValue(t), Value: topologyValue(t), Label: t.Label(), Words: topologyWords[t], Selected: t == chosen}
		if i == 0 {
			o.ID = "field-" + FieldTopology // where what is wrong with it leads
		}
		f.Options = append(f.Options, o)
	}
	return f
}

func newCloudField(may Choices, typed Typed) ChoiceField {
	f := ChoiceField{Name: FieldCloud, Label: "Microsoft cloud", Error: typed.Errors[FieldCloud]}
	for _, c := range may.Clouds {
		o := Option{Value: c.Name, Label: c.Label, Selected: c.Name == typed.Values[FieldCloud], Disabled: c.Why != ""}
		if o.Disabled {
			o.Label += " – not available"
			f.Hint = join(f.Hint, c.Why)
		}
		f.Options = append(f.Options, o)
	}
	return f
}

func newSharedField(may Choices, typed Typed) ChoiceField {
	f := ChoiceField{Name: FieldShared, Label: "Shared app", Error: typed.Errors[FieldShared], Hint: "The tenant is looked for in the cloud of the app."}
	if len(may.Shared) != 1 {
		f.Options = []Option{{Label: "Choose…"}}
	}
	for _, s := range may.Shared {
		label := workbench.Text(s.Name).Brief()
		if s.Cloud != "" {
			label += " · " + s.Cloud
		}
		f.Options = append(f.Options, Option{Value: string(s.ID), Label: label, Selected: string(s.ID) == typed.Values[FieldShared]})
	}
	return f
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}
