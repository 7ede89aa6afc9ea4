package workbench

// Field is one named value of a document, both as Microsoft wrote them. Names of nested fields are joined by dots, items of lists
// numbered from 0: loggedOnUsers.0.accountName.
type Field struct {
	Name  Untrusted `json:"name"`
	Value Untrusted `json:"value"`
}

// EvidenceBase is what every kind of evidence has. The same evidence in several alerts is one item, merged by its natural key.
type EvidenceBase struct {
	ID                string      `json:"id"`                // NewID over the natural key; unique in the story
	AlertIDs          []string    `json:"alertIds"`          // alerts that hold it, in the order of the story's alerts
	Verdict           Untrusted   `json:"verdict"`           // malicious, suspicious, noThreatsFound, unknown, or a word nobody knows
	RemediationStatus Untrusted   `json:"remediationStatus"` // of the newest; "mixed" where the alerts differ
	CreatedAt         Time        `json:"createdAt"`         // when Microsoft recorded it, the earliest; never the time of the event
	Roles             []Untrusted `json:"roles"`
	Tags              []Untrusted `json:"tags"`
	Device            Untrusted   `json:"device"`   // name of the device; absent where Microsoft ties it to none
	DeviceID          DeviceKey   `json:"deviceId"` // key of the device, as in ProcessTree.DeviceID; "" = none
	Data              []Field     `json:"data"`     // every other field of the item that holds something, in order of appearance
}

// ProcessEvidence is a process that ran on a device.
type ProcessEvidence struct {
	EvidenceBase
	ProcessName     Untrusted `json:"processName"`
	ProcessID       *int64    `json:"processId"`
	CommandLine     Untrusted `json:"commandLine"`
	FilePath        Untrusted `json:"filePath"` // folder and file name
	StartedAt       Time      `json:"startedAt"`
	ParentProcessID *int64    `json:"parentProcessId"`
	ParentName      Untrusted `json:"parentName"`
	ParentStartedAt Time      `json:"parentStartedAt"`
	User            Untrusted `json:"user"` // domain\account
	SHA256          Untrusted `json:"sha256"`
	SHA1            Untrusted `json:"sha1"`
	DetectionStatus Untrusted `json:"detectionStatus"`
}

// FileEvidence is a file on a device, or the hash of one.
type FileEvidence struct {
	EvidenceBase
	FilePath        Untrusted `json:"filePath"` // folder only, as Microsoft says it
	FileName        Untrusted `json:"fileName"`
	FileSize        *int64    `json:"fileSize"` // bytes
	SHA1            Untrusted `json:"sha1"`
	SHA256          Untrusted `json:"sha256"`
	MD5             Untrusted `json:"md5"`
	DetectionStatus Untrusted `json:"detectionStatus"`
}

// RegistryEvidence is a registry key, or a value in one.
type RegistryEvidence struct {
	EvidenceBase
	Hive      Untrusted `json:"hive"`
	Key       Untrusted `json:"key"`
	Name      Untrusted `json:"name"` // of the value
	ValueType Untrusted `json:"valueType"`
	Value     Untrusted `json:"value"`
}

// NetworkEvidence is an address, a URL, a DNS answer or a connection: Kind is ip, url, dns or connection.
type NetworkEvidence struct {
	EvidenceBase
	Kind            string      `json:"kind"`
	SourceIP        Untrusted   `json:"sourceIp"`
	SourcePort      *int64      `json:"sourcePort"`
	DestinationIP   Untrusted   `json:"destinationIp"` // also the address of evidence that is nothing but an address
	DestinationPort *int64      `json:"destinationPort"`
	Protocol        Untrusted   `json:"protocol"`
	DNSName         Untrusted   `json:"dnsName"`
	DNSAnswers      []Untrusted `json:"dnsAnswers"`
	HTTPMethod      Untrusted   `json:"httpMethod"`
	URL             Untrusted   `json:"url"`
	Country         Untrusted   `json:"country"`
}

// MessageEvidence is one e-mail (or Teams message) to one recipient.
type MessageEvidence struct {
	EvidenceBase
	ReceivedAt       Time        `json:"receivedAt"`
	Subject          Untrusted   `json:"subject"`
	From             Untrusted   `json:"from"`           // address of the From header (P2)
	FromName         Untrusted   `json:"fromName"`       // its display name
	EnvelopeSender   Untrusted   `json:"envelopeSender"` // P1
	Recipient        Untrusted   `json:"recipient"`
	Direction        Untrusted   `json:"direction"`
	DeliveryAction   Untrusted   `json:"deliveryAction"`
	DeliveryLocation Untrusted   `json:"deliveryLocation"`
	Threats          []Untrusted `json:"threats"`
	DetectionMethods []Untrusted `json:"detectionMethods"`
	URLs             []Untrusted `json:"urls"`
	URLCount         *int64      `json:"urlCount"`
	AttachmentCount  *int64      `json:"attachmentCount"`
	SenderIP         Untrusted   `json:"senderIp"` // absent for 0.0.0.0 and 255.255.255.255, which mean internal mail
	NetworkMessageID Untrusted   `json:"networkMessageId"`
}

// MailboxEvidence is a mailbox.
type MailboxEvidence struct {
	EvidenceBase
	Address     Untrusted `json:"address"`
	DisplayName Untrusted `json:"displayName"`
	UPN         Untrusted `json:"upn"`
}

// MailClusterEvidence is a set of messages that Microsoft found alike.
type MailClusterEvidence struct {
	EvidenceBase
	ClusterBy         Untrusted   `json:"clusterBy"`
	Value             Untrusted   `json:"value"`
	EmailCount        *int64      `json:"emailCount"`
	Query             Untrusted   `json:"query"`
	NetworkMessageIDs []Untrusted `json:"networkMessageIds"`
}

// MailboxRuleEvidence is a rule or setting of a mailbox: forwarding, delegation, inbox rule.
type MailboxRuleEvidence struct {
	EvidenceBase
	RuleType        Untrusted `json:"ruleType"`
	DisplayName     Untrusted `json:"displayName"`
	Mailbox         Untrusted `json:"mailbox"`
	UPN             Untrusted `json:"upn"`
	ConfigurationID Untrusted `json:"configurationId"`
}

// OtherEvidence is evidence of any other type, users and devices included; all its fields are in Data.
type OtherEvidence struct {
	EvidenceBase
	Type  Untrusted `json:"type"`  // the @odata.type or entity type, without its namespace
	Title Untrusted `json:"title"` // the field that best names it
}

// Evidence is all evidence of a story. Lists are in order of CreatedAt, then ID.
type Evidence struct {
	Processes    []ProcessEvidence     `json:"processes"`
	Files        []FileEvidence        `json:"files"`
	Registry     []RegistryEvidence    `json:"registry"`
	Network      []NetworkEvidence     `json:"network"`
	Messages     []MessageEvidence     `json:"messages"`
	Mailboxes    []MailboxEvidence     `json:"mailboxes"`
	MailClusters []MailClusterEvidence `json:"mailClusters"`
	MailboxRules []MailboxRuleEvidence `json:"mailboxRules"`
	Other        []OtherEvidence       `json:"other"`
}

// Count is the number of items.
func (e Evidence) Count() int {
	return len(e.Processes) + len(e.Files) + len(e.Registry) + len(e.Network) + len(e.Messages) + len(e.Mailboxes) + len(e.MailClusters) + len(e.MailboxRules) + len(e.Other)
}

// EntityKind is what an entity is.
type EntityKind string

// The kinds of entities.
const (
	UserEntity        EntityKind = "user"
	DeviceEntity      EntityKind = "device"
	MailboxEntity     EntityKind = "mailbox"
	IPEntity          EntityKind = "ip"
	DomainEntity      EntityKind = "domain"
	URLEntity         EntityKind = "url"
	FileEntity        EntityKind = "file"
	ApplicationEntity EntityKind = "application"
	GroupEntity       EntityKind = "group"
	CloudEntity       EntityKind = "cloudResource"
	OtherEntity       EntityKind = "other"
)

// Entity is something that stories share.
type Entity struct {
	ID   string     `json:"id"` // NewID over tenant, kind and normalised value
	Kind EntityKind `json:"kind"`
	Name Untrusted  `json:"name"`
	// Role says why it is here: namedByAlert, loggedOn (a user merely signed in on a device), primaryDevice, recipient, sender, or a role of
	// Microsoft's.
	Role Untrusted `json:"role"`
	Data []Field   `json:"data"`
}
