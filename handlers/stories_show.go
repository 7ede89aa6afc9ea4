package handlers

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
	"workbench/views/link"
	"workbench/views/story"
)

// storiesShow answers a story's overview, or the whole story as JSON.
func (s *Server) storiesShow(c echo.Context) error {
	st, err := s.story(c)
	if err != nil {
		return err
	}
	if form(c) == link.JSON {
		return writeJSON(c, http.StatusOK, st)
	}
	return s.showStory(c, http.StatusOK, st, link.Overview, story.Form{})
}

// storiesTab answers one tab of a story, also as JSON and CSV.
func (s *Server) storiesTab(tab string) echo.HandlerFunc {
	return func(c echo.Context) error {
		st, err := s.story(c)
		if err != nil {
			return err
		}
		if form(c) == "" {
			return s.showStory(c, http.StatusOK, st, tab, story.Form{})
		}
		name, value, table, err := s.tabData(c, st, tab)
		if err != nil {
			return err
		}
		if form(c) == link.CSV {
			return writeCSV(c, "story-"+string(st.ID)+"-"+name, table)
		}
		return writeJSON(c, http.StatusOK, map[string]any{"id": st.ID, name: value})
	}
}

// tabData is what a tab shows, as a value and as a table. The evidence tab gives the kind that its query names, else all kinds.
func (s *Server) tabData(c echo.Context, st workbench.Story, tab string) (name string, value any, table workbench.Table, err error) {
	switch tab {
	case link.Alerts:
		return tabTable("alerts", st.Alerts)
	case link.Entities:
		return tabTable("entities", st.Entities)
	case link.Timeline:
		return tabTable("timeline", st.Timeline)
	case link.Raw:
		documents, err := s.Store.Documents(c.Request().Context(), who(c).Scope(), st.ID)
		if err != nil {
			return "", nil, table, err
		}
		table = workbench.RawTable(documents)
		return "raw", table, table, nil
	}
	name, _, table, err = tabTable("evidence", evidenceItems(st.Evidence, c.QueryParam("kind")))
	return name, st.Evidence, table, err
}

func tabTable[T any](name string, items []T) (string, any, workbench.Table, error) {
	var objects []json.RawMessage
	for _, item := range items {
		b, err := marshal(item)
		if err != nil {
			return "", nil, workbench.Table{}, err
		}
		objects = append(objects, b)
	}
	return name, items, workbench.TableOf(objects), nil
}

// evidenceItems lists the evidence of one kind, or all of it, each item led by its kind; items of the network have theirs already.
func evidenceItems(e workbench.Evidence, kind string) []any {
	lists := []struct {
		name  string
		items []any
	}{
		{"processes", led("process", e.Processes)}, {"files", led("file", e.Files)}, {"registry", led("registry", e.Registry)}, {"network", led("", e.Network)},
		{"messages", led("message", e.Messages)}, {"mailboxes", led("mailbox", e.Mailboxes)}, {"mailClusters", led("mailCluster", e.MailClusters)},
		{"mailboxRules", led("mailboxRule", e.MailboxRules)}, {"other", led("other", e.Other)},
	}
	var items []any
	for _, l := range lists {
		if kind == "" || kind == l.name {
			items = append(items, l.items...)
		}
	}
	return items
}

func led[T any](kind string, list []T) []any {
	var out []any
	for _, item := range list {
		if kind == "" {
			out = append(out, item)
		} else {
			out = append(out, ledItem{kind, item})
		}
	}
	return out
}

// ledItem is a JSON object with its kind put in front.
type ledItem struct {
	kind string
	item any
}

// MarshalJSON puts the kind before the item's own fields.
func (l ledItem) MarshalJSON() ([]byte, error) {
	b, err := marshal(l.item)
	if err != nil {
		return nil, err
	}
	return append([]byte(`{"kind":"`+l.kind+`",`), b[1:]...), nil
}

// story reads the story that the path names.
func (s *Server) story(c echo.Context) (workbench.Story, error) {
	return s.Store.Story(c.Request().Context(), who(c).Scope(), workbench.StoryID(c.Param("id")))
}

// showStory renders a story's page, or the part of it that the client asks for.
func (s *Server) showStory(c echo.Context, code int, st workbench.Story, tab string, typed story.Form) error {
	ctx := c.Request().Context()
	in := story.Input{
		Layout: s.props(c, "", "stories"), Story: st, Tab: tab, CanAct: who(c).May(workbench.ActOnStory),
		Selected: short(c.QueryParam("show")), OpenAlerts: openAlerts(c.QueryParams()["alert"], st), EvidenceKind: short(c.QueryParam("kind")), Sort: short(c.QueryParam("sort")),
		All: c.QueryParam("all") != "", Account: who(c).ID, Form: typed,
	}
	if link.IsSavedAhead(c.QueryParams()) {
		in.Layout.Notice = "Saved. Lists do not show it yet; they will in a moment."
	}
	queue := store.Query{Filters: map[store.Field]store.Filter{store.Status: {Not: []string{string(workbench.StatusClosed)}}},
		Sort: []store.Sort{{By: "criticality", Descending: true}, {By: "updated", Descending: true}}}
	var err error
	if in.Previous, in.Next, err = s.Queries.Neighbours(ctx, who(c).Scope(), queue, st.ID); err != nil {
		return err
	}
	if tab == link.Raw {
		documents, err := s.Store.Documents(ctx, who(c).Scope(), st.ID)
		if err != nil {
			return err
		}
		table := workbench.RawTable(documents)
		in.Raw = story.RawTable{Columns: table.Columns, Rows: table.Rows}
		for _, d := range documents {
			in.Documents = append(in.Documents, story.Document{Hash: d.Hash, Kind: d.Kind, Object: workbench.Text(d.Object), ReceivedAt: d.ReceivedAt, Size: len(d.JSON)})
		}
	}
	view := story.New(in)
	return s.show(c, code, story.Page(view), story.Partial(view, c.Request().Header.Get("HX-Target")))
}

// storiesDocument answers one raw document, byte for byte.
func (s *Server) storiesDocument(c echo.Context) error {
	hash, ok := workbench.ParseHash(c.Param("hash"))
	if !ok {
		return workbench.ErrNotFound
	}
	documents, err := s.Store.Documents(c.Request().Context(), who(c).Scope(), workbench.StoryID(c.Param("id")))
	if err != nil {
		return err
	}
	for _, d := range documents {
		if d.Hash == hash {
			c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
			c.Response().Header().Set("Content-Disposition", `inline; filename="`+hash.String()[:16]+`.json"`)
			return send(c, http.StatusOK, echo.MIMEApplicationJSON, d.JSON)
		}
	}
	return workbench.ErrNotFound
}

// alertsShow leads from an alert to the story that it belongs to at present.
func (s *Server) alertsShow(c echo.Context) error {
	alert := c.Param("id")
	id, err := s.Store.StoryOfAlert(c.Request().Context(), who(c).Scope(), alert)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Story(id, link.Overview)+"#"+link.AlertAnchor(alert))
}
