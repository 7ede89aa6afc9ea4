// Package defender turns what Microsoft Defender says into what the workbench knows. It is pure: it reads bytes, keeps nothing, asks no
// clock. It has two halves that meet in workbench.Document.
//
//	Read    bytes of an export or an answer ──► records ──► documents, or quarantined records with the reason
//	Derive  documents of one incident ──► stories: alerts, evidence, process trees, entities, criticality, timeline
package defender
