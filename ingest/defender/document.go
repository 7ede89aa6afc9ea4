package defender

import (
	"errors"

	"workbench"
)

// maxID is how many bytes the id of an alert or incident may have.
const maxID = 256

// Why a record is not a document. A record is quarantined with one of these sentences.
var (
	errNotObject    = errors.New("is not a JSON object")
	errNoID         = errors.New("has no id")
	errBadID        = errors.New("has an id that is neither text nor a number of at most 256 bytes")
	errBadIncident  = errors.New("names its incident by something that is neither text nor a number of at most 256 bytes")
	errAlertsList   = errors.New("has alerts that are not a list")
	errEvidenceList = errors.New("has evidence that is not a list")
	errUnknown      = errors.New("is neither an incident nor an alert of a form known here")
	errBadTenant    = errors.New("names a tenant by something that cannot name one")
)

// otherTenantError says that a document names another tenant than the one it was given in for.
type otherTenantError struct{ named, given workbench.TenantID }

func (e otherTenantError) Error() string {
	return "names the tenant " + e.named.Text().String() + ", not " + e.given.Text().String()
}

// frame is what stands around an object and counts where the object itself says nothing.
type frame struct {
	tenant   workbench.TenantID // of the incident or export line around it; "" = none
	incident string             // that an alert was found in; "" = none
	kind     workbench.DocumentKind
	form     workbench.Form
	sure     bool // kind and form are known, whatever the object looks like
}

// newDocument files the object that h describes. The document's JSON is left to the caller. Where it fails, the document says what is
// known so far.
func newDocument(h *head, f frame, given workbench.TenantID) (workbench.Document, error) {
	d := workbench.Document{}
	var err error
	if d.Tenant, err = tenantOf(h, f.tenant, given); err != nil {
		return d, err
	}
	if d.Kind, d.Form, err = recognise(h, f); err != nil {
		return d, err
	}
	if d.Object, err = idOf(h, d.Kind, d.Form); err != nil {
		return d, err
	}
	d.Updated = updatedOf(h, d.Form)
	if d.Kind == workbench.IncidentDocument {
		return d, nil
	}
	incident, ok := h.text(fieldIncidentID, maxID)
	if !ok {
		return d, errBadIncident
	}
	d.Incident, d.Own = incident, incident != "" && incident != "0" // the endpoint interface writes 0 for none
	if !d.Own {
		d.Incident = ""
		if f.tenant == "" || f.tenant == d.Tenant {
			d.Incident = f.incident
		}
	}
	if !h.listed(fieldEvidence) || d.Form == workbench.XDRForm && (!h.listed(fieldEntities) || !h.listed(fieldDevices)) {
		return d, errEvidenceList
	}
	d.Product = workbench.ProductEndpoint
	if d.Form != workbench.EndpointForm {
		source, _ := h.text(fieldServiceSource, 4*maxID)
		d.Product = workbench.ProductOf(workbench.Text(source)).Key
	}
	return d, nil
}

// tenantOf returns the tenant that the object names, else the one around it, else the given one, else the one of imports.
func tenantOf(h *head, around, given workbench.TenantID) (workbench.TenantID, error) {
	fallback := workbench.ImportedTenant
	if given != "" {
		fallback = given
	}
	if around != "" {
		fallback = around
	}
	for _, f := range [...]field{fieldTenantID, fieldAADTenantID} {
		text, ok := h.text(f, 4*maxID)
		if !ok {
			return fallback, errBadTenant
		}
		if text == "" {
			continue
		}
		named, ok := workbench.NewTenantID(text)
		if !ok {
			return fallback, errBadTenant
		}
		if given != "" && named != given {
			return given, otherTenantError{named, given}
		}
		return named, nil
	}
	return fallback, nil
}

func idOf(h *head, kind workbench.DocumentKind, form workbench.Form) (string, error) {
	order := [2]field{fieldID, fieldAlertID}
	switch {
	case form == workbench.XDRForm && kind == workbench.IncidentDocument:
		order = [2]field{fieldIncidentID, fieldIncidentID}
	case form == workbench.XDRForm:
		order = [2]field{fieldAlertID, fieldID}
	}
	for _, f := range order {
		id, ok := h.text(f, maxID)
		if !ok {
			return "", errBadID
		}
		if id != "" {
			return id, nil
		}
	}
	return "", errNoID
}

func updatedOf(h *head, form workbench.Form) string {
	order := [3]field{fieldLastUpdateDateTime, fieldLastUpdateTime, fieldLastUpdatedTime}
	if form != workbench.GraphForm {
		order = [3]field{fieldLastUpdatedTime, fieldLastUpdateTime, fieldLastUpdateDateTime}
	}
	for _, f := range order {
		if text, ok := h.text(f, 64); ok && text != "" {
			return text
		}
	}
	return ""
}
