package connectors

import (
	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
)

// FieldToken is the field, also of the address, that carries the secret of a consent link.
const FieldToken = "token"

// Invitation is the page of a consent link. Its readers have no account here.
type Invitation struct {
	Layout     layout.Props
	Requester  workbench.Untrusted
	Address    workbench.Untrusted // of the workbench
	Entered    workbench.Untrusted
	TenantID   workbench.Untrusted
	TenantName workbench.Untrusted
	Makes      bool // it asks to create applications, and not to read
	Grants     []Grant
	Until      string
	URL        string
	Token      string
}

// InvitationInput is what the page is made from.
type InvitationInput struct {
	Layout     layout.Props
	Link       workbench.ConsentLink
	Address    string
	Entered    string
	TenantName workbench.Untrusted
	Connector  workbench.Connector
	Token      string
}

// NewInvitation makes the page.
func NewInvitation(in InvitationInput) Invitation {
	in.Layout = Guest(in.Layout, "Consent for the Stories Workbench")
	return Invitation{
		Layout: in.Layout, Requester: workbench.Text(in.Link.Name), Address: workbench.Text(in.Address), Entered: workbench.Text(in.Entered), TenantID: in.Link.Tenant.Text(), TenantName: in.TenantName,
		Makes: makes(in.Connector), Grants: grantsOf(in.Connector), Until: minute(in.Link.Expires, in.Layout.Display), URL: link.Consent(""), Token: in.Token,
	}
}

// Guest is the frame of a page for somebody without an account, whoever is signed in: without anything that asks for one.
func Guest(p layout.Props, title string) layout.Props {
	p.Title, p.Section, p.Account, p.Notice, p.Problem, p.Integrations, p.Unwell, p.Blind = title, "", "", "", "", false, "", nil
	return p
}

// ConsentNote is what a page says to a reader without an account besides the request itself: on the way, after it, or that a link leads nowhere.
type ConsentNote struct {
	Layout    layout.Props
	Title     string
	Good      bool
	Tenant    workbench.Untrusted // that was consented for
	TenantID  workbench.Untrusted
	Sentences []string
	Grants    []Grant // that were granted
	Why       *Why
	GoURL     string // Microsoft's
	AgainURL  string // the request, for trying again
}

// ClosedNote says that a link leads to Microsoft no more. A zero link is one that nobody knows, or that was withdrawn.
func ClosedNote(p layout.Props, l workbench.ConsentLink) ConsentNote {
	n := ConsentNote{Title: "This link does not work", Sentences: []string{"It is not known here, or was withdrawn. Check that its whole address was copied, or ask whoever sent it for a new one."}}
	switch {
	case !l.UsedAt.IsZero():
		n.Title, n.Sentences = "This link was used", []string{"Consent was given with it on " + minute(l.UsedAt, p.Display) + ", and it works only once. If it was not you, tell whoever sent it."}
	case l.ID != "":
		n.Title, n.Sentences = "The time of this link is over", []string{"It was good until " + minute(l.Expires, p.Display) + ". Ask whoever sent it for a new one. Nothing was granted with it."}
	}
	n.Layout = Guest(p, n.Title)
	return n
}

// HeldNote says that a link is followed too often.
func HeldNote(p layout.Props, again string) ConsentNote {
	return ConsentNote{Layout: Guest(p, "Wait a minute"), Title: "Wait a minute", AgainURL: again, Sentences: []string{"This was tried too often in too short a time. The link stays as it is: wait a minute, then try again."}}
}

// DepartingNote leads to Microsoft, or says why not yet.
func DepartingNote(p layout.Props, to string, waiting *workbench.Fault, until workbench.Time) ConsentNote {
	n := ConsentNote{Title: "Continuing to Microsoft", GoURL: to, Sentences: []string{"Microsoft asks you to choose an account, to accept the permissions, and then to sign in, so that it can say who consented."}}
	if to == "" {
		n.Title, n.Sentences = "Not on the way to Microsoft yet", []string{"This page looks again every five seconds and goes on by itself, until " + minute(until, p.Display) + "."}
		if waiting != nil {
			n.Why = guestWhy(waiting, "medium")
			n.Why.Mend = "If it stays, tell whoever sent you the link: it is mended there."
		}
	}
	n.Layout = Guest(p, n.Title)
	return n
}

// OverNote says that the way to Microsoft is over, and the link still good.
func OverNote(p layout.Props, again string) ConsentNote {
	n := ConsentNote{Layout: Guest(p, "Begin again"), Title: "Begin again", AgainURL: again}
	n.Sentences = []string{"This way to Microsoft was used already, took longer than ten minutes, or was begun in another browser. Nothing was changed."}
	if again == "" {
		n.Sentences = append(n.Sentences, "Open the link that you were sent once more.")
	}
	return n
}

// RefusedNote says why consent did not work.
func RefusedNote(p layout.Props, fault *workbench.Fault, again string) ConsentNote {
	n := ConsentNote{Layout: Guest(p, "Permissions were not applied"), Title: "Permissions were not applied", Why: guestWhy(fault, "high"), AgainURL: again}
	if again == "" {
		n.Sentences = []string{"To try again, open the link that you were sent once more."}
	}
	return n
}

// GrantedNote says what was granted, and what comes next.
func GrantedNote(p layout.Props, c workbench.Connector, tenantName workbench.Untrusted) ConsentNote {
	n := ConsentNote{Layout: Guest(p, "Permissions were applied"), Title: "Permissions were applied", Good: true, Tenant: tenantName, TenantID: c.Tenant.Text(), Grants: grantsOf(c)}
	if n.Tenant.IsZero() {
		n.Tenant = n.TenantID
	}
	if !c.ConsentedAt.IsZero() {
		n.Sentences = append(n.Sentences, "An editor of the workbench will confirm that this is the right tenant. Nothing is read before.")
	}
	n.Sentences = append(n.Sentences, "Nothing more is to be done here. You can close this tab.")
	return n
}

// guestWhy explains a fault to somebody who can mend it at Microsoft alone.
func guestWhy(f *workbench.Fault, tone string) *Why {
	w := &Why{ID: "said", Tone: tone, Detail: f.Detail, Trace: f.Trace}
	w.What, _ = f.Reason.Explain()
	switch f.Reason {
	case workbench.ReasonDeclined:
		w.Mend = "Nothing was changed. Try again and accept, or leave it."
	case workbench.ReasonNotAdministrator:
		w.Mend = "Hand the link on to a Global Administrator or Privileged Role Administrator of the tenant. An Application Administrator is not enough."
	case workbench.ReasonWrongAccount, workbench.ReasonWrongTenant:
		w.What, w.Mend = "Microsoft says that the account belongs to another tenant than the one of this link.", "Try again and choose an account of the tenant that the link names."
	case workbench.ReasonSignInExpired:
		w.Mend = "Try again."
	case workbench.ReasonConditionalAccess:
		w.Mend = "Sign in as the tenant's policy demands, then try again."
	case workbench.ReasonThrottled, workbench.ReasonUnavailable, workbench.ReasonUnreachable, workbench.ReasonUnreadable:
		w.Mend = "Wait some minutes, then try again."
	default:
		w.Mend = "Tell whoever sent you the link: this is mended there."
	}
	return w
}
