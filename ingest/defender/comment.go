package defender

import "workbench"

// comment is what somebody wrote at Microsoft's portal.
type comment struct {
	at   workbench.Time
	by   workbench.Untrusted
	text workbench.Untrusted
}

// comments reads comments in both spellings of their fields.
func (os *objects) comments(list value) []comment {
	var out []comment
	for _, m := range listOf(list) {
		mark := os.used
		o := os.of(m.value)
		c := comment{at: o.time("createdDateTime", "createdTime"), by: o.text("createdByDisplayName", "createdBy"), text: o.text("comment")}
		if !c.text.IsZero() {
			out = append(out, c)
		}
		os.used = mark
	}
	return out
}
