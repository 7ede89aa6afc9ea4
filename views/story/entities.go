package story

import (
	"workbench"
	"workbench/views/link"
)

// Entities is the widget of what the story is about, one group a kind.
type Entities struct {
	Groups []EntityGroup
	Total  int
	Rest   int // entities beyond the limit
	URL    string
}

// EntityGroup is the entities of one kind.
type EntityGroup struct {
	Label string
	Icon  string
	Items []EntityItem
}

// EntityItem is one entity.
type EntityItem struct {
	Anchor string
	Icon   string
	Name   workbench.Untrusted
	Role   workbench.Untrusted // in words; absent where there is none
	Defang bool
	Data   []workbench.Field
}

var entityKinds = []struct {
	kind        workbench.EntityKind
	label, icon string
}{
	{workbench.DeviceEntity, "Devices", "device"}, {workbench.UserEntity, "Users", "user"}, {workbench.MailboxEntity, "Mailboxes", "mail"},
	{workbench.IPEntity, "IP addresses", "network"}, {workbench.DomainEntity, "Domains", "network"}, {workbench.URLEntity, "URLs", "url"},
	{workbench.FileEntity, "Files", "file"}, {workbench.ApplicationEntity, "Applications", "app"}, {workbench.GroupEntity, "Groups", "group"},
	{workbench.CloudEntity, "Cloud resources", "cloud"}, {workbench.OtherEntity, "Others", "entity"},
}

// overviewEntities is how many entities the overview shows.
const overviewEntities = 12

// NewEntities groups entities by kind, with at most limit of them; 0 is no limit.
func NewEntities(s workbench.Story, limit int) Entities {
	out := Entities{Total: len(s.Entities), URL: link.Story(s.ID, link.Entities)}
	known := map[workbench.EntityKind]bool{}
	for _, k := range entityKinds {
		known[k.kind] = true
	}
	left := limit
	for _, k := range entityKinds {
		group := EntityGroup{Label: k.label, Icon: k.icon}
		for _, e := range s.Entities {
			if e.Kind != k.kind && (k.kind != workbench.OtherEntity || known[e.Kind]) {
				continue
			}
			if limit > 0 && left == 0 {
				out.Rest++
				continue
			}
			left--
			group.Items = append(group.Items, EntityItem{Anchor: link.EntityAnchor(e.ID), Icon: k.icon, Name: e.Name, Role: roleLabel(e.Role), Data: e.Data,
				Defang: e.Kind == workbench.URLEntity || e.Kind == workbench.DomainEntity || e.Kind == workbench.IPEntity || e.Kind == workbench.MailboxEntity})
		}
		if len(group.Items) > 0 {
			out.Groups = append(out.Groups, group)
		}
	}
	return out
}

func roleLabel(role workbench.Untrusted) workbench.Untrusted {
	for word, label := range map[string]string{"namedByAlert": "named by the alert", "loggedOn": "merely logged on", "primaryDevice": "primary device",
		"recipient": "recipient", "sender": "sender"} {
		if role.Is(word) {
			return workbench.Text(label)
		}
	}
	return role
}
