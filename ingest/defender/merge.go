package defender

import (
	"cmp"
	"slices"

	"workbench"
)

// shelf collects the evidence of a story; the same evidence in several alerts becomes one item.
type shelf struct {
	processes bag[workbench.ProcessEvidence]
	files     bag[workbench.FileEvidence]
	registry  bag[workbench.RegistryEvidence]
	network   bag[workbench.NetworkEvidence]
	messages  bag[workbench.MessageEvidence]
	mailboxes bag[workbench.MailboxEvidence]
	clusters  bag[workbench.MailClusterEvidence]
	rules     bag[workbench.MailboxRuleEvidence]
	other     bag[workbench.OtherEvidence]
}

// evidence is all that was collected, each list in order of CreatedAt, then ID.
func (s *shelf) evidence() workbench.Evidence {
	return workbench.Evidence{
		Processes:    s.processes.sorted(func(p *workbench.ProcessEvidence) *workbench.EvidenceBase { return &p.EvidenceBase }),
		Files:        s.files.sorted(func(f *workbench.FileEvidence) *workbench.EvidenceBase { return &f.EvidenceBase }),
		Registry:     s.registry.sorted(func(r *workbench.RegistryEvidence) *workbench.EvidenceBase { return &r.EvidenceBase }),
		Network:      s.network.sorted(func(n *workbench.NetworkEvidence) *workbench.EvidenceBase { return &n.EvidenceBase }),
		Messages:     s.messages.sorted(func(m *workbench.MessageEvidence) *workbench.EvidenceBase { return &m.EvidenceBase }),
		Mailboxes:    s.mailboxes.sorted(func(m *workbench.MailboxEvidence) *workbench.EvidenceBase { return &m.EvidenceBase }),
		MailClusters: s.clusters.sorted(func(c *workbench.MailClusterEvidence) *workbench.EvidenceBase { return &c.EvidenceBase }),
		MailboxRules: s.rules.sorted(func(r *workbench.MailboxRuleEvidence) *workbench.EvidenceBase { return &r.EvidenceBase }),
		Other:        s.other.sorted(func(o *workbench.OtherEvidence) *workbench.EvidenceBase { return &o.EvidenceBase }),
	}
}

// bag holds the items of one kind by their ids.
type bag[T any] struct {
	at   map[string]int
	list []*merging[T]
}

// merging is one item with what is needed to merge more of the same into it.
type merging[T any] struct {
	item *T
	merge
}

// merge remembers what alerts said of one item. Cost of a merge is that of the item that comes, not of what was collected.
type merge struct {
	newest workbench.Time // CreatedAt of the item whose values stand
	newer  bool           // the item that comes is the newest
	seen   map[seenValue]struct{}
	said   []said
	one    [1]said // room for it
	lost   []workbench.Field
}

// seenValue is one value of one list of an item.
type seenValue struct{ list, name, value string }

// said is what one alert says of the remediation.
type said struct {
	alert  string
	at     workbench.Time
	status workbench.Untrusted
}

// put adds an item, which it keeps, or merges it into the one of the same id.
func (b *bag[T]) put(item *T, base func(*T) *workbench.EvidenceBase, fill func(m *merge, have, come *T)) {
	come := base(item)
	if b.at == nil {
		b.at = map[string]int{}
	}
	i, ok := b.at[come.ID]
	if !ok {
		b.at[come.ID] = len(b.list)
		m := &merging[T]{item: item}
		m.newest = come.CreatedAt
		m.said = said1(m.one[:0], come)
		b.list = append(b.list, m)
		return
	}
	m := b.list[i]
	have := base(m.item)
	m.newer = m.newest.Before(come.CreatedAt)
	if m.newer {
		m.newest = come.CreatedAt
	}
	m.lost = nil
	m.base(have, come)
	fill(&m.merge, m.item, item)
	m.data(&have.Data, m.lost)
}

func said1(list []said, b *workbench.EvidenceBase) []said {
	for _, a := range b.AlertIDs {
		list = append(list, said{a, b.CreatedAt, b.RemediationStatus})
	}
	return list
}

func (m *merge) base(have, come *workbench.EvidenceBase) {
	m.said = said1(m.said, come)
	for _, a := range come.AlertIDs {
		if last := len(have.AlertIDs) - 1; last < 0 || have.AlertIDs[last] != a {
			have.AlertIDs = append(have.AlertIDs, a)
		}
	}
	if verdictRank(come.Verdict) > verdictRank(have.Verdict) {
		have.Verdict = come.Verdict
	}
	have.CreatedAt = workbench.Earliest(have.CreatedAt, come.CreatedAt)
	have.Device, have.DeviceID = have.Device.Or(come.Device), cmp.Or(have.DeviceID, come.DeviceID)
	m.list(&have.Roles, come.Roles, "roles")
	m.list(&have.Tags, come.Tags, "tags")
	m.data(&have.Data, come.Data)
}

// text keeps the value of the newest item that has one; a value that gives way is kept in Data.
func (m *merge) text(have *workbench.Untrusted, come workbench.Untrusted, name string) {
	switch {
	case come.IsZero() || come == *have:
	case have.IsZero():
		*have = come
	case m.newer:
		m.lost = append(m.lost, workbench.Field{Name: workbench.Text(name), Value: *have})
		*have = come
	default:
		m.lost = append(m.lost, workbench.Field{Name: workbench.Text(name), Value: come})
	}
}

func (m *merge) int(have **int64, come *int64) {
	if come != nil && (*have == nil || m.newer) {
		*have = come
	}
}

func (m *merge) time(have *workbench.Time, come workbench.Time) {
	if have.IsZero() || m.newer && !come.IsZero() {
		*have = come
	}
}

// list adds the values that are not there yet.
func (m *merge) list(have *[]workbench.Untrusted, come []workbench.Untrusted, name string) {
	if len(come) == 0 {
		return
	}
	for _, u := range *have {
		if !m.first(seenValue{name, "", u.Raw()}) {
			break // the list was remembered before
		}
	}
	for _, u := range come {
		if m.first(seenValue{name, "", u.Raw()}) {
			*have = append(*have, u)
		}
	}
}

func (m *merge) data(have *[]workbench.Field, come []workbench.Field) {
	if len(come) == 0 {
		return
	}
	for _, f := range *have {
		if !m.first(seenValue{"", f.Name.Raw(), f.Value.Raw()}) {
			break
		}
	}
	for _, f := range come {
		if m.first(seenValue{"", f.Name.Raw(), f.Value.Raw()}) {
			*have = append(*have, f)
		}
	}
}

func (m *merge) first(v seenValue) bool {
	if m.seen == nil {
		m.seen = map[seenValue]struct{}{}
	}
	if _, ok := m.seen[v]; ok {
		return false
	}
	m.seen[v] = struct{}{}
	return true
}

// remediation is the newest word of each alert where all alerts agree, else "mixed".
func (m *merge) remediation() workbench.Untrusted {
	if len(m.said) == 1 {
		return m.said[0].status
	}
	newest := map[string]said{}
	for _, s := range m.said {
		if have, ok := newest[s.alert]; !s.status.IsZero() && (!ok || !s.at.Before(have.at)) {
			newest[s.alert] = s
		}
	}
	var common workbench.Untrusted
	for _, s := range newest {
		if !common.IsZero() && s.status != common {
			return workbench.Text("mixed")
		}
		common = s.status
	}
	return common
}

// sorted is what was collected. Nothing may be put any more.
func (b *bag[T]) sorted(base func(*T) *workbench.EvidenceBase) []T {
	slices.SortFunc(b.list, func(a, c *merging[T]) int {
		x, y := base(a.item), base(c.item)
		return cmp.Or(x.CreatedAt.Compare(y.CreatedAt.Time), cmp.Compare(x.ID, y.ID))
	})
	out := make([]T, len(b.list))
	for i, m := range b.list {
		base(m.item).RemediationStatus = m.remediation()
		out[i] = *m.item
	}
	return out
}
