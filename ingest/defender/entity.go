package defender

import (
	"cmp"
	"slices"
	"strings"

	"workbench"
)

// The roles of entities that are ours; every other role is a word of Microsoft's.
const (
	roleNamed     = "namedByAlert"
	roleLoggedOn  = "loggedOn"
	rolePrimary   = "primaryDevice"
	roleRecipient = "recipient"
	roleSender    = "sender"
)

// cast collects the entities of a story; the same one in several places is one, with the strongest of its roles.
type cast struct {
	tenant workbench.TenantID
	at     map[entityKey]int
	list   []workbench.Entity
}

// entityKey is what an entity is known by.
type entityKey struct {
	kind  workbench.EntityKind
	value string
}

// add adds an entity, or its role to the one that is the same, and returns it, for as long as no other is added: who knows more of it fills
// its data where there are none. Entities without a value are none.
func (c *cast) add(kind workbench.EntityKind, value string, name workbench.Untrusted, role string) *workbench.Entity {
	if value == "" {
		return nil
	}
	i, ok := c.at[entityKey{kind, value}]
	if !ok {
		c.at[entityKey{kind, value}] = len(c.list)
		id := workbench.NewID(string(c.tenant), string(kind), value)
		c.list = append(c.list, workbench.Entity{ID: id, Kind: kind, Name: name.Or(workbench.Text(value)), Role: workbench.Text(role), Data: []workbench.Field{}})
		return &c.list[len(c.list)-1]
	}
	e := &c.list[i]
	if roleRank(role) > roleRank(e.Role.Raw()) {
		e.Role = workbench.Text(role)
	}
	return e
}

func roleRank(role string) int {
	switch role {
	case "":
		return 0
	case roleLoggedOn:
		return 1
	case roleSender:
		return 3
	case roleNamed, rolePrimary, roleRecipient:
		return 4
	}
	return 2
}

// entities lists what the story shares with others, by kind, name and id.
func (s *source) entities(tenant workbench.TenantID) []workbench.Entity {
	c := &cast{tenant: tenant, at: map[entityKey]int{}, list: []workbench.Entity{}}
	for _, f := range s.alerts {
		primary, has := f.primaryDevice()
		for _, d := range f.devices {
			key, role := s.devices.key(d), ""
			if has && key == s.devices.key(primary) {
				role = rolePrimary
			}
			if e := c.add(workbench.DeviceEntity, key, s.devices.names[key].Or(d.name), role); e != nil && len(e.Data) == 0 {
				e.Data = pick(d.body, deviceFields)
			}
			for _, u := range d.loggedOn {
				c.user(s.people, u, roleLoggedOn)
			}
		}
		for _, u := range f.named {
			c.user(s.people, u, roleNamed)
		}
	}
	c.fromEvidence(s.evidence)
	slices.SortFunc(c.list, func(a, b workbench.Entity) int {
		return cmp.Or(cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)), cmp.Compare(a.Name.Raw(), b.Name.Raw()), cmp.Compare(a.ID, b.ID))
	})
	return c.list
}

// user leaves out the accounts of system and machines: everybody shares them.
func (c *cast) user(p *people, u *user, role string) {
	if u.system {
		return
	}
	e := c.add(workbench.UserEntity, p.key(u), u.label(), role)
	if e == nil || len(e.Data) > 0 {
		return
	}
	for _, f := range []workbench.Field{
		{Name: workbench.Text("accountName"), Value: u.name}, {Name: workbench.Text("domainName"), Value: u.domain},
		{Name: workbench.Text("userPrincipalName"), Value: u.upn}, {Name: workbench.Text("displayName"), Value: u.display},
		{Name: workbench.Text("userSid"), Value: u.sid}, {Name: workbench.Text("azureAdUserId"), Value: u.aad},
	} {
		if !f.Value.IsZero() {
			e.Data = append(e.Data, f)
		}
	}
}

func (c *cast) fromEvidence(e workbench.Evidence) {
	for _, m := range e.Messages {
		c.add(workbench.MailboxEntity, fold(m.Recipient), m.Recipient, roleRecipient)
		c.add(workbench.MailboxEntity, fold(m.From), m.From, roleSender)
		c.add(workbench.MailboxEntity, fold(m.EnvelopeSender), m.EnvelopeSender, roleSender)
		c.add(workbench.IPEntity, canonicalIP(m.SenderIP), m.SenderIP, roleSender)
		for _, u := range m.URLs {
			c.url(u, "")
		}
	}
	for _, m := range e.Mailboxes {
		address := m.Address.Or(m.UPN)
		c.add(workbench.MailboxEntity, fold(address), address, firstRole(m.EvidenceBase))
	}
	for _, m := range e.MailboxRules {
		address := m.Mailbox.Or(m.UPN)
		c.add(workbench.MailboxEntity, fold(address), address, firstRole(m.EvidenceBase))
	}
	for _, f := range e.Files {
		hash := f.SHA256.Or(f.SHA1).Or(f.MD5)
		if e := c.add(workbench.FileEntity, fold(hash), f.FileName.Or(hash), firstRole(f.EvidenceBase)); e != nil && len(e.Data) == 0 {
			e.Data = []workbench.Field{{Name: workbench.Text("hash"), Value: hash}}
		}
	}
	for _, n := range e.Network {
		role := firstRole(n.EvidenceBase)
		destination := role
		if n.Kind == "connection" { // its role is said of the connection, not of either end
			destination = "destination"
		}
		c.add(workbench.IPEntity, canonicalIP(n.SourceIP), n.SourceIP, "source")
		c.add(workbench.IPEntity, canonicalIP(n.DestinationIP), n.DestinationIP, destination)
		for _, ip := range n.DNSAnswers { // nor of what a name was resolved to
			c.add(workbench.IPEntity, canonicalIP(ip), ip, "")
		}
		c.add(workbench.DomainEntity, strings.TrimSuffix(fold(n.DNSName), "."), n.DNSName, role)
		c.url(n.URL, role)
	}
	for _, o := range e.Other {
		if kind, ok := otherKinds[strings.ToLower(o.Type.Raw())]; ok && kind != "" {
			c.add(kind, strings.ToLower(o.Type.Raw())+":"+fold(o.Title), o.Title, firstRole(o.EvidenceBase))
		}
		if o.Type.Is("fileHash") {
			c.add(workbench.FileEntity, fold(o.Title), o.Title, firstRole(o.EvidenceBase))
		}
	}
}

// url adds a URL, and its host as the domain or address that it is.
func (c *cast) url(u workbench.Untrusted, role string) {
	c.add(workbench.URLEntity, canonicalURL(u), u, role)
	host := hostOf(u)
	if ip := canonicalIP(workbench.Text(host)); ip != host || strings.ContainsAny(host, ":") || isDigits(host) {
		c.add(workbench.IPEntity, ip, workbench.Text(host), role)
	} else {
		c.add(workbench.DomainEntity, host, workbench.Text(host), role)
	}
}

func isDigits(host string) bool { return host != "" && strings.Trim(host, "0123456789.") == "" }

func firstRole(b workbench.EvidenceBase) string {
	if len(b.Roles) == 0 {
		return ""
	}
	return b.Roles[0].Raw()
}

var deviceFields = []string{
	"osPlatform", "version", "osBuild", "healthStatus", "riskScore", "onboardingStatus", "defenderAvStatus", "rbacGroupName", "lastIpAddress",
	"lastExternalIpAddress", "mdeDeviceId", "mdatpDeviceId", "machineId", "azureAdDeviceId", "aadDeviceId",
}

// pick are the named fields that hold something.
func pick(v value, names []string) []workbench.Field {
	out := []workbench.Field{}
	for _, n := range names {
		if u := v.get(n).untrusted(); !u.IsZero() {
			out = append(out, workbench.Field{Name: workbench.Text(n), Value: u})
		}
	}
	return out
}

// otherKinds says what kind of entity evidence without a list of its own is. Types that are not here, and sessions and requests, which are
// nobody's twice, make none.
var otherKinds = map[string]workbench.EntityKind{
	"cloudapplication": workbench.ApplicationEntity, "oauthapplication": workbench.ApplicationEntity, "serviceprincipal": workbench.ApplicationEntity,
	"securitygroup": workbench.GroupEntity, "aiagent": workbench.ApplicationEntity,
	"amazonresource": workbench.CloudEntity, "azureresource": workbench.CloudEntity, "googlecloudresource": workbench.CloudEntity,
	"blob": workbench.CloudEntity, "blobcontainer": workbench.CloudEntity, "container": workbench.CloudEntity, "containerimage": workbench.CloudEntity,
	"containerregistry": workbench.CloudEntity, "kubernetescluster": workbench.CloudEntity, "kubernetescontroller": workbench.CloudEntity,
	"kubernetesnamespace": workbench.CloudEntity, "kubernetespod": workbench.CloudEntity, "kubernetessecret": workbench.CloudEntity,
	"kubernetesservice": workbench.CloudEntity, "kubernetesserviceaccount": workbench.CloudEntity, "sastoken": workbench.CloudEntity,
	"githuborganization": workbench.OtherEntity, "githubrepo": workbench.OtherEntity, "githubuser": workbench.OtherEntity,
	"activedirectorydomain": workbench.DomainEntity, "iotdevice": workbench.DeviceEntity, "nic": workbench.OtherEntity,
	"malware": workbench.OtherEntity,
}

func kindRank(k workbench.EntityKind) int {
	return slices.Index([]workbench.EntityKind{
		workbench.UserEntity, workbench.DeviceEntity, workbench.MailboxEntity, workbench.IPEntity, workbench.DomainEntity, workbench.URLEntity,
		workbench.FileEntity, workbench.ApplicationEntity, workbench.GroupEntity, workbench.CloudEntity, workbench.OtherEntity,
	}, k)
}
