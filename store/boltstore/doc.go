// Package boltstore keeps a store in one bbolt file.
//
// The file has these buckets. A number is 8 bytes, big-endian; a text inside a key is led by its length (uvarint); hashes are SHA-256.
// Values named JSON are written without HTML escaping; "packed" means a zstd frame (see frame.go).
//
//	meta            format, derivation, commit, change, observation, quarantined, forward: single values
//	changes         change number            → tenant text, story number; one row a story, at its last change
//	audit           number                   → JSON of store.AuditEntry, which holds the hash of the value before
//	accounts        account id               → JSON of workbench.Account
//	account names   name                     → account id
//	links           hash of token            → JSON of store.Link
//	sessions        hash of session id       → JSON of values and end
//	session ends    end (number), hash       → nothing
//	settings        name                     → value
//	tenant names    tenant                   → display name
//	connectors      connector id             → JSON of workbench.Connector
//	connector keys  what is unique, or leads → connector id; see connectorkeys.go
//	registrations   registration id          → JSON of workbench.Registration; its secrets are sealed by whoever saves it
//	healths         connector id             → JSON of workbench.Health
//	progress        connector id             → JSON of workbench.Progress
//	flows           hash of state            → JSON of workbench.Flow
//	consent links   hash of secret           → JSON of workbench.ConsentLink
//	foreign         tenant, alert            → JSON: incident, product and its name
//	foreign incidents tenant, incident, alert→ nothing
//	views           owner, view id           → JSON of workbench.View
//	preferences     account id               → JSON of workbench.Preferences
//	tenants         tenant                   → a bucket for each tenant, with:
//
//	    documents       document number      → record.go: what files the document, its hash, its place in a frame
//	    frames          frame number         → packed bytes of documents, one after the other
//	    receipts        document, observation→ JSON of workbench.Receipt
//	    hashes          identity (keys.go)   → document number
//	    groups          group, 'd', document → nothing: documents that name the group
//	    groups          group, 's', story    → nothing: stories derived from the group
//	    alerts          alert id, document   → nothing: versions of the alert
//	    stories         story number         → storyrecord.go: id, group, last change, hash of content, and what lists show: the head, and of
//	                                           the state what its actions come to
//	    contents        story number         → packed JSON of workbench.Content
//	    ids             story id             → story number
//	    moved           story id, story      → nothing: stories whose alerts went to that story
//	    actions         story, ordinal       → JSON of workbench.Action
//	    action ids      action id            → story number, ordinal
//	    quarantine      record id            → JSON of workbench.Quarantined without bytes, and its number in the order of arrival
//	    quarantine bytes record id           → packed bytes
//
// Numbers of documents, frames and stories grow by one, so that rows are added at the end of their buckets. No list is answered from
// these buckets: they serve single stories, the rows of a page whose places an index found, and the change feed that an index lives on.
//
// One transaction writes at a time. Clicks of people (Act) that wait for it share one, and its syncs: see click.go and turns.go.
package boltstore
