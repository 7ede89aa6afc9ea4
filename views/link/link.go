// Package link makes every address inside the workbench. Views and handlers take addresses from here and nowhere else, so that none is
// ever put together from outside text. Every address is a path from the root of the host.
package link

import (
	"net/url"
	"strconv"
	"strings"

	"workbench"
)

// The tabs of a story, as they stand in its address. Overview is the story's own address.
const (
	Overview = ""
	Evidence = "evidence"
	Entities = "entities"
	Alerts   = "alerts"
	Raw      = "raw"
	Timeline = "timeline"
)

// The forms in which a page can be had, besides HTML.
const (
	JSON   = ".json"
	CSV    = ".csv"
	NDJSON = ".ndjson"
)

// Stories is the list, narrowed by a query; nil is the bare list.
func Stories(query url.Values) string { return StoriesAs("", query) }

// StoriesAs is the list in another form.
func StoriesAs(form string, query url.Values) string { return with("/stories"+form, query) }

// Since is the parameter of News that says what the reader has seen.
const Since = "since"

// News is the line that says what came to a list since a change number.
func News(query url.Values, since uint64) string {
	all := url.Values{Since: {strconv.FormatUint(since, 10)}}
	for name, values := range query {
		all[name] = values
	}
	return with("/stories/news", all)
}

// Events is the stream of changes.
func Events() string { return "/events" }

// Story is a story's page, or one of its tabs.
func Story(id workbench.StoryID, tab string) string { return StoryAs(id, tab, "") }

// StoryAs is a story's page or tab in another form.
func StoryAs(id workbench.StoryID, tab, form string) string {
	path := "/stories/" + url.PathEscape(string(id))
	if tab != Overview {
		path += "/" + tab
	}
	return path + form
}

// Document is one raw document of a story, byte for byte.
func Document(id workbench.StoryID, hash workbench.Hash) string {
	return Story(id, Raw) + "/" + hash.String()
}

// Act is where the form of story actions posts to: "manage" (fields and comment at once), "comment", "undo".
func Act(id workbench.StoryID, action string) string { return Story(id, action) }

// SavedAhead is a story's page right after something was saved that lists do not show yet.
func SavedAhead(id workbench.StoryID) string {
	return with(Story(id, Overview), url.Values{saved: {"ahead"}})
}

const saved = "saved"

// IsSavedAhead reports whether a query is that of SavedAhead.
func IsSavedAhead(query url.Values) bool { return query.Get(saved) == "ahead" }

// Alert leads to the story that an alert belongs to at present.
func Alert(alertID string) string { return "/alerts/" + url.PathEscape(alertID) }

// AlertAnchor, EvidenceAnchor and NodeAnchor are the ids of elements that addresses point into. Ids of alerts are hashed because Microsoft
// writes them; ids of nodes begin with "node-" by themselves.
func AlertAnchor(alertID string) string       { return "alert-" + workbench.NewID(alertID) }
func EvidenceAnchor(evidenceID string) string { return "evidence-" + evidenceID }
func NodeAnchor(nodeID string) string         { return "node-" + strings.TrimPrefix(nodeID, "node-") }
func EntityAnchor(entityID string) string     { return "entity-" + entityID }

// SignIn is the page that tells how to sign in; SignOut is where its form posts to.
func SignIn() string  { return "/sign-in" }
func SignOut() string { return "/sign-out" }

// Password is where the form that sets a password posts to; SetPassword is its page for a link's token.
func Password() string { return "/password" }
func SetPassword(token string) string {
	return with(Password(), url.Values{"token": {token}})
}

// Display is where the form of theme, zone and density posts to; Columns that of the list's columns.
func Display() string { return "/settings/display" }
func Columns() string { return "/settings/columns" }

// Gallery shows every view in every state.
func Gallery() string { return "/gallery" }

// Exhibit is the page of one view in one state.
func Exhibit(name string) string { return with(Gallery(), url.Values{"show": {name}}) }

// Local reports whether a path given by a browser leads back into the workbench: it starts with one slash and holds nothing that a
// browser would read as another host.
func Local(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsAny(path, "\\\r\n\t") && len(path) <= 4096
}

func with(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Queue is the list that the rail leads to: stories that are not closed, highest criticality first.
func Queue() string {
	return Stories(url.Values{"status": {"!closed"}, "sort": {"-criticality,-updated"}})
}
