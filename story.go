package workbench

// VendorMicrosoft is the vendor of every story so far.
const VendorMicrosoft = "Microsoft"

// Head is the part of a story's content that lists show and filter by. It is a function of documents alone.
type Head struct {
	ID              StoryID      `json:"id"`
	Tenant          TenantID     `json:"tenant"`
	ProducerType    ProducerType `json:"producerType"`
	Product         string       `json:"product"` // key
	Producer        Untrusted    `json:"producer"`
	IncidentID      Untrusted    `json:"incidentId"`
	IncidentURL     string       `json:"incidentUrl"` // https, on a host of Microsoft's portals; "" where Microsoft gave none that is safe to follow
	Indication      Untrusted    `json:"indication"`
	Summary         Untrusted    `json:"summary"` // two sentences, by rule
	Criticality     int          `json:"criticality"`
	Severity        Untrusted    `json:"severity"` // highest of its alerts, Microsoft's word
	Source          Untrusted    `json:"source"`
	SourceIP        Untrusted    `json:"sourceIp"`
	CreatedAt       Time         `json:"createdAt"`
	UpdatedAt       Time         `json:"updatedAt"` // latest of its documents
	FirstSignalAt   Time         `json:"firstSignalAt"`
	LastSignalAt    Time         `json:"lastSignalAt"`
	AlertCount      int          `json:"alertCount"`
	DeviceCount     int          `json:"deviceCount"`
	UserCount       int          `json:"userCount"`
	MailboxCount    int          `json:"mailboxCount"`
	MitreTechniques []Untrusted  `json:"mitreTechniques"`
	VendorStatus    Untrusted    `json:"vendorStatus"` // of the incident
	MovedTo         []StoryID    `json:"movedTo"`      // where its alerts went, once all have left; in order of ids
	AllResolved     bool         `json:"allResolved"`  // it has alerts and Microsoft resolved all of them
	ResolvedAt      Time         `json:"resolvedAt"`   // when the last of them was
	NewestAlertAt   Time         `json:"newestAlertAt"`
	Placeholder     bool         `json:"placeholder"` // an incident without alerts here
	Names           []Untrusted  `json:"names"`       // titles, threats, and the devices, users and mailboxes that it is about: what text search looks at besides the fields above
}

// Content is all that documents say of a story. Lists are never nil.
type Content struct {
	Head
	Details            Details        `json:"details"`
	CriticalityFactors []Factor       `json:"criticalityFactors"`
	Timeline           []TimelineItem `json:"timeline"` // Microsoft's and the workbench's, in order of time
	Entities           []Entity       `json:"entities"`
	Alerts             []Alert        `json:"alerts"` // in order of first activity
	Evidence           Evidence       `json:"evidence"`
	ProcessTrees       []ProcessTree  `json:"processTrees"` // one a device
	Raw                []RawRef       `json:"raw"`
}

// Details is what Microsoft says of the incident.
type Details struct {
	IncidentName       Untrusted   `json:"incidentName"`
	Description        Untrusted   `json:"description"`
	IncidentSummary    Untrusted   `json:"incidentSummary"`
	Status             Untrusted   `json:"status"`
	Severity           Untrusted   `json:"severity"`
	Classification     Untrusted   `json:"classification"`
	Determination      Untrusted   `json:"determination"`
	AssignedTo         Untrusted   `json:"assignedTo"`
	PriorityScore      *int64      `json:"priorityScore"`
	Tags               []Untrusted `json:"tags"`
	SystemTags         []Untrusted `json:"systemTags"`
	CreatedAt          Time        `json:"createdAt"`
	UpdatedAt          Time        `json:"updatedAt"`
	LastModifiedBy     Untrusted   `json:"lastModifiedBy"`
	ResolvingComment   Untrusted   `json:"resolvingComment"`
	RedirectIncidentID Untrusted   `json:"redirectIncidentId"`
	RedirectedTo       []StoryID   `json:"redirectedTo"` // stories that the alerts went to, or that the redirect names for this product
	ServiceSource      Untrusted   `json:"serviceSource"`
	DetectionSources   []Untrusted `json:"detectionSources"`
	ProductNames       []Untrusted `json:"productNames"`
	Other              []Field     `json:"other"` // fields of the incident that nobody knows
}

// Alert is the newest version of one alert of the story.
type Alert struct {
	ID                 string      `json:"id"`
	Name               Untrusted   `json:"name"`
	Criticality        int         `json:"criticality"`
	CriticalityFactors []Factor    `json:"criticalityFactors"`
	LocalIP            Untrusted   `json:"localIp"`    // of the primary device: the last known, not that of the event
	ExternalIP         Untrusted   `json:"externalIp"` // likewise
	VendorUserName     Untrusted   `json:"vendorUserName"`
	DeviceName         Untrusted   `json:"deviceName"` // primary device
	DeviceNames        []Untrusted `json:"deviceNames"`
	OS                 Untrusted   `json:"os"`
	VendorDomainName   Untrusted   `json:"vendorDomainName"`
	MitreTechniques    []Untrusted `json:"mitreTechniques"`
	Status             Untrusted   `json:"status"` // new, inProgress, resolved, unknown, or a word nobody knows
	FirstActivityAt    Time        `json:"firstActivityAt"`
	LastActivityAt     Time        `json:"lastActivityAt"`
	ThreatName         Untrusted   `json:"threatName"`
	Description        Untrusted   `json:"description"`
	RecommendedActions Untrusted   `json:"recommendedActions"`
	URL                string      `json:"url" absent:"null"` // like Head.IncidentURL
	Severity           Untrusted   `json:"severity"`
	ServiceSource      Untrusted   `json:"serviceSource"`
	DetectionSource    Untrusted   `json:"detectionSource"`
	Users              []AlertUser `json:"users"`
	Categories         []Untrusted `json:"categories"`
	DetectorID         Untrusted   `json:"detectorId"`
	AlertPolicyID      Untrusted   `json:"alertPolicyId"`
	Classification     Untrusted   `json:"classification"`
	Determination      Untrusted   `json:"determination"`
	InvestigationState Untrusted   `json:"investigationState"`
	AssignedTo         Untrusted   `json:"assignedTo"`
	CreatedAt          Time        `json:"createdAt"`
	UpdatedAt          Time        `json:"updatedAt"`
	ResolvedAt         Time        `json:"resolvedAt"`
	EvidenceIDs        []string    `json:"evidenceIds"` // in Microsoft's order, without repeats
	Other              []Field     `json:"other"`       // fields that nobody knows, custom details and additional data
}

// AlertUser is a user of an alert: named by it, or merely logged on to its device.
type AlertUser struct {
	Name   Untrusted `json:"name"`
	Domain Untrusted `json:"domain"`
	Why    UserWhy   `json:"why"`
}

// UserWhy says how a user came into an alert.
type UserWhy string

// The reasons.
const (
	NamedByAlert UserWhy = "namedByAlert"
	LoggedOn     UserWhy = "loggedOn"
)

// RawRef points to a raw document behind a story.
type RawRef struct {
	Hash Hash         `json:"hash"`
	Kind DocumentKind `json:"kind"`
}

// Factor is one reason for a criticality. The criticality is the sum of the points, kept within 1 and 10.
type Factor struct {
	Name   string    `json:"name"` // one of the names in docs/criticality.md
	Points int       `json:"points"`
	Value  Untrusted `json:"value"`  // what was found
	Reason string    `json:"reason"` // why it counts, a plain sentence
}

// TimelineKind is what a timeline item is.
type TimelineKind string

// The kinds of timeline items.
const (
	ActionItem  TimelineKind = "action"
	CommentItem TimelineKind = "comment"
	DiffItem    TimelineKind = "diff"
)

// TimelineItem is something that happened to the story.
type TimelineItem struct {
	ID      string           `json:"id"` // NewID over time, kind and content
	At      Time             `json:"at"`
	Kind    TimelineKind     `json:"kind"`
	By      Untrusted        `json:"by"`     // person or program; absent = Microsoft or the workbench, as Origin says
	Origin  string           `json:"origin"` // microsoft, workbench, analyst
	Title   Untrusted        `json:"title"`
	Text    Untrusted        `json:"text"`    // of a comment
	Changes []TimelineChange `json:"changes"` // before and after
	From    StoryID          `json:"from"`    // story that a comment came from, once alerts moved here; "" = this one
}

// TimelineChange is one field that changed.
type TimelineChange struct {
	Field  string    `json:"field"`
	Before Untrusted `json:"before"`
	After  Untrusted `json:"after"`
}

// Row is a story in a list.
type Row struct {
	ID              StoryID         `json:"id"`
	Tenant          Tenant          `json:"tenant"`
	ProducerType    ProducerType    `json:"producerType"`
	Producer        Untrusted       `json:"producer"`
	Vendor          string          `json:"vendor"`
	IncidentID      Untrusted       `json:"incidentId"`
	IncidentURL     Untrusted       `json:"incidentUrl"`
	Indication      Untrusted       `json:"indication"`
	Summary         Untrusted       `json:"summary"`
	Criticality     int             `json:"criticality"`
	Severity        Untrusted       `json:"severity"`
	Status          Status          `json:"status"`
	ClosedByVendor  bool            `json:"closedByVendor"` // closed only because Microsoft resolved all its alerts
	Placeholder     bool            `json:"placeholder"`    // its alerts are not here
	Verdict         Verdict         `json:"verdict"`
	AnalystSeverity AnalystSeverity `json:"analystSeverity"`
	ThreatType      Untrusted       `json:"threatType"`
	Classification  Untrusted       `json:"classification"`
	AdditionalInfo  Untrusted       `json:"additionalInfo"`
	Owner           Untrusted       `json:"owner"`
	Labels          []Untrusted     `json:"labels"`
	Source          Untrusted       `json:"source"`
	SourceIP        Untrusted       `json:"sourceIp"`
	CreatedAt       Time            `json:"createdAt"`
	UpdatedAt       Time            `json:"updatedAt"`
	FirstSignalAt   Time            `json:"firstSignalAt"`
	LastSignalAt    Time            `json:"lastSignalAt"`
	WaitingSince    Time            `json:"waitingSince"`
	AlertCount      int             `json:"alertCount"`
	DeviceCount     int             `json:"deviceCount"`
	UserCount       int             `json:"userCount"`
	MailboxCount    int             `json:"mailboxCount"`
	MitreTechniques []Untrusted     `json:"mitreTechniques"`
	VendorStatus    Untrusted       `json:"vendorStatus"`
	MovedTo         []StoryID       `json:"movedTo"`
	LastComment     Untrusted       `json:"lastComment"`
}

// NewRow joins what documents and what analysts say. The display name of the tenant is given where one is known.
func NewRow(h Head, s State, tenantName Untrusted) Row {
	return Row{
		ID: h.ID, Tenant: Tenant{ID: h.Tenant, Name: tenantName}, ProducerType: h.ProducerType, Producer: h.Producer, Vendor: VendorMicrosoft,
		IncidentID: h.IncidentID, IncidentURL: Text(h.IncidentURL), Indication: h.Indication, Summary: h.Summary, Criticality: h.Criticality,
		Severity: h.Severity, Status: StatusOf(h, s), ClosedByVendor: closedByVendor(h, s), Placeholder: h.Placeholder, Verdict: s.Verdict, AnalystSeverity: s.AnalystSeverity, ThreatType: s.ThreatType,
		Classification: s.Classification, AdditionalInfo: s.AdditionalInfo, Owner: s.Owner, Labels: notNil(s.Labels), Source: h.Source, SourceIP: h.SourceIP,
		CreatedAt: h.CreatedAt, UpdatedAt: Latest(h.UpdatedAt, s.ActedAt), FirstSignalAt: h.FirstSignalAt, LastSignalAt: h.LastSignalAt,
		WaitingSince: waitingSince(h, s), AlertCount: h.AlertCount, DeviceCount: h.DeviceCount, UserCount: h.UserCount, MailboxCount: h.MailboxCount,
		MitreTechniques: notNil(h.MitreTechniques), VendorStatus: h.VendorStatus, MovedTo: notNil(h.MovedTo), LastComment: s.LastComment(),
	}
}

// Sibling is another story of the same incident.
type Sibling struct {
	ID         StoryID   `json:"id"`
	Producer   Untrusted `json:"producer"`
	AlertCount int       `json:"alertCount"`
	Status     Status    `json:"status"`
	MovedTo    []StoryID `json:"movedTo"`
}

// Story is a whole story: its row, its content and what analysts did.
type Story struct {
	Row
	Details            Details        `json:"details"`
	Siblings           []Sibling      `json:"siblings,omitzero"`    // added on reading, in order of producers; nil in an export
	NotIngested        []NotIngested  `json:"notIngested,omitzero"` // added on reading, in order of product keys; nil in an export
	CriticalityFactors []Factor       `json:"criticalityFactors"`
	Timeline           []TimelineItem `json:"timeline"`
	Entities           []Entity       `json:"entities"`
	Alerts             []Alert        `json:"alerts"`
	Evidence           Evidence       `json:"evidence"`
	ProcessTrees       []ProcessTree  `json:"processTrees"`
	Raw                []RawRef       `json:"raw"`

	Head  Head  `json:"-"` // what the row was made from
	State State `json:"-"`
}

// NewStory joins content and state. Siblings and the tenant's display name are added by whoever reads the story for a person; comments of
// stories whose alerts came here are passed as inherited.
func NewStory(c Content, s State, tenantName Untrusted, inherited []TimelineItem) Story {
	return Story{
		Row: NewRow(c.Head, s, tenantName), Details: c.Details, CriticalityFactors: c.CriticalityFactors,
		Timeline: mergeTimeline(c.Timeline, s.Timeline(), inherited), Entities: c.Entities, Alerts: c.Alerts, Evidence: c.Evidence,
		ProcessTrees: c.ProcessTrees, Raw: c.Raw, Head: c.Head, State: s,
	}
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
