package plain

import "encoding/json"

// head is what files a document.
type head struct {
	ID         string `json:"id"`
	TenantID   string `json:"tenantId"`
	IncidentID string `json:"incidentId"`
	Source     string `json:"serviceSource"`
	Updated    string `json:"lastUpdateDateTime"`
}

// envelope is an incident with its alerts apart.
type envelope struct {
	head
	Alerts []json.RawMessage `json:"alerts"`
}

// incident is Graph's incident.
type incident struct {
	ID                 string    `json:"id"`
	TenantID           string    `json:"tenantId"`
	Status             string    `json:"status"`
	IncidentWebURL     string    `json:"incidentWebUrl"`
	RedirectIncidentID string    `json:"redirectIncidentId"`
	DisplayName        string    `json:"displayName"`
	Created            string    `json:"createdDateTime"`
	Updated            string    `json:"lastUpdateDateTime"`
	AssignedTo         string    `json:"assignedTo"`
	Classification     string    `json:"classification"`
	Determination      string    `json:"determination"`
	Severity           string    `json:"severity"`
	CustomTags         []string  `json:"customTags"`
	SystemTags         []string  `json:"systemTags"`
	Description        string    `json:"description"`
	Summary            string    `json:"summary"`
	LastModifiedBy     string    `json:"lastModifiedBy"`
	ResolvingComment   string    `json:"resolvingComment"`
	PriorityScore      *int64    `json:"priorityScore"`
	Comments           []comment `json:"comments"`
}

type comment struct {
	Comment   string `json:"comment"`
	CreatedBy string `json:"createdByDisplayName"`
	Created   string `json:"createdDateTime"`
}

// alert is Graph's alert.
type alert struct {
	ID                 string            `json:"id"`
	ProviderAlertID    string            `json:"providerAlertId"`
	IncidentID         string            `json:"incidentId"`
	Status             string            `json:"status"`
	Severity           string            `json:"severity"`
	Classification     string            `json:"classification"`
	Determination      string            `json:"determination"`
	ServiceSource      string            `json:"serviceSource"`
	DetectionSource    string            `json:"detectionSource"`
	ProductName        string            `json:"productName"`
	DetectorID         string            `json:"detectorId"`
	TenantID           string            `json:"tenantId"`
	Title              string            `json:"title"`
	Description        string            `json:"description"`
	RecommendedActions string            `json:"recommendedActions"`
	Category           string            `json:"category"`
	AssignedTo         string            `json:"assignedTo"`
	AlertWebURL        string            `json:"alertWebUrl"`
	IncidentWebURL     string            `json:"incidentWebUrl"`
	ActorDisplayName   string            `json:"actorDisplayName"`
	ThreatDisplayName  string            `json:"threatDisplayName"`
	ThreatFamilyName   string            `json:"threatFamilyName"`
	MitreTechniques    []string          `json:"mitreTechniques"`
	Created            string            `json:"createdDateTime"`
	Updated            string            `json:"lastUpdateDateTime"`
	Resolved           string            `json:"resolvedDateTime"`
	FirstActivity      string            `json:"firstActivityDateTime"`
	LastActivity       string            `json:"lastActivityDateTime"`
	InvestigationState string            `json:"investigationState"`
	SystemTags         []string          `json:"systemTags"`
	AlertPolicyID      string            `json:"alertPolicyId"`
	AdditionalData     map[string]any    `json:"additionalData"`
	CustomDetails      map[string]string `json:"customDetails"`
	Comments           []comment         `json:"comments"`
	Evidence           []evidence        `json:"evidence"`
}

// evidence is what all kinds of Graph's evidence have, in one struct.
type evidence struct {
	Type              string     `json:"@odata.type"`
	Created           string     `json:"createdDateTime"`
	Verdict           string     `json:"verdict"`
	Remediation       string     `json:"remediationStatus"`
	Details           string     `json:"remediationStatusDetails"`
	Roles             []string   `json:"roles"`
	DetailedRoles     []string   `json:"detailedRoles"`
	Tags              []string   `json:"tags"`
	ProcessID         *int64     `json:"processId"`
	ParentProcessID   *int64     `json:"parentProcessId"`
	CommandLine       string     `json:"processCommandLine"`
	ProcessCreated    string     `json:"processCreationDateTime"`
	ParentCreated     string     `json:"parentProcessCreationDateTime"`
	DetectionStatus   string     `json:"detectionStatus"`
	MdeDeviceID       string     `json:"mdeDeviceId"`
	ImageFile         *file      `json:"imageFile"`
	ParentImageFile   *file      `json:"parentProcessImageFile"`
	FileDetails       *file      `json:"fileDetails"`
	UserAccount       *account   `json:"userAccount"`
	DeviceDNSName     string     `json:"deviceDnsName"`
	HostName          string     `json:"hostName"`
	OSPlatform        string     `json:"osPlatform"`
	Version           string     `json:"version"`
	HealthStatus      string     `json:"healthStatus"`
	RiskScore         string     `json:"riskScore"`
	OnboardingStatus  string     `json:"onboardingStatus"`
	AvStatus          string     `json:"defenderAvStatus"`
	FirstSeen         string     `json:"firstSeenDateTime"`
	LastIP            string     `json:"lastIpAddress"`
	LastExternalIP    string     `json:"lastExternalIpAddress"`
	AzureADDeviceID   string     `json:"azureAdDeviceId"`
	RBACGroupName     string     `json:"rbacGroupName"`
	IPInterfaces      []string   `json:"ipInterfaces"`
	LoggedOnUsers     []loggedOn `json:"loggedOnUsers"`
	RegistryHive      string     `json:"registryHive"`
	RegistryKey       string     `json:"registryKey"`
	RegistryValue     string     `json:"registryValue"`
	RegistryValueName string     `json:"registryValueName"`
	RegistryValueType string     `json:"registryValueType"`
	IPAddress         string     `json:"ipAddress"`
	CountryLetterCode string     `json:"countryLetterCode"`
	URL               string     `json:"url"`
	PrimaryAddress    string     `json:"primaryAddress"`
	DisplayName       string     `json:"displayName"`
	UPN               string     `json:"upn"`
	NetworkMessageID  string     `json:"networkMessageId"`
	InternetMessageID string     `json:"internetMessageId"`
	Subject           string     `json:"subject"`
	Language          string     `json:"language"`
	SenderIP          string     `json:"senderIp"`
	Recipient         string     `json:"recipientEmailAddress"`
	DeliveryAction    string     `json:"deliveryAction"`
	DeliveryLocation  string     `json:"deliveryLocation"`
	Received          string     `json:"receivedDateTime"`
	P1Sender          *sender    `json:"p1Sender"`
	P2Sender          *sender    `json:"p2Sender"`
	ThreatMethods     []string   `json:"threatDetectionMethods"`
	Threats           []string   `json:"threats"`
	URLs              []string   `json:"urls"`
	URLCount          *int64     `json:"urlCount"`
	AttachmentsCount  *int64     `json:"attachmentsCount"`
	ClusterBy         string     `json:"clusterBy"`
	ClusterByValue    string     `json:"clusterByValue"`
	EmailCount        *int64     `json:"emailCount"`
	Query             string     `json:"query"`
	MessageIDs        []string   `json:"networkMessageIds"`
	AppID             any        `json:"appId"`
	Stream            any        `json:"stream"`
}

type file struct {
	Name      string `json:"fileName"`
	Path      string `json:"filePath"`
	Size      *int64 `json:"fileSize"`
	Publisher string `json:"filePublisher"`
	Issuer    string `json:"issuer"`
	Signer    string `json:"signer"`
	SHA1      string `json:"sha1"`
	SHA256    string `json:"sha256"`
	MD5       string `json:"md5"`
}

type account struct {
	AccountName       string `json:"accountName"`
	DomainName        string `json:"domainName"`
	UserSid           string `json:"userSid"`
	AzureADUserID     string `json:"azureAdUserId"`
	UserPrincipalName string `json:"userPrincipalName"`
	DisplayName       string `json:"displayName"`
}

type loggedOn struct {
	AccountName string `json:"accountName"`
	DomainName  string `json:"domainName"`
}

type sender struct {
	Address     string `json:"emailAddress"`
	DisplayName string `json:"displayName"`
	DomainName  string `json:"domainName"`
}
