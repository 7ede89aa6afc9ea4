package workbench_test

import (
	"errors"
	"strings"
	"testing"

	"workbench"
)

func TestRegistrationCheck(t *testing.T) {
	const home = "0b1e3a3f-6f0c-4c5b-9a54-0c6a1a0f7a11"
	for _, c := range []struct {
		name         string
		registration workbench.Registration
		field        string // that is wrong; "" = none
	}{
		{"from before homes were kept", workbench.Registration{}, ""},
		{"of one connector", workbench.Registration{Tenant: home, Cloud: "usgov-dod", Manager: "m"}, ""},
		{"shared", workbench.Registration{Name: "Operator", Tenant: home, Cloud: "global"}, ""},
		{"shared, without home", workbench.Registration{Name: "Operator"}, "tenant"},
		{"longest name", workbench.Registration{Name: strings.Repeat("é", workbench.MaxRegistrationName), Tenant: home}, ""},
		{"long name", workbench.Registration{Name: strings.Repeat("é", workbench.MaxRegistrationName+1), Tenant: home}, "name"},
		{"space before the name", workbench.Registration{Name: " Operator", Tenant: home}, "name"},
		{"blank name", workbench.Registration{Name: " ", Tenant: home}, "name"},
		{"hidden character in the name", workbench.Registration{Name: "Oper\u202eator", Tenant: home}, "name"},
		{"name that is no text", workbench.Registration{Name: "Oper\xff", Tenant: home}, "name"},
		{"home in capitals", workbench.Registration{Tenant: "Contoso"}, "tenant"},
		{"home that is no id", workbench.Registration{Tenant: "a\x00b"}, "tenant"},
		{"cloud with a space", workbench.Registration{Cloud: "us gov"}, "cloud"},
		{"long cloud", workbench.Registration{Cloud: strings.Repeat("a", 33)}, "cloud"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.registration.Check()
			var bad *workbench.Invalid
			switch {
			case c.field == "" && err != nil:
				t.Errorf("got %v, want none", err)
			case c.field != "" && (!errors.As(err, &bad) || bad.Fields[c.field] == "" || len(bad.Fields) != 1):
				t.Errorf("got %v, want a sentence for %s alone", err, c.field)
			}
		})
	}
}
