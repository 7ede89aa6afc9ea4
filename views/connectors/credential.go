package connectors

import (
	"time"

	"workbench"
	"workbench/views/ui"
)

// warnBefore is how long before its end a certificate that does not renew itself is warned of.
const warnBefore = 30 * 24 * time.Hour

// Line is a short sentence with its tone: "", "medium" or "high".
type Line struct{ Words, Tone string }

// credentialLine says how long what a registration signs in with is good for, and when it is renewed.
func credentialLine(r workbench.Registration, d ui.Display) Line {
	c, ok := r.Active()
	if !ok {
		if _, waits := r.Offered(); waits {
			return Line{"certificate waits to be uploaded", "medium"}
		}
		return Line{"nothing to sign in with", "high"}
	}
	name := "certificate"
	if c.Kind == workbench.SecretCredential {
		name = "client secret"
	}
	if c.NotAfter.IsZero() {
		return Line{name + ", its end is not known", ""}
	}
	left := c.NotAfter.Sub(d.Now)
	if left <= 0 {
		return Line{name + " expired " + days(-left) + " ago", "high"}
	}
	l := Line{Words: name + " " + days(left)}
	switch {
	case r.Renewal.Reason != "":
		l = Line{l.Words + " · renewal failed " + many(r.Renewal.Failures, "time", "times"), "high"}
	case c.Made:
		renews := workbench.At(c.NotAfter.Add(-workbench.RenewBefore))
		l.Words += " · renews " + d.Day(renews)
		if renews.Before(workbench.At(d.Now)) {
			l = Line{name + " " + days(left) + " · being renewed", "medium"}
		}
	default:
		l.Words += " · does not renew itself"
		if left < warnBefore {
			l.Tone = "medium"
		}
	}
	return l
}

// renewalWhy says why the last renewal failed, and is nil where none did.
func renewalWhy(s Source, v viewer) *Why {
	r := s.Registration.Renewal
	if s.Kind.Child() && !s.managed() || r.Reason == "" || r.Reason == s.Health.Reason {
		return nil
	}
	w := &Why{ID: "said-renewal-" + string(s.ID), Tone: "medium", Detail: r.Detail, Trace: r.Trace}
	w.What, w.Mend = r.Reason.Explain()
	w.What = "The certificate could not be renewed. " + w.What
	if !r.TriedAt.IsZero() {
		w.Since = "Last tried " + minute(r.TriedAt, v.display)
	}
	if c, ok := s.Registration.Active(); ok && workbench.At(v.display.Now).Before(c.NotAfter) {
		w.Missing = "The present one works until " + minute(c.NotAfter, v.display) + "; after that nothing new comes in."
	}
	if v.canEdit && badgeOf(s) != badgeError { // else they stand beside the error
		if w.Buttons = append(certificateButtons(s, v), anotherButtons(s, "Use another certificate")...); len(w.Buttons) > 0 {
			w.Buttons[0].Primary = true
		}
	}
	return w
}

// CertificateRow is one credential of a registration as its table shows it.
type CertificateRow struct {
	Kind, State, Origin string
	From, To            Moment
	SHA1, SHA256        workbench.Untrusted
}

func certificateRows(r workbench.Registration, d ui.Display) []CertificateRow {
	var out []CertificateRow
	for _, c := range r.Credentials {
		row := CertificateRow{Kind: "Certificate", Origin: "brought by an administrator", SHA1: workbench.Text(c.SHA1()), SHA256: workbench.Text(c.SHA256())}
		if c.Made {
			row.Origin = "made by the workbench"
		}
		if c.Kind == workbench.SecretCredential {
			row.Kind = "Client secret"
		}
		row.State = map[workbench.CredentialState]string{workbench.CredentialOffered: "Waits for Microsoft to accept it", workbench.CredentialActive: "In use",
			workbench.CredentialFormer: "Former, being removed"}[c.State]
		if !c.NotBefore.IsZero() {
			row.From = Moment{d.Day(c.NotBefore), c.NotBefore}
		}
		row.To = Moment{Words: "not known"}
		if !c.NotAfter.IsZero() {
			row.To = Moment{d.Day(c.NotAfter), c.NotAfter}
		}
		out = append(out, row)
	}
	return out
}
