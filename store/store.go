// Package store is the contract between the workbench and what keeps its data. Two kinds of data are kept and never mixed. Facts are
// appended and never edited: documents with their receipts, actions, accounts, audit entries, quarantined records. Content is derived from
// documents, in the transaction that adds them, and can be thrown away and made again byte for byte; state is folded from actions when a
// story is read.
//
//	Append (documents) ──► facts ──► Deriver ──► content ─┐
//	Act (actions) ───────► facts ──► StateOf ──► state ───┴─► Story, Entry ──► Changes ──► index ──► Queries
//
// Every method takes a context, checked on entry. Every method that touches stories takes a Scope: what is outside it does not exist.
// Nothing that a method returns is shared with the store, and the store keeps nothing that was passed in. Errors are wrapped; callers use
// errors.Is with the errors of package workbench. A write that returns without error is durable. A write whose outcome the backend cannot
// know leaves the store failed: every later call returns the same error, and the process must end; the outcome is read back at the next
// start.
//
// One suite, storetest, holds every backend to this page.
package store

import (
	"context"
	"io"
	"time"

	"workbench"
)

// Change is the number of a committed change of one story. Numbers grow by one, without gaps, in the order of commits, over the whole
// store: a write that changes several stories takes as many numbers and returns the last. 0 means that no story changed.
type Change uint64

// Batch is what one Append adds, all of it or nothing.
type Batch struct {
	Documents   []workbench.Document
	Quarantined []workbench.Quarantined
	Foreign     []workbench.Foreign  // alerts that are there and not taken in
	Progress    []workbench.Progress // what connectors vouch for once this batch is kept, replacing what was kept for each
	Source      string               // "import", or a connector's id
	At          workbench.Time       // when it was received
	By          workbench.AccountID
}

// Appended says what an Append did.
type Appended struct {
	Change  Change
	Stories []StoryEffect // stories of every group that the batch touched, in order of ids
}

// StoryEffect says what became of one story.
type StoryEffect struct {
	ID     workbench.StoryID
	Effect Effect
}

// Effect is what became of a story.
type Effect uint8

// The effects.
const (
	Unchanged Effect = iota
	New
	Changed
	Gone // derived no longer: a placeholder whose alerts came
)

// Entry is what the change feed and lists know of a story: the part of its content that is shown in lists, and its state.
type Entry struct {
	ID     workbench.StoryID
	Ref    Ref
	Number Change // of its last change
	Gone   bool   // the story is no more; Head and State are zero
	Head   workbench.Head
	State  workbench.State // without its actions, and of the comments only the newest
}

// Ref is where a backend keeps a story. It stays for as long as the store does, and means nothing to any other.
type Ref struct {
	Tenant workbench.TenantID
	Place  uint64
}

// Facts is where data comes in.
type Facts interface {
	// Append adds documents and quarantined records and derives every group that they touch, in one transaction. A document is the same
	// as a kept one where tenant, kind, object, hash and, for an alert that does not name its incident itself, incident agree; it then adds
	// only a receipt, and that only for a source that is new to it. A quarantined record with the tenant and hash of a kept one adds
	// nothing. A foreign alert is remembered until a document of it is kept. Progress is replaced in the same transaction; that of a
	// connector that is not there is passed over. The whole batch is checked before the first write: it fails with *workbench.Invalid for a
	// document without tenant, object, kind or JSON, and with ErrForbidden for a tenant outside the scope. A batch that adds no fact takes
	// no change number; one that only moves progress leaves no audit entry.
	Append(ctx context.Context, scope workbench.Scope, batch Batch) (Appended, error)

	// Act prepares the action against the story's present state (workbench.State.Prepare) and stores it, in one transaction. It returns
	// the action as stored; one without effect is returned with Change 0 and not stored. ErrNotFound for a story outside the scope or
	// unknown, ErrConflict and *workbench.Invalid as Prepare says, ErrExists for an id that was used.
	Act(ctx context.Context, scope workbench.Scope, action workbench.Action) (workbench.Action, Change, error)
}

// Stories is where whole stories are read.
type Stories interface {
	// Story reads one story with the display name of its tenant, its siblings, the comments of stories whose alerts came here, and what
	// its incident has of products that are not taken in. ErrNotFound where it is unknown or outside the scope.
	Story(ctx context.Context, scope workbench.Scope, id workbench.StoryID) (workbench.Story, error)

	// Export calls yield with every story of the scope in order of ids, without what is added when a story is read, until
	// yield fails; it returns that error. It sees one state of the store throughout.
	Export(ctx context.Context, scope workbench.Scope, yield func(workbench.Story) error) error

	// StoryOfAlert returns the story that the alert's newest version belongs to. ErrNotFound as for Story. Where several tenants have an
	// alert of that id, the tenant that comes first in byte order.
	StoryOfAlert(ctx context.Context, scope workbench.Scope, alertID string) (workbench.StoryID, error)

	// Documents returns the raw documents behind a story, in the order of its Raw list. ErrNotFound as for Story.
	Documents(ctx context.Context, scope workbench.Scope, id workbench.StoryID) ([]workbench.Observed, error)

	// ExportDocuments calls yield with every document of the scope in the order of observations, as Export does with stories.
	ExportDocuments(ctx context.Context, scope workbench.Scope, yield func(workbench.Observed) error) error
}

// Feed is the change feed.
type Feed interface {
	// Changes returns the present entries of stories that changed after the given number, at most limit, in the order of their last
	// changes, each story once. After 0 it returns every story. It returns nothing, without waiting, where nothing changed.
	Changes(ctx context.Context, after Change, limit int) ([]Entry, error)

	// Wait returns once a change after the given number is committed, or with the context's error.
	Wait(ctx context.Context, after Change) error

	// Mark returns what the store's history up to now is known by: after a store was replaced by another, or by an older copy of itself that
	// went on, Marked reports false for it. Whatever is derived from the feed and kept elsewhere keeps a mark that was made after it was read.
	Mark(ctx context.Context) (string, error)
	// Marked reports whether a mark was made in the history of this store.
	Marked(ctx context.Context, mark string) (bool, error)

	// Entries returns the present entries of the stories at some places, in the order of refs, from one state of the store. ErrNotFound
	// where there never was a story at one of them.
	Entries(ctx context.Context, refs []Ref) ([]Entry, error)

	// Texts returns what workbench.Content.Texts says of the stories at some places, in the order of refs; nil for one that is no more.
	// ErrNotFound as for Entries.
	Texts(ctx context.Context, refs []Ref) ([][]string, error)
}

// Views keeps ways to look at the list, and what accounts prefer.
type Views interface {
	// Views returns the account's own views and those that others share, in order of name, whatever the case, then id.
	Views(ctx context.Context, account workbench.AccountID) ([]workbench.View, error)
	// SaveView adds a view (Revision 0), or replaces the one of that id and owner whose revision is v.Revision, and returns it with its new
	// revision. *workbench.Invalid as View.Check says, where the owner has another view of that name whatever the case, and where it has
	// workbench.MaxViews already. ErrConflict where it was changed meanwhile, ErrNotFound where it is to be replaced and not there.
	SaveView(ctx context.Context, v workbench.View, at workbench.Time) (workbench.View, error)
	// DeleteView takes away a view of the owner's own. ErrNotFound where there is none.
	DeleteView(ctx context.Context, owner workbench.AccountID, id workbench.ViewID, at workbench.Time) error
	// Preferences returns what an account prefers; the zero value where it never said.
	Preferences(ctx context.Context, account workbench.AccountID) (workbench.Preferences, error)
	// SavePreferences replaces what an account prefers. ErrNotFound where there is no such account, *workbench.Invalid as
	// Preferences.Check says.
	SavePreferences(ctx context.Context, account workbench.AccountID, p workbench.Preferences) error
}

// Quarantine keeps records that could not be understood.
type Quarantine interface {
	// QuarantinedRecords lists the records of the scope, oldest first, without their bytes.
	QuarantinedRecords(ctx context.Context, scope workbench.Scope) ([]workbench.Quarantined, error)
	// QuarantinedRecord returns one record with its bytes. ErrNotFound where unknown or outside the scope.
	QuarantinedRecord(ctx context.Context, scope workbench.Scope, id string) (workbench.Quarantined, error)
	// Discard removes a record, leaving an audit entry with its hash. ErrNotFound as above.
	Discard(ctx context.Context, scope workbench.Scope, id string, by workbench.AccountID, at workbench.Time) error
}

// Tenants keeps display names.
type Tenants interface {
	// TenantList returns the tenants of the scope that have documents, in order of ids.
	TenantList(ctx context.Context, scope workbench.Scope) ([]workbench.Tenant, error)
	// NameTenant sets the display name of a tenant; absent removes it.
	NameTenant(ctx context.Context, id workbench.TenantID, name workbench.Untrusted) error
}

// Connectors keeps connectors, app registrations, what is found out about them, and browsers that are away at Microsoft. Every change of a
// connector or registration leaves an audit entry that names it, what was done, and nothing secret.
type Connectors interface {
	// Connectors lists the connectors of the scope in order of name, whatever the case, then id. One whose tenant is not known yet is
	// seen by a scope that sees every tenant, alone.
	Connectors(ctx context.Context, scope workbench.Scope) ([]workbench.Connector, error)
	// Connector returns one. ErrNotFound where unknown or outside the scope.
	Connector(ctx context.Context, scope workbench.Scope, id workbench.ConnectorID) (workbench.Connector, error)
	// SaveConnector adds a connector (Revision 0), or replaces the one of that id whose revision is c.Revision, and returns it with its new
	// revision. *workbench.Invalid as Connector.Check says, for a child whose parent is not there or of another tenant, and, with the field
	// that is taken (name, tenant, kind), where the name is another's whatever the case, the tenant has another parent, or the parent
	// another child of that kind. A SharedApp names a registration that is there, has a name and is in its cloud, and no other connector
	// names one that has a name; children name one exactly where their parent has ManagedApps, which stays while there are children.
	// ErrConflict where it was changed meanwhile, ErrNotFound where it is to be replaced and not there. what is the verb of the audit
	// entry, as in "disabled".
	SaveConnector(ctx context.Context, c workbench.Connector, what string, by workbench.AccountID, at workbench.Time) (workbench.Connector, error)
	// DeleteConnector takes away a connector with its health, progress and consent links, and with the last connector of a registration that
	// has no name the registration and its keys. Documents, stories and actions stay; name and tenant are free again. ErrNotFound, and
	// ErrConflict for a parent that still has children.
	DeleteConnector(ctx context.Context, id workbench.ConnectorID, by workbench.AccountID, at workbench.Time) error

	// Registration returns one. ErrNotFound where unknown.
	Registration(ctx context.Context, id workbench.RegistrationID) (workbench.Registration, error)
	// Registrations lists all, in order of ids.
	Registrations(ctx context.Context) ([]workbench.Registration, error)
	// SaveRegistration is for registrations what SaveConnector is for connectors; a what of "" leaves no audit entry. *workbench.Invalid as
	// Registration.Check says, where the name is another's whatever the case, and where name or cloud would not fit a connector that names
	// it.
	SaveRegistration(ctx context.Context, r workbench.Registration, what string, by workbench.AccountID, at workbench.Time) (workbench.Registration, error)

	// DeleteRegistration takes away a registration and its keys. ErrNotFound, and ErrConflict where a connector still names it.
	DeleteRegistration(ctx context.Context, id workbench.RegistrationID, by workbench.AccountID, at workbench.Time) error

	// SaveHealth keeps what was found out, replacing what was kept. It is passed over where the connector is not there.
	SaveHealth(ctx context.Context, h workbench.Health) error
	// Healths returns what is kept of every connector.
	Healths(ctx context.Context) (map[workbench.ConnectorID]workbench.Health, error)
	// Progresses returns what Append kept of every connector.
	Progresses(ctx context.Context) (map[workbench.ConnectorID]workbench.Progress, error)

	// AddFlow keeps a flow under its state until it expires; the state is kept only as SHA-256.
	AddFlow(ctx context.Context, state string, f workbench.Flow) error
	// Flow returns a flow and leaves it. ErrNotFound where unknown, used or expired at now.
	Flow(ctx context.Context, state string, now time.Time) (workbench.Flow, error)
	// UseFlow returns a flow and takes it away: of many calls with one state, one succeeds. ErrNotFound as above.
	UseFlow(ctx context.Context, state string, now time.Time) (workbench.Flow, error)

	// AddConsentLink keeps a link under its secret, which is kept only as SHA-256, and takes away the connector's others that nobody used,
	// and all that are returned no more at l.MadeAt. ErrNotFound where the connector is not there, ErrExists where id or secret is another
	// link's, *workbench.Invalid for a link without id or tenant, used already, or good for longer than workbench.ConsentLifetime.
	AddConsentLink(ctx context.Context, secret string, l workbench.ConsentLink) error
	// ConsentLink returns a link by its secret. ErrNotFound where unknown; one that was used or has expired is returned for 30 days after.
	ConsentLink(ctx context.Context, secret string, now time.Time) (workbench.ConsentLink, error)
	// ConsentLinkNamed is ConsentLink by id.
	ConsentLinkNamed(ctx context.Context, id string, now time.Time) (workbench.ConsentLink, error)
	// ConsentLinks lists the links of all connectors that are kept, the newest first.
	ConsentLinks(ctx context.Context) ([]workbench.ConsentLink, error)
	// UseConsentLink sets who used a link: of many calls one succeeds. ErrNotFound where it is unknown, used, expired at now or withdrawn.
	UseConsentLink(ctx context.Context, id string, usedBy workbench.Untrusted, now time.Time) (workbench.ConsentLink, error)
	// WithdrawConsentLink takes a link away that nobody used. ErrNotFound as above. It leaves an audit entry, as adding and using do.
	WithdrawConsentLink(ctx context.Context, id string, by workbench.AccountID, now time.Time) error

	// KeptAlerts says which of the incidents have a document of one of their alerts.
	KeptAlerts(ctx context.Context, tenant workbench.TenantID, incidents []string) (map[string]bool, error)
}

// Accounts keeps accounts and their one-time sign-in links. Secrets are passed in clear and kept only as SHA-256; passwords come hashed.
type Accounts interface {
	// Account returns an account by id. ErrNotFound where unknown.
	Account(ctx context.Context, id workbench.AccountID) (workbench.Account, error)
	// AccountNamed returns an account by its name. ErrNotFound where unknown.
	AccountNamed(ctx context.Context, name string) (workbench.Account, error)
	// AddAccount adds an account. ErrExists where id or name is taken.
	AddAccount(ctx context.Context, a workbench.Account) error
	// SaveAccount replaces an account, but for its id and name. ErrNotFound where unknown. what is the verb of the audit entry.
	SaveAccount(ctx context.Context, a workbench.Account, what string, by workbench.AccountID, at workbench.Time) error
	// AccountList returns all accounts in order of name.
	AccountList(ctx context.Context) ([]workbench.Account, error)
	// AddLink keeps a sign-in link until it expires. A lasting link is not used up by signing in.
	AddLink(ctx context.Context, token string, link Link) error
	// Link returns a link and leaves it. ErrNotFound where unknown, used or expired at now.
	Link(ctx context.Context, token string, now time.Time) (Link, error)
	// UseLink returns the link's account and, unless it lasts, removes it. ErrNotFound where unknown, used or expired at now.
	UseLink(ctx context.Context, token string, now time.Time) (workbench.AccountID, error)
}

// Link is a sign-in link.
type Link struct {
	Account  workbench.AccountID
	Expires  time.Time
	Lasting  bool
	Password bool // opens the page where the person sets a password, and does not sign in
}

// Sessions keeps the sessions of browsers, by an opaque id that is kept only as SHA-256.
type Sessions interface {
	// Session returns the session's values. ErrNotFound where unknown or expired at now.
	Session(ctx context.Context, id string, now time.Time) (map[string]string, error)
	// SaveSession sets the session's values and its end, replacing what was there, and drops sessions that expired before now.
	SaveSession(ctx context.Context, id string, values map[string]string, now, expires time.Time) error
	// DeleteSession ends a session; one that is not there is no error.
	DeleteSession(ctx context.Context, id string) error
}

// Settings keeps small values that the program makes for itself at its first start, such as cookie keys.
type Settings interface {
	// Setting returns the value kept under name, after storing what make returns where there is none.
	Setting(ctx context.Context, name string, make func() []byte) ([]byte, error)
	// HasSetting reports whether a value is kept under name.
	HasSetting(ctx context.Context, name string) (bool, error)
	// ReplaceSetting keeps another value under name.
	ReplaceSetting(ctx context.Context, name string, value []byte) error
}

// AuditEntry is one line of the audit trail. Each carries the hash of the one before, so that taking one out or changing it shows.
type AuditEntry struct {
	Number   uint64              `json:"number"`
	At       workbench.Time      `json:"at"`
	By       workbench.AccountID `json:"by"` // "" = the program
	What     string              `json:"what"`
	About    string              `json:"about"`
	Previous workbench.Hash      `json:"previous"`
}

// Audit reads and writes the audit trail. Append, Act and Discard write their own entries.
type Audit interface {
	// Record adds an entry; number and previous hash are filled in.
	Record(ctx context.Context, e AuditEntry) error
	// AuditTrail returns entries after a number, oldest first, at most limit.
	AuditTrail(ctx context.Context, after uint64, limit int) ([]AuditEntry, error)
}

// Maintenance is what operators ask for.
type Maintenance interface {
	// Rebuild derives every group again and writes what differs, with the derivation version. Where dryRun, it writes nothing. It calls
	// differs with every story that differs.
	Rebuild(ctx context.Context, dryRun bool, differs func(StoryEffect)) error
	// Verify checks structure, hashes, the audit chain, and that content is what documents give. It calls problem with a sentence naming
	// the record for each thing that is wrong, and returns how many there were.
	Verify(ctx context.Context, problem func(string)) (int, error)
	// Backup writes a consistent copy of the whole store, while it is in use.
	Backup(ctx context.Context, w io.Writer) error
	// Derivation returns the derivation version that the store's content was made with, and that of this program.
	Derivation(ctx context.Context) (stored, program string, err error)
}

// Store is everything that a backend keeps.
type Store interface {
	Facts
	Stories
	Feed
	Quarantine
	Tenants
	Connectors
	Accounts
	Views
	Sessions
	Settings
	Audit
	Maintenance
	// Err returns why the store failed, or nil. See the package comment.
	Err() error
	// Close ends the store. Calls under way finish first.
	Close() error
}
