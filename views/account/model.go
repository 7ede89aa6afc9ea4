package account

import (
	"net/url"
	"slices"

	"workbench"
)

// SignInForm is the sign-in page.
type SignInForm struct {
	Name    string // as it was typed
	Return  string // local address to go to afterwards
	Problem string // a sentence of ours; "" = none
	Held    *Held  // what was sent when the session had ended; nil = nothing
}

// Held is a form that came in after its session had ended: it is kept in the page until the person is signed in again, and sent then.
type Held struct {
	Target string // local address that it was sent to
	Fields []HeldField
}

// HeldField is one value of a held form.
type HeldField struct{ Name, Value string }

// The names of fields of the sign-in and password forms.
const (
	FieldName     = "name"
	FieldPassword = "password"
	FieldAgain    = "again"
	FieldToken    = "token"
	FieldReturn   = "return"
	FieldTarget   = "held-target"
	heldPrefix    = "held:"
)

// secretFields are never put into a page. A form that needs them comes back and asks for them again.
var secretFields = []string{"certificate", "secret", FieldPassword, FieldAgain, FieldToken}

// Hold keeps a form that was sent to a local address.
func Hold(target string, form url.Values) *Held {
	h := &Held{Target: target}
	names := make([]string, 0, len(form))
	for name := range form {
		if !slices.Contains(secretFields, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range form[name] {
			h.Fields = append(h.Fields, HeldField{name, v})
		}
	}
	return h
}

// HeldIn finds the form that a sign-in form carries; nil where it carries none.
func HeldIn(form url.Values) *Held {
	target := form.Get(FieldTarget)
	if target == "" {
		return nil
	}
	inner := url.Values{}
	for name, values := range form {
		if len(name) > len(heldPrefix) && name[:len(heldPrefix)] == heldPrefix {
			inner[name[len(heldPrefix):]] = values
		}
	}
	return Hold(target, inner)
}

// typed are the values of a held form that a person wrote: what is worth reading before it is sent.
func (h Held) typed() []HeldField {
	var out []HeldField
	for _, f := range h.Fields {
		if len(f.Value) > 30 || f.Name == "comment" && f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// signInCommand is what makes a new sign-in link.
func signInCommand() workbench.Untrusted { return workbench.Text("workbench account link") }

// PasswordForm is the page on which a person sets a password.
type PasswordForm struct {
	Token    string
	Name     string // of the account
	Problems map[string]string
}

// MinPassword is how many characters a password has at least, because it is the only factor.
const MinPassword = 15
