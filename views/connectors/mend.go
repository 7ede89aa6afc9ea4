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
	again := Button{Label: "Delete it to add it again", About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.Delete)}
	var list []Button
	switch r := s.Health.Reason; r {
	case workbench.ReasonCertificateUnknown, workbench.ReasonCertificateExpired, workbench.ReasonRenewalRefused, workbench.ReasonUnsealable:
		list = append(certificateButtons(s, v), anotherButtons(s, "Use another certificate")...)
	case workbench.ReasonKeyPolicy:
		list = anotherButtons(s, "Use another certificate")
	case workbench.ReasonSecretWrong, workbench.ReasonSecretExpired:
		list = append(anotherButtons(s, "Enter another secret"), certificateButtons(s, v)...)
	case workbench.ReasonApplicationMissing, workbench.ReasonNotOwner:
		if s.Kind.Child() {
			return []Button{again, testButton(s, v)} // deleting is never what is pressed first
		}
	case workbench.ReasonSingleTenant:
		if place := s.credentials(); s.Registration.Name != "" && place.page != "" {
			list = []Button{{Label: "Open the shared app", About: workbench.Text(s.Name), URL: place.page}}
		}
	case workbench.ReasonRedirectMismatch:
		list = []Button{{Label: "Show the redirect address", URL: link.SetUp()}, authorize}
	case workbench.ReasonRequestRefused, workbench.ReasonResourceMissing:
		list = []Button{authorize, {Label: "Check the application id", About: workbench.Text(s.Name), URL: link.Connector(parent, "") + "#" + EditAnchor}}
		if place := s.credentials(); s.Registration.Name != "" || s.managed() {
			list = []Button{authorize}
			if place.page != "" && !s.managed() {
				list = append(list, Button{Label: "Check the application id", About: workbench.Text(s.Name), URL: link.SharedApp(s.Registration.ID, "") + "#" + EditAnchor})
			}
		}
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

// authorizeButton goes to Microsoft: for a child whose parent may not make its application yet, to authorise that.
func authorizeButton(s Source, label string) Button {
	if s.Kind.Child() && s.Health.Reason == workbench.ReasonOwnershipMissing {
		return Button{Label: "Authorize the parent", About: workbench.Text(s.Name), URL: link.Connector(s.parentID(), link.Authorize), Post: true, NewTab: true, Icon: "external"}
	}
	return Button{Label: label, About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.Authorize), Post: true, NewTab: true, Icon: "external"}
}

func testButton(s Source, v viewer) Button {
	return Button{Label: "Test", About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.TestNow), Post: true, Back: v.back}
}

// certificateButtons give the certificate that waits to be uploaded, and make one where none does. Where a parent manages the application it
// does both by itself.
func certificateButtons(s Source, v viewer) []Button {
	place := s.credentials()
	if s.managed() {
		return []Button{replaceButton(s, v)}
	}
	if _, ok := s.Registration.Offered(); ok {
		return []Button{{Label: "Download new certificate", About: workbench.Text(s.Name), URL: place.file, Icon: "export"}}
	}
	if place.make == "" {
		return nil
	}
	return []Button{{Label: "Make new certificate", About: workbench.Text(s.Name), URL: place.make, Post: true, Icon: "key", Back: v.back}}
}

// replaceButton has the parent give the application of a child a new certificate, whatever became of the one before.
func replaceButton(s Source, v viewer) Button {
	return Button{Label: "Replace the certificate by the parent", About: workbench.Text(s.Name), URL: link.Connector(s.ID, link.Replace), Post: true, Icon: "key", Back: v.back}
}

// anotherButtons lead to where another certificate or secret is brought, where the reader may.
func anotherButtons(s Source, label string) []Button {
	if place := s.credentials(); place.page != "" {
		return []Button{{Label: label, About: workbench.Text(s.Name), URL: place.page}}
	}
	return nil
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
