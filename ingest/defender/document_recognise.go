package defender

import (
	"strings"

	"workbench"
)

// recognise tells from its members what an object is.
func recognise(h *head, f frame) (workbench.DocumentKind, workbench.Form, error) {
	kind, form := f.kind, f.form
	switch {
	case f.sure:
		return kind, form, nil
	case h.has(fieldAlertID):
		form = workbench.XDRForm
	case h.span[fieldEndpoint].there:
		form = workbench.EndpointForm
	}
	if kind == workbench.AlertDocument {
		if form == "" {
			form = workbench.GraphForm
		}
		return kind, form, nil
	}
	if kind, ok := typed(h); ok && form == "" && h.has(fieldID) {
		return kind, workbench.GraphForm, nil
	}
	alert := h.has(fieldServiceSource) || h.has(fieldEvidence) || h.has(fieldEntities) || h.span[fieldAlert].there
	incident := h.span[fieldIncident].there || h.span[fieldAlerts].there
	switch {
	case form != "":
		return workbench.AlertDocument, form, nil
	case h.has(fieldID) && incident:
		return workbench.IncidentDocument, workbench.GraphForm, nil
	case h.has(fieldID) && (alert || h.has(fieldIncidentID)):
		return workbench.AlertDocument, workbench.GraphForm, nil
	case h.has(fieldID) && h.has(fieldAADTenantID):
		return workbench.AlertDocument, workbench.EndpointForm, nil
	case h.has(fieldID) && (h.known > 1 || h.members == 1):
		return workbench.IncidentDocument, workbench.GraphForm, nil
	case h.has(fieldID):
		return "", "", errUnknown
	case h.has(fieldIncidentID) && (incident || !alert):
		return workbench.IncidentDocument, workbench.XDRForm, nil
	}
	return "", "", errNoID
}

// typed reads what the object's type annotation says.
func typed(h *head) (workbench.DocumentKind, bool) {
	name, _ := h.text(fieldType, maxID)
	switch strings.ToLower(strings.TrimPrefix(name, "#")) {
	case "microsoft.graph.security.incident":
		return workbench.IncidentDocument, true
	case "microsoft.graph.security.alert":
		return workbench.AlertDocument, true
	}
	return "", false
}
