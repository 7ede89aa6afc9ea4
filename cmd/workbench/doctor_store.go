package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"workbench"
)

// doctorStore is the part of doctor that needs the store: what it knows of its key, of connectors and of certificates.
type doctorStore struct {
	Mark []byte // of the key that doctor found; nil = none. It tells nothing of the key
}

func (c *doctorStore) do(ctx context.Context, h held) error {
	d := doctor{out: h.Out}
	for _, look := range []func(context.Context, held, *doctor) error{c.key, connectors, certificates} {
		if err := look(ctx, h, &d); err != nil {
			return err
		}
	}
	if d.unwell {
		return errUnwell
	}
	return nil
}

// key compares the key that was found with the one that the store was used with.
func (c *doctorStore) key(ctx context.Context, h held, d *doctor) error {
	used, err := h.Store.HasSetting(ctx, keyMark)
	if err != nil || !used {
		return err
	}
	mark, err := h.Store.Setting(ctx, keyMark, func() []byte { return nil })
	if err != nil {
		return err
	}
	switch {
	case c.Mark == nil:
		d.say(false, "key", "the store was used with a key that is not here: name its file with --key-file, as for serve")
	case !bytes.Equal(mark, c.Mark):
		d.say(false, "key", "the store was used with another key than this one: name its file with --key-file, as for serve")
	default:
		d.say(true, "key", "it is the one that the store was used with")
	}
	return nil
}

// connectors says how each connector is, in the order of their names.
func connectors(ctx context.Context, h held, d *doctor) error {
	list, err := h.Store.Connectors(ctx, workbench.EveryTenant())
	if err != nil {
		return err
	}
	healths, err := h.Store.Healths(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		health, known := healths[c.ID]
		what, mend := health.Reason.Explain()
		switch {
		case c.Disabled:
			d.say(true, "connector", c.Name+": switched off")
		case !known:
			d.say(false, "connector", c.Name+": Microsoft was not asked yet. Start serve")
		case health.Status == workbench.StatusConnected && health.Reason == "":
			d.say(true, "connector", c.Name+": "+health.Status.Label())
		case health.Status == workbench.StatusConnected:
			d.say(true, "connector", c.Name+": "+health.Status.Label()+". "+what)
		default:
			d.say(false, "connector", c.Name+": "+health.Status.Label()+". "+what+" "+mend)
		}
	}
	return nil
}

// certificates says until when each app registration can sign in. The workbench renews what it made itself.
func certificates(ctx context.Context, h held, d *doctor) error {
	list, err := h.Store.Registrations(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		active, ok := r.Active()
		app := "application " + r.ClientID
		if !ok {
			d.say(false, "certificate", app+" has none that Microsoft accepted: open its connector and upload the one that is offered there")
			continue
		}
		if active.NotAfter.IsZero() {
			d.say(true, "certificate", app+" signs in with a client secret whose end is not known")
			continue
		}
		left := active.NotAfter.Sub(h.Now())
		until := fmt.Sprintf("%s signs in until %s, %d days from now", app, active.NotAfter.UTC().Format("2006-01-02 15:04 UTC"), int(left.Hours()/24))
		switch {
		case left <= 0:
			d.say(false, "certificate", app+" has none that is still valid: open its connector, make a new one and upload it")
		case left < workbench.RenewBefore-24*time.Hour && active.Made:
			d.say(false, "certificate", until+", and renewing failed: its connector's page says why")
		case left < workbench.RenewBefore-24*time.Hour:
			d.say(false, "certificate", until+": bring a new one on its connector's page")
		default:
			d.say(true, "certificate", until)
		}
	}
	return nil
}
