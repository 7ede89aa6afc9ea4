package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
	"workbench/views/link"
	"workbench/views/story"
)

// storiesManage saves the form of story actions: every field that it holds, and a comment, at once.
func (s *Server) storiesManage(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	action := s.action(c)
	if seen, err := strconv.Atoi(form.Get("seen")); err == nil && seen >= 0 {
		action.Expect = seen
	}
	for _, f := range workbench.ActionFields {
		unset := f == workbench.FieldStatus && form.Get(string(f)) == "" // a status is left as it is, never taken away
		if form.Has(string(f)) && !unset {
			action.Changes = append(action.Changes, workbench.FieldChange{Field: f, After: workbench.Text(form.Get(string(f)))})
		}
	}
	action.Comment = workbench.Text(form.Get("comment"))
	return s.act(c, action, typed(form))
}

// storiesComment adds a comment.
func (s *Server) storiesComment(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	action := s.action(c)
	action.Comment = workbench.Text(form.Get("comment"))
	return s.act(c, action, typed(form))
}

// storiesUndo takes back an action of the account's own, as long as it is the newest of the story.
func (s *Server) storiesUndo(c echo.Context) error {
	st, err := s.story(c)
	if err != nil {
		return err
	}
	actions := st.State.Actions
	if len(actions) == 0 {
		return workbench.ErrConflict
	}
	last := actions[len(actions)-1]
	if last.ID != c.FormValue("action") {
		return workbench.ErrConflict
	}
	if last.By != who(c).ID {
		return workbench.ErrForbidden
	}
	undo := last.Inverse()
	own := s.action(c)
	undo.ID, undo.Story, undo.At, undo.By, undo.ByName, undo.Expect = own.ID, own.Story, own.At, own.By, own.ByName, len(actions)
	return s.act(c, undo, story.Form{})
}

// action begins an action by who is signed in.
func (s *Server) action(c echo.Context) workbench.Action {
	account := who(c)
	return workbench.Action{ID: rand.Text(), Story: workbench.StoryID(c.Param("id")), At: workbench.At(s.Now()), By: account.ID, ByName: workbench.Text(account.Name), Expect: -1}
}

// act stores an action, waits until lists know of it, and shows the story again. What cannot be saved comes back with what was typed.
func (s *Server) act(c echo.Context, action workbench.Action, sent story.Form) error {
	ctx := c.Request().Context()
	_, change, err := s.Store.Act(ctx, who(c).Scope(), action)
	var invalid *workbench.Invalid
	switch {
	case errors.As(err, &invalid), errors.Is(err, workbench.ErrConflict):
		st, readErr := s.story(c)
		if readErr != nil {
			return readErr
		}
		code := http.StatusConflict
		if invalid != nil {
			sent.Errors, code = invalid.Fields, http.StatusUnprocessableEntity
		} else {
			sent.Conflict = true
		}
		return s.showStory(c, code, st, link.Overview, sent)
	case err != nil:
		return err
	}
	target := link.Story(action.Story, link.Overview)
	if !s.awaitIndex(ctx, change) {
		target = link.SavedAhead(action.Story)
	}
	if wantsPartial(c.Request()) {
		c.Response().Header().Set("HX-Redirect", target)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, target)
}

// indexPatience is how long the answer to a person waits for lists to learn of what was saved.
const indexPatience = time.Second

// awaitIndex reports whether lists learned of a change within indexPatience. It is saved either way; where they did not, the page says so.
func (s *Server) awaitIndex(ctx context.Context, change store.Change) bool {
	ctx, cancel := context.WithTimeout(ctx, indexPatience)
	defer cancel()
	err := s.Queries.WaitApplied(ctx, change)
	if err != nil {
		s.Log.Warn("lists are behind", "change", uint64(change), "error", logged(err.Error()))
	}
	return err == nil
}

// typed is what a person sent, for a form that comes back.
func typed(form url.Values) story.Form {
	f := story.Form{Sent: true, Values: map[string]string{}}
	for name := range form {
		f.Values[name] = form.Get(name)
	}
	return f
}

func formError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return tooLarge
	}
	return echo.NewHTTPError(http.StatusBadRequest, "The form could not be read.").SetInternal(err)
}
