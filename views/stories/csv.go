package stories

import (
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/views/ui"
)

// Heads returns the heads of an export with these columns: the names that the fields have in JSON. Columns that nobody knows are left out,
// here and in Cells.
func Heads(keys []string) []string {
	var heads []string
	for _, key := range keys {
		if c, ok := columnOf(key); ok {
			heads = append(heads, c.field)
		}
	}
	return heads
}

// Cells returns a story as plain text under the same columns as Heads: words of enums as in JSON, times as RFC 3339 in the display's zone,
// absent values empty, lists joined by "; ". Every cell that begins like a formula is led by an apostrophe, so that no spreadsheet
// computes it.
func Cells(row workbench.Row, keys []string, d ui.Display) []string {
	var cells []string
	for _, key := range keys {
		if c, ok := columnOf(key); ok {
			cells = append(cells, workbench.CSVCell(plain(row, c.key, d.Zone)))
		}
	}
	return cells
}

// plain is one value of a row as text.
func plain(r workbench.Row, key string, zone *time.Location) string {
	switch key {
	case "criticality":
		return strconv.Itoa(r.Criticality)
	case "alerts":
		return strconv.Itoa(r.AlertCount)
	case "devices":
		return strconv.Itoa(r.DeviceCount)
	case "users":
		return strconv.Itoa(r.UserCount)
	case "mailboxes":
		return strconv.Itoa(r.MailboxCount)
	case "producerType":
		return string(r.ProducerType)
	case "techniques":
		return joined(r.MitreTechniques)
	case "labels":
		return joined(r.Labels)
	case "created", "updated", "waiting", "firstSignal", "lastSignal":
		t := timeOf(r, key)
		if t.IsZero() {
			return ""
		}
		if zone == nil {
			zone = time.UTC
		}
		return t.In(zone).Format(time.RFC3339Nano)
	}
	return textOf(r, key).Raw()
}

func joined(list []workbench.Untrusted) string {
	var parts []string
	for _, u := range list {
		parts = append(parts, u.Raw())
	}
	return strings.Join(parts, "; ")
}

// timeOf is the time under a column; zero for a column that has none.
func timeOf(r workbench.Row, key string) workbench.Time {
	return map[string]workbench.Time{"created": r.CreatedAt, "updated": r.UpdatedAt, "waiting": r.WaitingSince,
		"firstSignal": r.FirstSignalAt, "lastSignal": r.LastSignalAt}[key]
}

// textOf is the text under a column; absent for a column of numbers, times or lists.
func textOf(r workbench.Row, key string) workbench.Untrusted {
	switch key {
	case "indication":
		return r.Indication
	case "source":
		return r.Source
	case "producer":
		return r.Producer
	case "producerType":
		return workbench.Text(r.ProducerType.Label())
	case "tenant":
		return r.Tenant.Label()
	case "status":
		return workbench.Text(string(r.Status))
	case "verdict":
		return workbench.Text(string(r.Verdict))
	case "owner":
		return r.Owner
	case "severity":
		return r.Severity
	case "analystSeverity":
		return workbench.Text(string(r.AnalystSeverity))
	case "sourceIp":
		return r.SourceIP
	case "vendor":
		return workbench.Text(r.Vendor)
	case "incident":
		return r.IncidentID
	case "vendorStatus":
		return r.VendorStatus
	case "threatType":
		return r.ThreatType
	case "classification":
		return r.Classification
	case "additionalInfo":
		return r.AdditionalInfo
	case "lastComment":
		return r.LastComment
	case "summary":
		return r.Summary
	case "id":
		return workbench.Text(string(r.ID))
	}
	return workbench.Untrusted{}
}
