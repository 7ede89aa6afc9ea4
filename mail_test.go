package workbench_test

import (
	"fmt"
	"strings"
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

func TestPlacesOfOneRecipientEnd(t *testing.T) {
	var e workbench.Evidence
	for i := range 20_000 {
		e.Messages = append(e.Messages, workbench.MessageEvidence{Recipient: workbench.Text("a@x"), DeliveryAction: workbench.Text(fmt.Sprintf("odd%d", i))})
	}
	finds := workbench.Content{Evidence: e}.MailAnswers().Recipients.Finds
	if len(finds) != 1 || len(finds[0].Detail.Raw()) > 1_000 || !strings.HasSuffix(finds[0].Detail.Raw(), "; and more") {
		t.Errorf("got %d people and %d bytes, want one person, the first places, and a word that there are more", len(finds), len(finds[0].Detail.Raw()))
	}
}
