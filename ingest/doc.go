// Package ingest brings data into a store: exported files, and what Microsoft says of connected tenants. What the bytes mean is the business
// of package defender; here is what is asked of the store, in which portions, and what is said of it in the end.
//
//	Import            files ──► defender.Read ──► portions ──► store.Facts.Append ──► Summary
//	Poller            Microsoft Graph ──► defender.Read ──► incidents with their alerts ──► store.Facts.Append, with progress
//	ExportRaw         store.Stories.ExportDocuments ──► lines that Import reads again
//	RetryQuarantined  a quarantined record ──► defender.ReadQuarantined ──► Append, Discard
//
// A poller vouches for what it kept by spans of Microsoft's clock (workbench.Progress), each stored in the transaction of the last document
// that it covers. It may die at any moment: what it had not vouched for is read again, and what is read again changes nothing.
package ingest
