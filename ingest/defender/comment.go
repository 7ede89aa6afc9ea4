package defender

import "workbench"

// comment is what somebody wrote at Microsoft's portal.
type comment struct {
	at   workbench.Time
	by   workbench.Untrusted
	text workbench.Untrusted
}

// commentsOf reads comments in both spellings of their fields.
func commentsOf(list value) []comment {
	var out []comment
	for _, v := range listOf(list) {
		o := objectOf(v)
		c := comment{at: o.time("createdDateTime", "createdTime"), by: o.text("createdByDisplayName", "createdBy"), text: o.text("comment")}
		if !c.text.IsZero() {
			out = append(out, c)
		}
	}
	return out
}
