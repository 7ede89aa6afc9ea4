// Package layout is the frame around every page: the rail, the top bar, the notices and the help.
package layout

import (
	"strconv"

	"workbench/static"
	"workbench/views/link"
	"workbench/views/ui"
)

// Props is what the frame needs to know about a page and the person who reads it.
type Props struct {
	Title   string
	Section string // the entry of the rail that the page belongs to: "stories", SectionConnectors or SectionIntegrations
	Account string // name of the account; "" where nobody is signed in
	Demo    bool   // the workbench shows made-up data
	Display ui.Display
	Return  string // local path and query of this page, for forms that come back to it
	Search  string // what stands in the search field
	Notice  string // a sentence of ours that says what was done
	Problem string // a sentence of ours that says what went wrong
	Path    string // path of this page
	Home    string // address of the list that the account opens first; "" = the program's

	Integrations bool   // the account may see connectors: the rail leads to them
	Unwell       string // what is not well with connectors, in a few words; "" = nothing

	Blind []ui.Blind // connectors whose data is missing in what the page shows
}

// The entries of the rail under which the pages of connectors stand.
const (
	SectionConnectors   = "connectors"
	SectionIntegrations = "integrations"
)

// The names of the fields that the display form sends to link.Display; absent fields mean "as it is".
const (
	FieldTheme   = "theme"   // system, light, dark or dim
	FieldDensity = "density" // comfortable, standard or compact
	FieldZone    = "zone"    // "UTC" or an IANA name
	FieldReturn  = "return"  // local path to come back to
)

// choice is one value of a form with a few values.
type choice struct{ Value, Label, Icon string }

func themes() []choice {
	return []choice{{"system", "System", "contrast"}, {"light", "Light", "sun"}, {"dark", "Dark", "moon"}, {"dim", "Dim", "moon"}}
}

func densities() []choice {
	return []choice{{"comfortable", "Comfortable", ""}, {"standard", "Standard", ""}, {"compact", "Compact", ""}}
}

// oneOf returns value, or fallback where it is not among the choices.
func oneOf(value string, list []choice, fallback string) string {
	for _, c := range list {
		if c.Value == value {
			return value
		}
	}
	return fallback
}

func (p Props) theme() string   { return oneOf(p.Display.Theme, themes(), "system") }
func (p Props) density() string { return oneOf(p.Display.Density, densities(), "standard") }

// home is where the navigation leads to the list.
func (p Props) home() string {
	if p.Home == "" {
		return link.Queue()
	}
	return p.Home
}

func (p Props) title() string {
	if p.Title == "" {
		return "Stories Workbench"
	}
	return p.Title + " · Stories Workbench"
}

// shell says how much of the frame is drawn: visitors get a quiet page without a rail.
func (p Props) shell() string {
	if p.Account == "" {
		return "visitor"
	}
	return "account"
}

// pressed is the value of aria-pressed.
func pressed(on bool) string { return strconv.FormatBool(on) }

func asset(name string) string { return static.Path(name) }

// key is one line of the keyboard help.
type key struct {
	Keys []string
	Does string
}

func keys() []key {
	return []key{
		{[]string{"/"}, "Search"},
		{[]string{"f"}, "Filter the list"},
		{[]string{"g", "s"}, "Go to the Stories Workbench"},
		{[]string{"g", "c"}, "Go to Connectors Settings"},
		{[]string{"j", "k"}, "Next or previous row"},
		{[]string{"Enter", "o"}, "Open the row"},
		{[]string{"n", "]"}, "Next story in the queue"},
		{[]string{"p", "["}, "Previous story in the queue"},
		{[]string{"↑", "↓", "←", "→"}, "Walk, fold and unfold a process tree"},
		{[]string{"Esc"}, "Close a menu or this help"},
		{[]string{"?"}, "Show this help"},
	}
}
