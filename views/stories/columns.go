package stories

import (
	"net/url"
	"slices"
	"strings"
)

// kind says how a cell is drawn.
type kind string

const (
	kindCriticality kind = "criticality"
	kindIndication  kind = "indication"
	kindSource      kind = "source"
	kindProducer    kind = "producer"
	kindText        kind = "text"
	kindCode        kind = "code"
	kindWord        kind = "word"
	kindStatus      kind = "status"
	kindVerdict     kind = "verdict"
	kindAge         kind = "age"
	kindTime        kind = "time"
	kindCount       kind = "count"
	kindIncident    kind = "incident"
	kindTechniques  kind = "techniques"
	kindTags        kind = "tags"
)

// figures reports whether cells of the kind are figures, all about as wide as one another.
func (k kind) figures() bool { return k == kindAge || k == kindTime || k == kindCount }

// column is one column that the list can show.
type column struct {
	key       string // its name in addresses and settings
	field     string // its name in JSON, and its head in CSV
	head      string
	explain   string
	kind      kind
	sort      string // key that it can be sorted by
	downFirst bool   // the first click sorts from the highest or newest
	plain     bool   // shown unless somebody chooses otherwise
}

// The columns in the order in which they stand unless somebody chooses otherwise.
var columns = []column{
	{"criticality", "criticality", "Criticality", "How urgent the story is, from 1 to 10: a sum of named reasons that the story shows.", kindCriticality, "criticality", true, true},
	{"indication", "indication", "Indication", "The title of the story's most critical alert, with its number of alerts and ATT&CK techniques.", kindIndication, "indication", false, true},
	{"source", "source", "Source", "The primary device, or else the mailbox or the user that the story is about.", kindSource, "source", false, true},
	{"producer", "producer", "Producer", "The product that raised the alerts, with its producer type.", kindProducer, "producer", false, true},
	{"tenant", "tenant", "Tenant", "The Microsoft tenant that the story belongs to.", kindText, "tenant", false, true},
	{"status", "status", "Status", "Where the investigation stands, as analysts set it.", kindStatus, "status", false, true},
	{"verdict", "verdict", "Verdict", "The analyst's verdict. Microsoft's own verdicts stand with the evidence.", kindVerdict, "verdict", false, true},
	{"owner", "owner", "Owner", "The analyst who took the story.", kindText, "owner", false, true},
	{"created", "createdAt", "Created", "How long ago Microsoft created the incident.", kindAge, "created", true, true},
	{"updated", "updatedAt", "Updated", "How long ago Microsoft or an analyst last changed the story.", kindAge, "updated", true, true},
	{"waiting", "waitingSince", "Waiting", "How long the story has waited for an analyst.", kindAge, "waiting", false, true},
	{"producerType", "producerType", "Producer type", "Microsoft Endpoint Alert for Defender for Endpoint, Generic Incident for every other product.", kindText, "producerType", false, false},
	{"severity", "severity", "Severity (Microsoft)", "The highest severity that Microsoft gave to the story's alerts.", kindWord, "severity", true, false},
	{"analystSeverity", "analystSeverity", "Severity (analyst)", "The severity that an analyst set together with the verdict malicious.", kindText, "analystSeverity", true, false},
	{"alerts", "alertCount", "Alerts", "Number of alerts in the story.", kindCount, "alerts", true, false},
	{"devices", "deviceCount", "Devices", "Number of devices in the story.", kindCount, "devices", true, false},
	{"users", "userCount", "Users", "Number of users in the story.", kindCount, "users", true, false},
	{"mailboxes", "mailboxCount", "Mailboxes", "Number of mailboxes in the story.", kindCount, "mailboxes", true, false},
	{"firstSignal", "firstSignalAt", "First signal", "Earliest activity of the story's alerts.", kindTime, "firstSignal", true, false},
	{"lastSignal", "lastSignalAt", "Last signal", "Latest activity of the story's alerts.", kindTime, "lastSignal", true, false},
	{"sourceIp", "sourceIp", "Source IP", "Last known address of the source, not necessarily that at the time of the attack.", kindCode, "sourceIp", false, false},
	{"techniques", "mitreTechniques", "Techniques", "ATT&CK techniques that Microsoft names in the alerts.", kindTechniques, "", false, false},
	{"vendor", "vendor", "Vendor", "Who makes the product that raised the alerts.", kindText, "vendor", false, false},
	{"incident", "incidentId", "Incident ID", "Microsoft's number of the incident, with its link to Defender.", kindIncident, "incident", false, false},
	{"vendorStatus", "vendorStatus", "Status (Microsoft)", "The incident's status at Microsoft.", kindWord, "vendorStatus", false, false},
	{"threatType", "threatType", "Threat type", "The type of threat that an analyst set.", kindText, "threatType", false, false},
	{"classification", "classification", "Classification", "The classification that an analyst set.", kindText, "classification", false, false},
	{"additionalInfo", "additionalInfo", "Additional information", "What an analyst added about the story.", kindText, "", false, false},
	{"labels", "labels", "Labels", "Labels that analysts put on the story.", kindTags, "", false, false},
	{"lastComment", "lastComment", "Last comment", "The newest comment of an analyst.", kindText, "", false, false},
	{"summary", "summary", "Summary", "The story in two sentences, made by rule.", kindText, "", false, false},
	{"id", "id", "ID", "The story's own id, as it stands in its address.", kindCode, "id", false, false},
}

func columnOf(key string) (column, bool) {
	for _, c := range columns {
		if c.key == key {
			return c, true
		}
	}
	return column{}, false
}

// ColumnKeys returns the names of every column that the list can show, in the order in which the chooser offers them.
func ColumnKeys() []string {
	return keysOf(columns)
}

func keysOf(list []column) []string {
	var keys []string
	for _, c := range list {
		keys = append(keys, c.key)
	}
	return keys
}

// DefaultColumns returns the names of the columns that are shown unless somebody chooses otherwise. The tenant is among them where an
// account sees more than one.
func DefaultColumns(manyTenants bool) []string {
	var keys []string
	for _, c := range columns {
		if c.plain && (c.key != "tenant" || manyTenants) {
			keys = append(keys, c.key)
		}
	}
	return keys
}

// KnownColumns returns the keys that name a column, without repeats, in their order, with the indication put in front where it is missing,
// because it is the link to the story. Nothing known gives nil.
func KnownColumns(keys []string) []string {
	var known []string
	for _, key := range keys {
		if _, ok := columnOf(key); ok && !slices.Contains(known, key) {
			known = append(known, key)
		}
	}
	if known != nil && !slices.Contains(known, "indication") {
		known = slices.Insert(known, 0, "indication")
	}
	return known
}

// The names of the fields of the column chooser's form.
const (
	FormColumn = "column" // once for each chosen column, in order
	FormMove   = "move"   // key:up or key:down
	FormReset  = "reset"  // not empty: back to the default
)

// ColumnsFromForm reads what the column chooser posted: the chosen columns in their order, one of them moved by a step where a move button
// was pressed. It returns nil for "the default", which is also what a form without any known column means.
func ColumnsFromForm(form url.Values) []string {
	if form.Get(FormReset) != "" {
		return nil
	}
	keys := KnownColumns(form[FormColumn])
	key, way, _ := strings.Cut(form.Get(FormMove), ":")
	at := slices.Index(keys, key)
	to := at + map[string]int{"up": -1, "down": 1}[way]
	if at >= 0 && to >= 0 && to < len(keys) {
		keys[at], keys[to] = keys[to], keys[at]
	}
	return keys
}
