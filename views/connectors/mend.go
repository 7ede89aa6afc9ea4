package connectors

import (
	"workbench"
	"workbench/views/link"
)

// Button does something: it follows a link, or posts a form.
type Button struct {
	Label   string
	About   workbench.Untrusted // name of the connector, for whoever hears the button without its row
	URL     string
	Post    bool
	NewTab  bool
	Primary bool
	Danger  bool
	Icon    string
	Back    string // where the form comes back to
}

// mends are the buttons that mend what is wrong, the likeliest first, and Test last.
func mends(s Source, v viewer) []Button {
	if !v.canEdit {
		return nil
	}
	parent := s.parentID()
	authorize := authorizeButton(s, "Authorize")
	another := Button{Label: "Use another certificate", About: workbench.Text(s.Name), URL: link.Connector(parent, "") + "#" + CredentialAnchor}
	var list []Button
	switch r := s.Health.Reason; r {
	case workbench.ReasonCertificateUnknown, workbench.ReasonCertificateExpired, workbench.ReasonRenewalRefused, workbench.ReasonUnsealable:
		list = []Button{certificateButton(s, v), another}
	case workbench.ReasonKeyPolicy:
		list = []Button{another}
	case workbench.ReasonSecretWrong, workbench.ReasonSecretExpired:
		another.Label = "Enter another secret"
		list = []Button{another, certificateButton(s, v)}
	case workbench.ReasonRedirectMismatch:
		list = []Button{{Label: "Show the redirect address", URL: link.SetUp()}, authorize}
	case workbench.ReasonRequestRefused, workbench.ReasonResourceMissing:
		list = []Button{authorize, {Label: "Check the application id", About: workbench.Text(s.Name), URL: link.Connector(parent, "") + "#" + EditAnchor}}
	case workbench.ReasonWrongAccount, workbench.ReasonWrongTenant, workbench.ReasonConditionalAccess, workbench.ReasonSignInExpired:
		list = []Button{authorize}
	default:
		if r.Consent() {
			list = []Button{authorize}
		}
	}
	if len(list) > 0 {
		list[0].Primary = true
	}
	return append(list, testButton(s, v))
}

func authorizeButton(s Source, label string) Button {
	return Button{Label: label, About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.Authorize), Post: true, NewTab: true, Icon: "external"}
}

func testButton(s Source, v viewer) Button {
	return Button{Label: "Test", About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.TestNow), Post: true, Back: v.back}
}

// certificateButton gives the certificate that waits to be uploaded, and makes one where none does.
func certificateButton(s Source, v viewer) Button {
	id := s.parentID()
	if _, ok := s.Registration.Offered(); ok {
		return Button{Label: "Download new certificate", About: workbench.Text(s.Name), URL: link.CertificateFile(id), Icon: "export"}
	}
	return Button{Label: "Make new certificate", About: workbench.Text(s.Name), URL: link.Connector(id, link.Certificate), Post: true, Icon: "key", Back: v.back}
}

// rowMenu is everything else that can be done with a connector.
func rowMenu(s Source, v viewer) []Button {
	list := []Button{{Label: "Open", URL: link.Connector(s.ID, ""), Icon: "view"}}
	if !v.canEdit {
		return list
	}
	if !s.Disabled {
		list = append(list, Button{Label: "Test", URL: link.Connector(s.ID, link.TestNow), Post: true, Icon: "timeline", Back: v.back}, authorizeButton(s, "Authorize again"))
	}
	list = append(list, Button{Label: "Edit", URL: link.Connector(s.ID, "") + "#" + EditAnchor, Icon: "settings"}, switchButton(s, v))
	for i := range list {
		list[i].About = workbench.Untrusted{} // the menu itself is called by the connector's name
	}
	return append(list, Button{Label: "Delete", URL: link.Connector(s.ID, link.Delete), Danger: true, Icon: "cross"})
}

func switchButton(s Source, v viewer) Button {
	if s.Disabled {
		return Button{Label: "Switch on", About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.Enable), Post: true, Icon: "plug", Back: v.back}
	}
	return Button{Label: "Switch off", About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.Disable), Post: true, Icon: "unplug", Back: v.back}
}
