// Package failstore is a store whose every call fails, for tests of what callers make of that.
package failstore

import (
	"context"
	"errors"
	"io"
	"time"

	"workbench"
	"workbench/store"
)

// Err is the error of every call.
var Err = errors.New("failstore: this store always fails")

// Store fails every call with Err, wrapped with the name of the method.
type Store struct{}

// Queries fails every call that returns an error, likewise.
type Queries struct{}

var (
	_ store.Store   = Store{}
	_ store.Queries = Queries{}
)

// failed names a method.
type failed string

func (f failed) Error() string { return string(f) + ": " + Err.Error() }

func (failed) Unwrap() error { return Err }

// Append fails.
func (Store) Append(context.Context, workbench.Scope, store.Batch) (store.Appended, error) {
	return store.Appended{}, failed("Append")
}

// Act fails.
func (Store) Act(context.Context, workbench.Scope, workbench.Action) (workbench.Action, store.Change, error) {
	return workbench.Action{}, 0, failed("Act")
}

// Story fails.
func (Store) Story(context.Context, workbench.Scope, workbench.StoryID) (workbench.Story, error) {
	return workbench.Story{}, failed("Story")
}

// Export fails.
func (Store) Export(context.Context, workbench.Scope, func(workbench.Story) error) error {
	return failed("Export")
}

// StoryOfAlert fails.
func (Store) StoryOfAlert(context.Context, workbench.Scope, string) (workbench.StoryID, error) {
	return "", failed("StoryOfAlert")
}

// Documents fails.
func (Store) Documents(context.Context, workbench.Scope, workbench.StoryID) ([]workbench.Observed, error) {
	return nil, failed("Documents")
}

// ExportDocuments fails.
func (Store) ExportDocuments(context.Context, workbench.Scope, func(workbench.Observed) error) error {
	return failed("ExportDocuments")
}

// Changes fails.
func (Store) Changes(context.Context, store.Change, int) ([]store.Entry, error) {
	return nil, failed("Changes")
}

// Wait fails.
func (Store) Wait(context.Context, store.Change) error { return failed("Wait") }

// Mark fails.
func (Store) Mark(context.Context) (string, error) { return "", failed("Mark") }

// Marked fails.
func (Store) Marked(context.Context, string) (bool, error) { return false, failed("Marked") }

// Entries fails.
func (Store) Entries(context.Context, []store.Ref) ([]store.Entry, error) {
	return nil, failed("Entries")
}

// Texts fails.
func (Store) Texts(context.Context, []store.Ref) ([][]string, error) { return nil, failed("Texts") }

// Views fails.
func (Store) Views(context.Context, workbench.AccountID) ([]workbench.View, error) {
	return nil, failed("Views")
}

// SaveView fails.
func (Store) SaveView(context.Context, workbench.View, workbench.Time) (workbench.View, error) {
	return workbench.View{}, failed("SaveView")
}

// DeleteView fails.
func (Store) DeleteView(context.Context, workbench.AccountID, workbench.ViewID, workbench.Time) error {
	return failed("DeleteView")
}

// Preferences fails.
func (Store) Preferences(context.Context, workbench.AccountID) (workbench.Preferences, error) {
	return workbench.Preferences{}, failed("Preferences")
}

// SavePreferences fails.
func (Store) SavePreferences(context.Context, workbench.AccountID, workbench.Preferences) error {
	return failed("SavePreferences")
}

// QuarantinedRecords fails.
func (Store) QuarantinedRecords(context.Context, workbench.Scope) ([]workbench.Quarantined, error) {
	return nil, failed("QuarantinedRecords")
}

// QuarantinedRecord fails.
func (Store) QuarantinedRecord(context.Context, workbench.Scope, string) (workbench.Quarantined, error) {
	return workbench.Quarantined{}, failed("QuarantinedRecord")
}

// Discard fails.
func (Store) Discard(context.Context, workbench.Scope, string, workbench.AccountID, workbench.Time) error {
	return failed("Discard")
}

// TenantList fails.
func (Store) TenantList(context.Context, workbench.Scope) ([]workbench.Tenant, error) {
	return nil, failed("TenantList")
}

// NameTenant fails.
func (Store) NameTenant(context.Context, workbench.TenantID, workbench.Untrusted) error {
	return failed("NameTenant")
}

// Connectors fails.
func (Store) Connectors(context.Context, workbench.Scope) ([]workbench.Connector, error) {
	return nil, failed("Connectors")
}

// Connector fails.
func (Store) Connector(context.Context, workbench.Scope, workbench.ConnectorID) (workbench.Connector, error) {
	return workbench.Connector{}, failed("Connector")
}

// SaveConnector fails.
func (Store) SaveConnector(context.Context, workbench.Connector, string, workbench.AccountID, workbench.Time) (workbench.Connector, error) {
	return workbench.Connector{}, failed("SaveConnector")
}

// DeleteConnector fails.
func (Store) DeleteConnector(context.Context, workbench.ConnectorID, workbench.AccountID, workbench.Time) error {
	return failed("DeleteConnector")
}

// Registration fails.
func (Store) Registration(context.Context, workbench.RegistrationID) (workbench.Registration, error) {
	return workbench.Registration{}, failed("Registration")
}

// Registrations fails.
func (Store) Registrations(context.Context) ([]workbench.Registration, error) {
	return nil, failed("Registrations")
}

// SaveRegistration fails.
func (Store) SaveRegistration(context.Context, workbench.Registration, string, workbench.AccountID, workbench.Time) (workbench.Registration, error) {
	return workbench.Registration{}, failed("SaveRegistration")
}

// DeleteRegistration fails.
func (Store) DeleteRegistration(context.Context, workbench.RegistrationID, workbench.AccountID, workbench.Time) error {
	return failed("DeleteRegistration")
}

// SaveHealth fails.
func (Store) SaveHealth(context.Context, workbench.Health) error { return failed("SaveHealth") }

// Healths fails.
func (Store) Healths(context.Context) (map[workbench.ConnectorID]workbench.Health, error) {
	return nil, failed("Healths")
}

// Progresses fails.
func (Store) Progresses(context.Context) (map[workbench.ConnectorID]workbench.Progress, error) {
	return nil, failed("Progresses")
}

// AddFlow fails.
func (Store) AddFlow(context.Context, string, workbench.Flow) error { return failed("AddFlow") }

// Flow fails.
func (Store) Flow(context.Context, string, time.Time) (workbench.Flow, error) {
	return workbench.Flow{}, failed("Flow")
}

// UseFlow fails.
func (Store) UseFlow(context.Context, string, time.Time) (workbench.Flow, error) {
	return workbench.Flow{}, failed("UseFlow")
}

// AddConsentLink fails.
func (Store) AddConsentLink(context.Context, string, workbench.ConsentLink) error {
	return failed("AddConsentLink")
}

// ConsentLink fails.
func (Store) ConsentLink(context.Context, string, time.Time) (workbench.ConsentLink, error) {
	return workbench.ConsentLink{}, failed("ConsentLink")
}

// ConsentLinkNamed fails.
func (Store) ConsentLinkNamed(context.Context, string, time.Time) (workbench.ConsentLink, error) {
	return workbench.ConsentLink{}, failed("ConsentLinkNamed")
}

// ConsentLinks fails.
func (Store) ConsentLinks(context.Context) ([]workbench.ConsentLink, error) {
	return nil, failed("ConsentLinks")
}

// UseConsentLink fails.
func (Store) UseConsentLink(context.Context, string, workbench.Untrusted, time.Time) (workbench.ConsentLink, error) {
	return workbench.ConsentLink{}, failed("UseConsentLink")
}

// WithdrawConsentLink fails.
func (Store) WithdrawConsentLink(context.Context, string, workbench.AccountID, time.Time) error {
	return failed("WithdrawConsentLink")
}

// KeptAlerts fails.
func (Store) KeptAlerts(context.Context, workbench.TenantID, []string) (map[string]bool, error) {
	return nil, failed("KeptAlerts")
}

// Account fails.
func (Store) Account(context.Context, workbench.AccountID) (workbench.Account, error) {
	return workbench.Account{}, failed("Account")
}

// AccountNamed fails.
func (Store) AccountNamed(context.Context, string) (workbench.Account, error) {
	return workbench.Account{}, failed("AccountNamed")
}

// AddAccount fails.
func (Store) AddAccount(context.Context, workbench.Account) error { return failed("AddAccount") }

// SaveAccount fails.
func (Store) SaveAccount(context.Context, workbench.Account, string, workbench.AccountID, workbench.Time) error {
	return failed("SaveAccount")
}

// AccountList fails.
func (Store) AccountList(context.Context) ([]workbench.Account, error) {
	return nil, failed("AccountList")
}

// AddLink fails.
func (Store) AddLink(context.Context, string, store.Link) error { return failed("AddLink") }

// Link fails.
func (Store) Link(context.Context, string, time.Time) (store.Link, error) {
	return store.Link{}, failed("Link")
}

// UseLink fails.
func (Store) UseLink(context.Context, string, time.Time) (workbench.AccountID, error) {
	return "", failed("UseLink")
}

// Session fails.
func (Store) Session(context.Context, string, time.Time) (map[string]string, error) {
	return nil, failed("Session")
}

// SaveSession fails.
func (Store) SaveSession(context.Context, string, map[string]string, time.Time, time.Time) error {
	return failed("SaveSession")
}

// DeleteSession fails.
func (Store) DeleteSession(context.Context, string) error { return failed("DeleteSession") }

// Setting fails.
func (Store) Setting(context.Context, string, func() []byte) ([]byte, error) {
	return nil, failed("Setting")
}

// HasSetting fails.
func (Store) HasSetting(context.Context, string) (bool, error) { return false, failed("HasSetting") }

// ReplaceSetting fails.
func (Store) ReplaceSetting(context.Context, string, []byte) error { return failed("ReplaceSetting") }

// Record fails.
func (Store) Record(context.Context, store.AuditEntry) error { return failed("Record") }

// AuditTrail fails.
func (Store) AuditTrail(context.Context, uint64, int) ([]store.AuditEntry, error) {
	return nil, failed("AuditTrail")
}

// Rebuild fails.
func (Store) Rebuild(context.Context, bool, func(store.StoryEffect)) error { return failed("Rebuild") }

// Verify fails.
func (Store) Verify(context.Context, func(string)) (int, error) { return 0, failed("Verify") }

// Backup fails.
func (Store) Backup(context.Context, io.Writer) error { return failed("Backup") }

// Derivation fails.
func (Store) Derivation(context.Context) (stored, program string, err error) {
	return "", "", failed("Derivation")
}

// Err says that the store failed.
func (Store) Err() error { return failed("Err") }

// Close fails.
func (Store) Close() error { return failed("Close") }

// Stories fails.
func (Queries) Stories(context.Context, workbench.Scope, store.Query) (store.Page, error) {
	return store.Page{}, failed("Stories")
}

// Rows fails.
func (Queries) Rows(context.Context, workbench.Scope, []store.Version) ([]workbench.Row, error) {
	return nil, failed("Rows")
}

// Each fails.
func (Queries) Each(context.Context, workbench.Scope, store.Query, func(workbench.Row) error) error {
	return failed("Each")
}

// Groups fails.
func (Queries) Groups(context.Context, workbench.Scope, store.Query, store.Field) (store.Groups, error) {
	return store.Groups{}, failed("Groups")
}

// Applied is 0.
func (Queries) Applied() store.Change { return 0 }

// News fails.
func (Queries) News(context.Context, workbench.Scope, store.Query, store.Change) (store.News, error) {
	return store.News{}, failed("News")
}

// WaitApplied fails.
func (Queries) WaitApplied(context.Context, store.Change) error { return failed("WaitApplied") }

// Neighbours fails.
func (Queries) Neighbours(context.Context, workbench.Scope, store.Query, workbench.StoryID) (previous, next workbench.StoryID, err error) {
	return "", "", failed("Neighbours")
}
