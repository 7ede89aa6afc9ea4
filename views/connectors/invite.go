package connectors

import (
	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// FieldLink is the field of a form that names a consent link by its id.
const FieldLink = "link"

// Confirmation asks whether the tenant whose administrator consented by a link is the one that was meant.
type Confirmation struct {
	Who, Tenant, TenantID workbench.Untrusted
	At                    string
	ConfirmURL, RefuseURL string // "" = the reader may not
}

// confirmationOf is nil where nobody consented whom somebody has to confirm.
func confirmationOf(s Source, v viewer) *Confirmation {
	if s.ConsentedAt.IsZero() {
		return nil
	}
	c := &Confirmation{Who: s.ConsentedBy, Tenant: s.tenant(), TenantID: s.Tenant.Text(), At: minute(s.ConsentedAt, v.display)}
	if v.canEdit {
		c.ConfirmURL, c.RefuseURL = link.Connector(s.ID, link.Confirm), link.Connector(s.ID, link.Refuse)
	}
	return c
}

// Links is the part of a connector's page from which somebody without an account here is asked to consent.
type Links struct {
	MakeURL     string
	WithdrawURL string
	Makes       bool
	Rows        []LinkRow
}

// LinkRow is one consent link. The link itself is shown once, when it is made.
type LinkRow struct {
	ID    string // of the link; "" = there is nothing to withdraw
	State string
	By    workbench.Untrusted // who used it
	Words string              // before By
	Asked workbench.Untrusted // name of who made it
	Made  Moment
}

// maxLinks is how many links of a connector a page shows, the newest.
const maxLinks = 10

func newLinks(s Source, list []workbench.ConsentLink, d ui.Display) *Links {
	l := &Links{MakeURL: link.Connector(s.ID, link.MakeLink), WithdrawURL: link.Connector(s.ID, link.WithdrawLink), Makes: makes(s.Connector)}
	for _, k := range list[:min(len(list), maxLinks)] {
		row := LinkRow{State: "Expired", Words: "on " + minute(k.Expires, d), Asked: workbench.Text(k.Name), Made: Moment{minute(k.MadeAt, d), k.MadeAt}}
		switch {
		case !k.UsedAt.IsZero():
			row.State, row.Words, row.By = "Used", "on "+minute(k.UsedAt, d)+" by", k.UsedBy
		case k.Open(d.Now):
			row.ID, row.State, row.Words = k.ID, "Open", "until "+minute(k.Expires, d)
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// invites reports whether a connector has links of its own: what stands under a parent with a shared app is covered by the consent for that.
func invites(s Source) bool { return s.Parent == nil || s.Parent.Topology != workbench.SharedApp }

// FreshLink is a consent link that was just made. It is shown this once.
type FreshLink struct {
	Address string // whole
	Until   string
}

func (f FreshLink) text() workbench.Untrusted { return workbench.Text(f.Address) }
