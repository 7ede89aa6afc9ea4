package connectors

import (
	"workbench"
	"workbench/views/ui"
)

// MaxQuarantined is how many quarantined records a page lists.
const MaxQuarantined = 20

const maxFirst = 200 // bytes of a record that are shown

// QuarantinedRow is one record that could not be read.
type QuarantinedRow struct {
	Reason, Where, First, Command workbench.Untrusted
	Size                          string
	At                            Moment
}

func quarantinedRows(list []workbench.Quarantined, d ui.Display) []QuarantinedRow {
	var out []QuarantinedRow
	for _, q := range list[:min(len(list), MaxQuarantined)] {
		r := QuarantinedRow{Reason: workbench.Text(q.Reason), Size: many(int(q.Length), "byte", "bytes"), At: Moment{minute(q.At, d), q.At}, Command: workbench.Text("workbench quarantine retry " + q.ID)}
		if q.Within != "" {
			r.Where = workbench.Text("alert of incident " + q.Within)
		}
		if first := q.First[:min(len(q.First), maxFirst)]; len(first) > 0 {
			r.First = workbench.Text(string(first))
		}
		out = append(out, r)
	}
	return out
}
