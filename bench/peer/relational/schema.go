package relational

import (
	"strings"

	"workbench/store"
)

// Columns are those of the facets that have one value a story.
var Columns = []store.Field{store.ProducerType, store.Producer, store.Status, store.Criticality, store.Severity, store.Verdict, store.AnalystSeverity, store.Tenant, store.Owner, store.Moved}

// Lists are the tables of the facets that have several.
var Lists = []store.Field{store.Label, store.Mitre}

// Column is the name of the column of a field.
func Column(f store.Field) string {
	switch f {
	case store.ProducerType:
		return "producer_type"
	case store.AnalystSeverity:
		return "analyst_severity"
	case store.SourceIP:
		return "source_ip"
	}
	return strings.ToLower(string(f))
}

// timeColumn is that of one of store.TimeFields.
func timeColumn(field string) string {
	switch field {
	case "created":
		return "created"
	case "firstSignal":
		return "first_signal"
	case "lastSignal":
		return "last_signal"
	}
	return "updated"
}

// leads are the columns by which a filter of the facets is looked up. Each leads an index that covers everything that is counted, so that
// counts never touch a row.
var leads = []store.Field{store.Status, store.Producer, store.Verdict, store.Severity, store.Criticality, store.Tenant, store.Owner}

// Tables are the statements that make the tables. Types are the peer's own: small numbers, large numbers, texts in byte order, bytes.
func Tables(small, large, text, bytes string) []string {
	columns := []string{"n " + large + " PRIMARY KEY", "id " + text + " NOT NULL"}
	for _, f := range Columns {
		columns = append(columns, Column(f)+" "+small+" NOT NULL")
	}
	for _, c := range []string{"created", "updated", "first_signal", "last_signal"} {
		columns = append(columns, c+" "+large+" NOT NULL")
	}
	for _, f := range []store.Field{store.Source, store.SourceIP, store.Indication, store.Incident} {
		columns = append(columns, Column(f)+" "+text+" NOT NULL")
	}
	out := []string{"CREATE TABLE stories (" + strings.Join(append(columns, "row "+bytes+" NOT NULL"), ", ") + ")"}
	for _, f := range Lists {
		out = append(out, "CREATE TABLE "+Column(f)+"s (story "+large+" NOT NULL, "+Column(f)+" "+small+" NOT NULL)")
	}
	return out
}

// Indexes are the statements that make the indexes, after loading.
func Indexes() []string {
	out := []string{
		"CREATE UNIQUE INDEX by_id ON stories (id)",
		"CREATE INDEX by_updated ON stories (updated DESC, id) WHERE moved = 0",
		"CREATE INDEX by_criticality ON stories (criticality DESC, updated DESC, id) WHERE moved = 0",
		"CREATE INDEX by_status ON stories (status, updated DESC, id) WHERE moved = 0",
		"CREATE INDEX by_product_status ON stories (producer, status, criticality DESC, updated DESC, id) WHERE moved = 0",
	}
	for _, lead := range leads {
		columns := []string{Column(lead)}
		for _, f := range Columns {
			if f != lead {
				columns = append(columns, Column(f))
			}
		}
		out = append(out, "CREATE INDEX counts_by_"+Column(lead)+" ON stories ("+strings.Join(append(columns, "updated"), ", ")+")")
	}
	covered := make([]string, 0, len(Columns))
	for _, f := range Columns {
		covered = append(covered, Column(f))
	}
	out = append(out, "CREATE INDEX counts_by_updated ON stories (updated, "+strings.Join(covered, ", ")+")")
	for _, f := range []store.Field{store.Source, store.SourceIP, store.Indication} {
		out = append(out, "CREATE INDEX groups_by_"+Column(f)+" ON stories (status, "+Column(f)+", criticality, updated) WHERE moved = 0")
	}
	for _, f := range Lists {
		c := Column(f)
		out = append(out, "CREATE INDEX "+c+"s_of_story ON "+c+"s (story, "+c+")", "CREATE INDEX stories_of_"+c+" ON "+c+"s ("+c+", story)")
	}
	return out
}
