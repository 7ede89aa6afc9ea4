// Package workbench holds the nouns of the Stories Workbench and their pure behaviour: what a tenant, a document, an alert, a piece of
// evidence, a story and an analyst's action are, and what follows from them. It imports the standard library only, reads no clock and
// draws no random number: callers pass both in. Everything else in the module speaks these types, so that views, store and ingest need
// not know each other.
//
// Data flows one way. Documents (what Microsoft said) and actions (what analysts did) are facts. A Deriver makes Content from documents,
// StateOf makes State from actions, and NewRow and NewStory join the two into what lists and pages show.
package workbench
