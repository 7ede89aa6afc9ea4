package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"workbench"
	"workbench/store"
	"workbench/views/link"
)

// accountCommand is about accounts.
type accountCommand struct {
	Add      accountAdd      `cmd:"" help:"Add an account. Prints a one-time link with which the person sets a password."`
	List     accountList     `cmd:"" help:"List the accounts."`
	Role     accountRole     `cmd:"" help:"Change what an account may do."`
	Password accountPassword `cmd:"" help:"Print a one-time link with which the person sets a new password."`
	Link     accountLink     `cmd:"" help:"Print a new one-time sign-in link."`
	Disable  accountDisable  `cmd:"" help:"Switch an account off: its sessions end at once."`
	Enable   accountEnable   `cmd:"" help:"Switch an account on again."`
}

// linkLife is how long a sign-in link waits to be opened.
const linkLife = 24 * time.Hour

// roleName is a role as the command line says it.
type roleName string

// role is the role of a word; the words are those of kong's enum.
func (r roleName) role() workbench.Role {
	return map[roleName]workbench.Role{"viewer": workbench.Viewer, "analyst": workbench.Analyst, "integrations-editor": workbench.IntegrationsEditor, "administrator": workbench.AdministratorRole}[r]
}

type accountAdd struct {
	Name   string   `arg:"" help:"The account's name: what the person signs in with."`
	Role   roleName `help:"viewer, analyst, integrations-editor or administrator." enum:"viewer,analyst,integrations-editor,administrator" required:""`
	Tenant []string `help:"A tenant that the account may see; repeat it for several. Default: every tenant." placeholder:"ID"`
}

// Run adds an account.
func (c *accountAdd) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account add", c, nil, true)
}

func (c *accountAdd) do(ctx context.Context, h held) error {
	name := strings.TrimSpace(c.Name)
	if n := utf8.RuneCountInString(name); n == 0 || n > workbench.MaxAccountName || plain(name) != name {
		return usageError{fmt.Errorf("account name %s: use 1 to %d visible characters", workbench.Text(c.Name), workbench.MaxAccountName)}
	}
	account := workbench.Account{ID: workbench.AccountID(strings.ToLower(rand.Text())), Name: name, CreatedAt: workbench.At(h.Now()), Role: c.Role.role(), Grants: []workbench.TenantID{}, AllGrants: len(c.Tenant) == 0}
	for _, t := range c.Tenant {
		id, ok := workbench.NewTenantID(t)
		if !ok {
			return usageError{fmt.Errorf("--tenant %s cannot name a tenant", workbench.Text(t))}
		}
		account.Grants = append(account.Grants, id)
	}
	if err := ensureAdministrator(ctx, h.Store, h.Now()); err != nil {
		return err
	}
	if err := h.Store.AddAccount(ctx, account); err != nil {
		return err
	}
	return printPasswordLink(ctx, h, account)
}

// printPasswordLink prints a link that sets the account's password.
func printPasswordLink(ctx context.Context, h held, account workbench.Account) error {
	token := rand.Text() + rand.Text()
	if err := h.Store.AddLink(ctx, token, store.Link{Account: account.ID, Expires: h.Now().Add(linkLife), Password: true}); err != nil {
		return fmt.Errorf("keeping the link: %w", err)
	}
	_, err := fmt.Fprintln(h.Out, h.Base()+link.SetPassword(token))
	return err
}

type accountPassword struct {
	Name string `arg:"" help:"The account's name."`
}

// Run prints a link.
func (c *accountPassword) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account password", c, nil, false)
}

func (c *accountPassword) do(ctx context.Context, h held) error {
	account, err := named(ctx, h.Store, c.Name)
	if err != nil {
		return err
	}
	return printPasswordLink(ctx, h, account)
}

type accountList struct{}

// Run lists the accounts, one a line.
func (c *accountList) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account list", c, nil, false)
}

func (c *accountList) do(ctx context.Context, h held) error {
	all, err := h.Store.AccountList(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		sees, signs := "every tenant", "by password or link"
		if !a.AllGrants {
			sees = fmt.Sprintf("%d tenants", len(a.Grants))
		}
		if a.Password == "" {
			signs = "by link"
		}
		if a.Disabled {
			signs = "switched off"
		}
		if _, err := fmt.Fprintf(h.Out, "%-20s  %-19s  %-12s  %s\n", plain(a.Name), a.Role.Label(), sees, signs); err != nil {
			return err
		}
	}
	return nil
}

type accountRole struct {
	Name string   `arg:"" help:"The account's name."`
	Role roleName `arg:"" help:"viewer, analyst, integrations-editor or administrator." enum:"viewer,analyst,integrations-editor,administrator"`
}

// Run changes the role.
func (c *accountRole) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account role", c, nil, false)
}

func (c *accountRole) do(ctx context.Context, h held) error {
	return changeAccount(ctx, h, c.Name, "made "+c.Role.role().Label()+" of", func(a *workbench.Account) { a.Role = c.Role.role() })
}

type accountDisable struct {
	Name string `arg:"" help:"The account's name."`
}

// Run switches the account off.
func (c *accountDisable) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account disable", c, nil, false)
}

func (c *accountDisable) do(ctx context.Context, h held) error {
	return changeAccount(ctx, h, c.Name, "switched off", func(a *workbench.Account) { a.Disabled = true })
}

type accountEnable struct {
	Name string `arg:"" help:"The account's name."`
}

// Run switches the account on.
func (c *accountEnable) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account enable", c, nil, false)
}

func (c *accountEnable) do(ctx context.Context, h held) error {
	return changeAccount(ctx, h, c.Name, "switched on", func(a *workbench.Account) { a.Disabled = false })
}

// changeAccount changes an account, unless nobody would be left who may change anything.
func changeAccount(ctx context.Context, h held, name, what string, change func(*workbench.Account)) error {
	account, err := named(ctx, h.Store, name)
	if err != nil {
		return err
	}
	rules := func(a workbench.Account) bool { return a.Role == workbench.AdministratorRole && !a.Disabled }
	was := rules(account)
	change(&account)
	if was && !rules(account) {
		all, err := h.Store.AccountList(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(a workbench.Account) bool { return a.ID != account.ID && rules(a) }) {
			return fmt.Errorf("account %s is the last administrator: make another one first", workbench.Text(name))
		}
	}
	return h.Store.SaveAccount(ctx, account, what, "", workbench.At(h.Now()))
}

func named(ctx context.Context, st store.Accounts, name string) (workbench.Account, error) {
	account, err := st.AccountNamed(ctx, name)
	if err != nil {
		return workbench.Account{}, fmt.Errorf("account %s: %w", workbench.Text(name), err)
	}
	return account, nil
}

type accountLink struct {
	Name string `arg:"" help:"The account's name." default:"administrator" optional:""`
}

// Run prints a link.
func (c *accountLink) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "account link", c, nil, false)
}

func (c *accountLink) do(ctx context.Context, h held) error {
	account, err := named(ctx, h.Store, c.Name)
	if err != nil {
		return err
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
	return st.AddAccount(ctx, workbench.Account{ID: workbench.Administrator, Name: "administrator", Role: workbench.AdministratorRole, CreatedAt: workbench.At(now), Grants: []workbench.TenantID{}, AllGrants: true})
}
