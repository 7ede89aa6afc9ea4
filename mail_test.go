package workbench_test

import (
	"testing"

	"workbench"
)

func TestWhereAMailWent(t *testing.T) {
	text := workbench.Text
	message := func(recipient, action, location string, lost ...string) workbench.MessageEvidence {
		m := workbench.MessageEvidence{Recipient: text(recipient), DeliveryAction: text(action), DeliveryLocation: text(location)}
		for i := 0; i < len(lost); i += 2 {
			m.Data = append(m.Data, workbench.Field{Name: text(lost[i]), Value: text(lost[i+1])})
		}
		return m
	}
	for _, c := range []struct {
		name     string
		messages []workbench.MessageEvidence
		want     string
	}{
		{"as Microsoft says", []workbench.MessageEvidence{message("a@x", "delivered", "inbox")}, "delivered, inbox"},
		{"nothing said", []workbench.MessageEvidence{message("a@x", "", "", "language", "en")}, "where it went is not known"},
		{"taken away after it arrived", []workbench.MessageEvidence{message("a@x", "blocked", "quarantine", "deliveryAction", "delivered", "deliveryLocation", "inbox")}, "blocked, quarantine; also reported as delivered, inbox"},
		{"two messages to one person", []workbench.MessageEvidence{message("a@x", "blocked", "quarantine"), message("A@x", "delivered", "inbox"), message("a@x", "blocked", "quarantine")}, "blocked, quarantine; delivered, inbox"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := workbench.Content{Evidence: workbench.Evidence{Messages: c.messages}}.MailAnswers().Recipients
			if len(answer.Finds) != 1 || answer.Finds[0].Detail.Raw() != c.want {
				t.Errorf("got %+v, want one person and %q", answer.Finds, c.want)
			}
		})
	}
}
