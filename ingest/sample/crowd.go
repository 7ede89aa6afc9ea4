package sample

import (
	"math"
	"sort"
	"strconv"
	"time"

	"workbench"
)

// Crowd is what hundreds of customers send over half a year: many small incidents, each of one product and so one story, about devices and
// people who come back again and again, a few of them often. It is made piece by piece and nothing of it is kept: the same Incidents, Seed
// and Until give the same for ever. It is safe for concurrent use.
type Crowd struct {
	Incidents int
	Seed      uint64
	Until     time.Time // no time lies after it

	begin   []int // of each tenant, its first incident; one more at the end
	tenants []tenant
}

// The size of a crowd.
const (
	crowdTenants = 200
	crowdSpan    = 180 * day
	crowdDevices = 50_000 // of all tenants together
	crowdPeople  = 100_000
	crowdTitles  = 600
)

// NewCrowd makes a crowd of so many incidents.
func NewCrowd(incidents int, seed uint64, until time.Time) *Crowd {
	c := &Crowd{Incidents: incidents, Seed: seed, Until: until.UTC().Truncate(time.Second), begin: []int{0}}
	sum := 0.0
	for k := range crowdTenants {
		sum += c.share(k)
	}
	part := 0.0
	for k := range crowdTenants {
		d := roll(seed, 7<<60|uint64(k))
		name := capitalised(d.word(2)) + " " + pick(d, "Health", "Logistics", "Bank", "Energy", "Foods", "Steel", "Insurance", "University", "Retail", "Labs")
		short := d.word(2) + strconv.Itoa(k)
		c.tenants = append(c.tenants, tenant{guid("crowd/" + strconv.FormatUint(seed, 10) + "/" + strconv.Itoa(k)), name, short + ".example", short})
		part += c.share(k)
		c.begin = append(c.begin, int(math.Round(float64(incidents)*part/sum)))
	}
	return c
}

// share is how much of the crowd is of a tenant, in proportion to the others: few have much of it.
func (*Crowd) share(k int) float64 { return 1 / math.Pow(float64(k+1), 0.9) }

func capitalised(s string) string { return string(s[0]-'a'+'A') + s[1:] }

// Tenants returns the tenants that have an incident, with their names. The caller owns the list.
func (c *Crowd) Tenants() []workbench.Tenant {
	var list []workbench.Tenant
	for k, t := range c.tenants {
		if c.begin[k] < c.begin[k+1] {
			list = append(list, workbench.Tenant{ID: workbench.TenantID(t.id), Name: workbench.Text(t.name)})
		}
	}
	return list
}

// crowdIncident is the i-th incident, as far as its story's id and what was done with it tell.
type crowdIncident struct {
	dice
	crowd   *Crowd
	tenant  int
	id      string
	product product
	updated time.Time
}

// incident begins the i-th incident. Incidents of one tenant follow each other, in order of their last update.
func (c *Crowd) incident(i int) crowdIncident {
	k := sort.SearchInts(c.begin, i+1) - 1
	m := crowdIncident{dice: roll(c.Seed^0xc0ed, uint64(i)), crowd: c, tenant: k, id: strconv.Itoa(1000 + i - c.begin[k])}
	m.product = pick(m.dice, endpoint(), endpoint(), endpoint(), endpoint(), endpoint(), office365(), office365(), office365(), identity(), cloudApps(), xdr(), entraID(), dataLoss(), sentinel())
	step := crowdSpan / float64(max(c.begin[k+1]-c.begin[k], 1))
	ago := crowdSpan - (float64(i-c.begin[k])+m.Float64())*step
	m.updated = c.Until.Add(-seconds(max(ago, 1))).Truncate(100)
	return m
}

// Story is the id of the story that the i-th incident becomes.
func (c *Crowd) Story(i int) workbench.StoryID { return c.incident(i).story() }

func (m crowdIncident) story() workbench.StoryID {
	return workbench.IncidentStory(workbench.TenantID(m.crowd.tenants[m.tenant].id), workbench.ProductOf(workbench.Text(m.product.source)).Key, m.id)
}

// often is a number below n; small ones come more often.
func (m crowdIncident) often(n int) int { return int(float64(n) * math.Pow(m.Float64(), 3)) }

// Append appends the i-th incident with its one to four alerts as JSON, about 8 KB.
func (c *Crowd) Append(b []byte, i int) []byte {
	m := c.incident(i)
	t := timeline{start: m.updated.Add(-seconds(2 * hour)), salt: time.Duration(i) * time.Second}
	in := incident{tenant: c.tenants[m.tenant], id: m.id, created: m.updated.Add(-seconds(20*minute + m.Float64()*90*minute)).Truncate(100), updated: m.updated,
		status: pick(m.dice, "active", "active", "active", "inProgress"), priority: m.IntN(100)}
	x := m.cast(t)
	for k := range 1 + m.often(4) {
		after := float64(k) * 10 * minute
		a := m.detector()
		a.key, a.first, a.last = "crowd/"+string(m.story())+"/"+strconv.Itoa(k), t.at(after), t.at(after+3*minute)
		a.created, a.updated = t.recorded(after+4*minute), t.recorded(after+5*minute)
		if m.chance(30) {
			a = a.resolve(a.updated, "Automation", "benign")
		}
		a.evidence = x.few(a, noted(a.created), after)
		in.alerts = append(in.alerts, a)
		in.severity = a.severity
	}
	in.name = in.alerts[0].title
	return appendObject(b, in.json())
}

// detector is one of the detectors of the incident's product; few of them raise most alerts.
func (m crowdIncident) detector() alert {
	a := detector(m.crowd.Seed, uint64(m.often(crowdTitles)))
	a.product = m.product
	return a
}

// cast takes one or two devices and people of the tenant.
func (m crowdIncident) cast(t timeline) *streamCast {
	c, owner := m.crowd, m.crowd.tenants[m.tenant]
	share := c.share(m.tenant) / 15
	x := &streamCast{dice: m.dice, t: t, seed: c.Seed}
	for range 4 {
		x.images = append(x.images, roll(c.Seed, 6<<60|uint64(m.often(3_000))).file(false))
	}
	for range 1 + m.often(2) {
		d := roll(c.Seed, 5<<60|uint64(m.tenant)<<32|uint64(m.often(max(int(crowdPeople*share), 5))))
		first, last := d.word(2), d.word(2)
		x.people = append(x.people, person{tenant: owner, account: first + "." + last, name: capitalised(first) + " " + capitalised(last)})
	}
	for range 1 + m.often(2) {
		n := m.often(max(int(crowdDevices*share), 3))
		d := roll(c.Seed, 4<<60|uint64(m.tenant)<<32|uint64(n))
		x.devices = append(x.devices, &device{
			tenant: owner, host: d.word(1) + "-" + d.word(1) + "-" + strconv.Itoa(n), platform: pick(d, "Windows11", "Windows10", "WindowsServer2022"),
			version: "24H2", build: 19045 + d.IntN(7000), group: d.word(2), risk: pick(d, "none", "low", "medium", "high"),
			localIP: "10." + d.number(256) + "." + d.number(256) + "." + d.number(256), externalIP: d.publicIP(),
			firstSeen: t.at(-d.Float64() * 300 * day), loggedOn: x.people[:1],
		})
	}
	return x
}

// few is the evidence of an alert, little of it.
func (x *streamCast) few(a alert, r record, after float64) []object {
	if a.product == office365() {
		x.people = x.people[:1]
		list := x.mail(a.key, r, after)
		return list[:min(len(list), 4)]
	}
	d, who := pick(x.dice, x.devices...), pick(x.dice, x.people...)
	out := []object{d.evidence(r.suspicious("active").primary()), who.evidence(x.judge(r))}
	if a.product != endpoint() {
		return append(out, ip(x.judge(r), x.publicIP(), nil))
	}
	for k := range 1 + x.IntN(2) {
		out = append(out, x.process(d, who, after+float64(k)).evidence(x.judge(r)))
	}
	if x.chance(40) {
		out = append(out, link(x.judge(r), x.url()))
	}
	return out
}

// Deed is what an analyst did with a story, in the words of workbench.ActionFields.
type Deed struct {
	At      time.Time
	By      string // the analyst's name
	Changes []workbench.FieldChange
	Comment string
}

// crowdAnalysts is how many analysts work through a crowd.
const crowdAnalysts = 40

// Deed tells what was done with the story of the i-th incident: two in three were looked at.
func (c *Crowd) Deed(i int) (Deed, bool) {
	m := c.incident(i)
	m.dice = roll(c.Seed^0xdeed, uint64(i))
	if !m.chance(66) {
		return Deed{}, false
	}
	d := roll(c.Seed, 3<<60|uint64(m.often(crowdAnalysts)))
	deed := Deed{At: m.updated.Add(seconds(m.Float64() * day)), By: d.word(2) + "." + d.word(2)}
	if deed.At.After(c.Until) {
		deed.At = c.Until
	}
	set := func(f workbench.ActionField, value string) {
		deed.Changes = append(deed.Changes, workbench.FieldChange{Field: f, After: workbench.Text(value)})
	}
	set(workbench.FieldStatus, string(pick(m.dice, workbench.StatusClosed, workbench.StatusClosed, workbench.StatusClosed, workbench.StatusPendingAnalysis, workbench.StatusPendingMoreInfo, workbench.StatusMonitoring)))
	set(workbench.FieldOwner, deed.By)
	if m.chance(70) {
		v := pick(m.dice, workbench.VerdictBenign, workbench.VerdictBenign, workbench.VerdictInformational, workbench.VerdictSuspicious, workbench.VerdictMalicious)
		set(workbench.FieldVerdict, string(v))
		if v == workbench.VerdictMalicious {
			set(workbench.FieldAnalystSeverity, string(pick(m.dice, workbench.AnalystSeverities...)))
		}
	}
	if m.chance(25) {
		set(workbench.FieldLabels, pick(m.dice, "vip", "phishing", "false positive", "needs customer", "escalated", "ransomware", "test", "tuning"))
	}
	if m.chance(10) {
		deed.Comment = m.sentence(8)
	}
	return deed, true
}
