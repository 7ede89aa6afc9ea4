package link

import (
	"net/url"

	"workbench"
)

// What can be asked of one view, as it stands in its address.
const (
	SaveView    = "save" // its query, and what goes with it
	RenameView  = "rename"
	ShareView   = "share"
	UnshareView = "unshare"
	DeleteView  = "delete"
)

// Parameters of the list's address that name a view: one to be put in its place, and the one that the rest of the address began as.
const (
	ViewParameter = "view"
	BaseParameter = "base"
)

// Home leads to the list that the account opens first.
func Home() string { return "/" }

// View leads to the list that a view stands for.
func View(id workbench.ViewID) string {
	return Stories(url.Values{ViewParameter: {string(id)}})
}

// Views is the page on which views are kept in order, and where a new one posts to; with a form, its data.
func Views(form string) string { return "/views" + form }

// ActOnView is where a form about one view posts to.
func ActOnView(id workbench.ViewID, action string) string {
	return Views("") + "/" + url.PathEscape(string(id)) + "/" + action
}

// ViewAnchor is the id of the element that shows a view on the page of views.
func ViewAnchor(id workbench.ViewID) string { return "view-" + string(id) }

// StarView is where the form posts to that says which view opens first.
func StarView() string { return "/views/star" }
