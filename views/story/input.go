package story

import (
	"workbench"
	"workbench/views/layout"
)

// Input is everything that a story's page is made from.
type Input struct {
	Layout  layout.Props
	Story   workbench.Story
	Tab     string              // link.Overview, link.Alerts and so on
	CanAct  bool                // the account may change the story
	Account workbench.AccountID // who looks; decides which action can be taken back

	Previous, Next workbench.StoryID // neighbours in the list that the reader came from; "" = none

	Selected     string   // ?show=: id of an evidence item, a tree node or an alert to show in the panel
	OpenAlerts   []string // ?alert=: ids of expanded alerts
	EvidenceKind string   // ?kind=: one of the kinds of this package; "" = the first that holds something
	Sort         string   // ?sort=: key of a column of the evidence table, "-" in front for descending
	All          bool     // ?all=1: no limit on rows

	Documents []Document // raw tab
	Raw       RawTable   // raw tab
	Form      Form
}

// Document is a raw document behind the story, as the raw tab lists it.
type Document struct {
	Hash       workbench.Hash
	Kind       workbench.DocumentKind
	Object     workbench.Untrusted // id of the alert or incident
	ReceivedAt workbench.Time
	Size       int // bytes
}

// RawTable is the flattened table of raw events: one row for each alert and each evidence item.
type RawTable struct {
	Columns   []workbench.Untrusted
	Rows      [][]workbench.Untrusted // as many cells as there are columns
	Truncated int                     // rows that were left out before this table was made
}

// Form carries the fields of the story-actions form back to the person who sent them, when they were refused.
type Form struct {
	Sent     bool              // the values below were sent; otherwise the form starts from the story
	Values   map[string]string // by the name of the field: workbench.ActionField, or "comment"
	Errors   map[string]string // as in workbench.Invalid
	Conflict bool              // somebody else saved first; the form shows what stands now beside what was typed
}
