package stories

import (
	"strings"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// notes are what a reader must know of a row before opening it.
func notes(r workbench.Row) []Note {
	var out []Note
	for _, id := range few(r.MovedTo, 1) {
		out = append(out, Note{"moved to " + string(id[:min(len(id), 8)]), link.Story(id, link.Overview)})
	}
	if more := over(r.MovedTo, 1); more != "" {
		out = append(out, Note{Text: more})
	}
	if len(r.MovedTo) == 0 && r.Placeholder {
		out = append(out, Note{Text: "The incident's alerts are not here"})
	}
	return out
}

// sourceOf says what kind of thing the source is, by the rule that chose it, and how many others of that kind there are.
func sourceOf(r workbench.Row) (icon, more string) {
	switch {
	case r.Source.IsZero():
		return "", ""
	case r.DeviceCount > 0:
		icon, more = "device", others(r.DeviceCount)
	case r.MailboxCount > 0:
		icon, more = "mail", others(r.MailboxCount)
	case r.UserCount > 0:
		icon, more = "user", others(r.UserCount)
	}
	return icon, more
}

func others(n int) string {
	if n < 2 {
		return ""
	}
	return "+" + ui.Count(n-1)
}

func producerIcon(r workbench.Row) string {
	switch name := r.Producer.Raw(); {
	case r.ProducerType == workbench.MicrosoftEndpointAlert:
		return "device"
	case strings.HasSuffix(name, "Office 365"):
		return "mail"
	case strings.Contains(name, "Identity"):
		return "user"
	case strings.Contains(name, "Cloud"):
		return "cloud"
	}
	return "shield"
}

// productName splits what every product's name begins with from what tells it apart.
func productName(name workbench.Untrusted) (lead string, rest workbench.Untrusted) {
	for _, lead := range []string{"Microsoft Defender for ", "Microsoft "} {
		if after, ok := strings.CutPrefix(name.Raw(), lead); ok && after != "" {
			return lead, workbench.Text(after)
		}
	}
	return "", name
}

func typeName(p workbench.ProducerType) (lead, rest string) {
	if after, ok := strings.CutPrefix(p.Label(), "Microsoft "); ok {
		return "Microsoft ", after
	}
	return "", p.Label()
}
