package defender

import (
	"cmp"
	"fmt"
	"strings"

	"workbench"
)

// maxQuoted is how many characters of somebody else's text a summary quotes.
const maxQuoted = 120

// summary tells a story in two sentences: what happened, where and to whom; then how bad it is, what is still active, or what is not known.
func summary(c workbench.Content) workbench.Untrusted {
	var first, second string
	switch {
	case c.Placeholder:
		first = sentence("Microsoft reports incident %s, %s", quote(c.IncidentID), quote(c.Details.IncidentName))
		second = "Its alerts are not here, so what happened, where and to whom is not known."
		if len(c.MovedTo) > 0 {
			second = "Its alerts came and stand in stories of their own."
		}
	case len(c.MovedTo) > 0:
		first = sentence("%s was here: %s", subject(c), where(c))
		second = fmt.Sprintf("%s moved to %s, which tells what is known now.", plural(c.AlertCount, "Its alert has", "Its %d alerts have"), plural(len(c.MovedTo), "another story", "%d other stories"))
	case isMail(c):
		answers := c.MailAnswers()
		first = sentence("%s: %s", subject(c), mailWhere(c, answers))
		second = clicked(answers) + "; " + danger(c) + "."
	default:
		first = sentence("%s %s", subject(c), where(c))
		second = danger(c) + "."
	}
	return workbench.Text(first + ". " + second)
}

func sentence(format string, parts ...any) string {
	return strings.TrimRight(strings.TrimSpace(fmt.Sprintf(format, parts...)), ", .:")
}

// subject is what the story is about, also where Microsoft gave no title.
func subject(c workbench.Content) string {
	return cmp.Or(quote(c.Indication), "An alert without a title")
}

// sentenceEnds are where somebody else's text would end a sentence of the summary.
var sentenceEnds = strings.NewReplacer(". ", "; ", "! ", "; ", "? ", "; ")

// quote shortens text from outside, puts it on one line and ends no sentence with it. It gives "" where nothing is left.
func quote(u workbench.Untrusted) string {
	line := strings.Join(strings.Fields(u.Raw()), " ")
	text := []rune(sentenceEnds.Replace(strings.TrimRight(line, ".!? ")))
	if len(text) > maxQuoted {
		return string(text[:maxQuoted-1]) + "…"
	}
	return string(text)
}

func where(c workbench.Content) string {
	var parts []string
	if devices := named(c.DeviceCount, deviceNames(c), "device"); devices != "" {
		parts = append(parts, "on "+devices)
	}
	if users := named(c.UserCount, userNames(c), "user"); users != "" {
		parts = append(parts, "involving "+users)
	}
	if boxes := named(c.MailboxCount, nil, "mailbox"); boxes != "" {
		parts = append(parts, "touching "+boxes)
	}
	if len(parts) == 0 {
		parts = append(parts, "at a place that these alerts do not name")
	}
	if c.AlertCount > 1 {
		parts = append(parts, fmt.Sprintf("in %d alerts", c.AlertCount))
	}
	return strings.Join(parts, ", ")
}

// named gives the name where there is one, else the number.
func named(count int, names []workbench.Untrusted, noun string) string {
	name := ""
	if len(names) > 0 {
		name = quote(names[0])
	}
	switch {
	case count == 0:
		return ""
	case count == 1 && name != "":
		return name
	case name != "":
		return fmt.Sprintf("%s and %s", name, plural(count-1, "one more "+noun, "%d more "+plurals(noun)))
	}
	return plural(count, "one "+noun, "%d "+plurals(noun))
}

func plurals(noun string) string {
	switch noun {
	case "mailbox":
		return "mailboxes"
	case "person":
		return "people"
	}
	return noun + "s"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	if strings.Contains(many, "%d") {
		return fmt.Sprintf(many, n)
	}
	return many
}

func deviceNames(c workbench.Content) []workbench.Untrusted {
	if !c.Source.IsZero() && len(c.Alerts) > 0 && c.DeviceCount > 0 {
		return []workbench.Untrusted{c.Source}
	}
	return nil
}

// userNames is the first user whom an alert names; one merely logged on is named only where there is no other.
func userNames(c workbench.Content) []workbench.Untrusted {
	var loggedOn []workbench.Untrusted
	for _, a := range c.Alerts {
		for _, u := range a.Users {
			if u.Why == workbench.NamedByAlert {
				return []workbench.Untrusted{u.Name}
			}
			loggedOn = append(loggedOn, u.Name)
		}
	}
	return loggedOn
}

func isMail(c workbench.Content) bool {
	return len(c.Evidence.Messages) > 0 || c.Product == workbench.ProductOffice365
}

// mailWhere says who got it and where it came from.
func mailWhere(c workbench.Content, answers workbench.MailAnswers) string {
	text := "who got it is not known from these alerts"
	if r := answers.Recipients; r.Known {
		text = "mail to " + named(len(r.Finds), []workbench.Untrusted{r.Finds[0].Name}, "recipient")
	}
	for _, m := range c.Evidence.Messages {
		if from := quote(m.From.Or(m.EnvelopeSender)); from != "" {
			return text + " from " + from
		}
	}
	return text
}

// clicked says who clicked and on which devices, or that the alerts do not say.
func clicked(answers workbench.MailAnswers) string {
	text := "Whether anybody clicked is not known from these alerts"
	if k := answers.Clicked; k.Known {
		text = named(len(k.Finds), []workbench.Untrusted{k.Finds[0].Name}, "person") + " clicked"
	} else if strings.HasPrefix(k.Reason, "An alert") {
		text = "Somebody clicked, but who is not known from these alerts"
	}
	if d := answers.Devices; d.Known {
		return text + ", and the alerts name " + named(len(d.Finds), []workbench.Untrusted{d.Finds[0].Name}, "device")
	}
	return text + ", and the alerts name no device"
}

// danger says how bad it is and what of it is still there.
func danger(c workbench.Content) string {
	severity := "Microsoft gives no severity"
	if word := quote(c.Severity); word != "" {
		severity = "Microsoft rates it " + word
	}
	active, stopped, judged := 0, 0, 0
	for _, f := range c.CriticalityFactors {
		switch f.Name {
		case "maliciousActive", "suspiciousActive":
			active++
		case "stopped":
			stopped++
		}
		if f.Name == "falseAlarm" || f.Name == "expectedActivity" {
			judged++
		}
	}
	switch {
	case judged > 0:
		return severity + " but classified it as no threat"
	case c.AllResolved:
		return severity + " and marks " + plural(c.AlertCount, "its alert", "all %d alerts") + " as resolved"
	case active > 0:
		return severity + ", and what it calls malicious or suspicious is not all stopped"
	case stopped > 0:
		return severity + ", and all that it calls malicious or suspicious was stopped or removed"
	}
	return severity + " and judged none of its evidence as malicious or suspicious, so what is still active is not known"
}
