package msgraph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"workbench"
)

// Incident reads one incident with its alerts. Where Microsoft can't give all of it at once, the Fault wraps ErrTooLarge: IncidentAlone and
// IncidentAlerts then give it in parts.
func (c *Client) Incident(ctx context.Context, id string) (Single, error) {
	return c.single(ctx, id, true)
}

// IncidentAlone reads one incident without its alerts.
func (c *Client) IncidentAlone(ctx context.Context, id string) (Single, error) {
	return c.single(ctx, id, false)
}

func (c *Client) single(ctx context.Context, id string, alerts bool) (Single, error) {
	path, err := incidentPath(id)
	if err != nil {
		return Single{}, err
	}
	query := ""
	if alerts {
		query = "$expand=alerts"
	}
	u := c.below(path, query)
	part := false
	got, err := c.get(ctx, question{url: u, heavy: c.attempts, check: func(body []byte) error {
		whole, err := readIncident(body, id)
		part = alerts && !whole
		return err
	}})
	s := Single{Address: address(u)}
	var r *refusal
	switch {
	case errors.As(err, &r) && r.missing:
		s.Missing = true
		return s, nil
	case errors.As(err, &r) && r.heavy && alerts:
		r.fault.Err = fmt.Errorf("%w: %w", ErrTooLarge, r.fault.Err)
	case err == nil && part:
		err = &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: fmt.Errorf("%w: Microsoft left alerts out", ErrTooLarge)}
	}
	if err != nil {
		return Single{}, fmt.Errorf("reading incident %s from Microsoft Graph: %w", cut(id, 50), err)
	}
	s.Body, s.At = got.body, got.at
	return s, nil
}

// readIncident makes sure that an answer is the incident with an id, and reports whether all its alerts are in it.
func readIncident(body []byte, id string) (whole bool, err error) {
	members, err := readMembers(body, "id", "alerts", "alerts@odata.nextLink")
	if err != nil {
		return false, err
	}
	var got string
	if json.Unmarshal(members["id"], &got) != nil || !strings.EqualFold(got, id) {
		return false, errors.New("the answer is not the incident that was asked for")
	}
	alerts, next := members["alerts"], members["alerts@odata.nextLink"]
	return len(alerts) > 0 && alerts[0] == '[' && (next == nil || string(next) == "null"), nil
}

// incidentPath is the path of an incident. Ids come from outside: one that would lead elsewhere is refused.
func incidentPath(id string) (string, error) {
	if id == "" || id == "." || id == ".." || len(id) > 200 {
		return "", &workbench.Fault{Reason: workbench.ReasonRequestRefused, Err: fmt.Errorf("%q is no id of an incident", cut(id, 50))}
	}
	return "security/incidents/" + url.PathEscape(id), nil
}
