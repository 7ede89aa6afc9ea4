package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"time"

	"workbench"
	"workbench/store"
	"workbench/views/link"
)

// accountCommand is about accounts.
type accountCommand struct {
	Link accountLink `cmd:"" help:"Print a new one-time sign-in link."`
}

// linkLife is how long a sign-in link waits to be opened.
const linkLife = 24 * time.Hour

type accountLink struct {
	Name string `arg:"" help:"The account's name." default:"administrator" optional:""`
}

// Run prints a link.
func (c *accountLink) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account link", c, nil, false)
}

func (c *accountLink) do(ctx context.Context, h held) error {
	account, err := h.Store.AccountNamed(ctx, c.Name)
	if err != nil {
		return fmt.Errorf("account %s: %w", workbench.Text(c.Name), err)
	}
	address, err := newLink(ctx, h.Store, h.Base(), account.ID, h.Now().Add(linkLife), false)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(h.Out, address)
	return err
}

// newLink makes a sign-in link that begins with base.
func newLink(ctx context.Context, st store.Accounts, base string, account workbench.AccountID, expires time.Time, lasting bool) (string, error) {
	token := rand.Text()
	if err := st.AddLink(ctx, token, store.Link{Account: account, Expires: expires, Lasting: lasting}); err != nil {
		return "", fmt.Errorf("keeping the sign-in link: %w", err)
	}
	return base + link.SignIn() + "?" + url.Values{"token": {token}}.Encode(), nil
}

// ensureAdministrator makes the first account at the first start.
func ensureAdministrator(ctx context.Context, st store.Accounts, now time.Time) error {
	_, err := st.Account(ctx, workbench.Administrator)
	if !errors.Is(err, workbench.ErrNotFound) {
		return err
	}
	return st.AddAccount(ctx, workbench.Account{ID: workbench.Administrator, Name: "administrator", CreatedAt: workbench.At(now), Grants: []workbench.TenantID{}, AllGrants: true})
}
