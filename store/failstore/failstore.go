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

// AddLink fails.
func (Store) AddLink(context.Context, string, store.Link) error { return failed("AddLink") }

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

// Applied is 0.
func (Queries) Applied() store.Change { return 0 }

// WaitApplied fails.
func (Queries) WaitApplied(context.Context, store.Change) error { return failed("WaitApplied") }

// Neighbours fails.
func (Queries) Neighbours(context.Context, workbench.Scope, store.Query, workbench.StoryID) (previous, next workbench.StoryID, err error) {
	return "", "", failed("Neighbours")
}
