// Package ingest brings data into a store: exported files today. What the bytes mean is the business of package defender; here is what is
// asked of the store, in which portions, and what is said of it in the end.
//
//	Import            files ──► defender.Read ──► portions ──► store.Facts.Append ──► Summary
//	ExportRaw         store.Stories.ExportDocuments ──► lines that Import reads again
//	RetryQuarantined  a quarantined record ──► defender.ReadQuarantined ──► Append, Discard
package ingest
