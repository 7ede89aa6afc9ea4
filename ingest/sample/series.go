package sample

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"workbench"
)

// Spread says what a Series holds.
type Spread struct {
	Tenant    workbench.TenantID // of every incident
	Domain    string             // of its users
	Seed      uint64
	Incidents int
	FirstID   int       // of the oldest incident; the others count up
	From, To  time.Time // the last updates of incidents spread evenly over this range; no time of the series lies after To
}

// Series is a long run of incidents of one tenant that is made piece by piece: nothing is kept of what was made. The same Spread gives the
// same incidents for ever. It is safe for concurrent use.
type Series struct {
	Spread
	tenant    tenant
	prefix    string // of the ids of all alerts
	detectors [streamDetectors]struct {
		product  product
		severity string
	}
}

// NewSeries makes a series.
func NewSeries(s Spread) *Series {
	s.From, s.To = s.From.UTC().Truncate(100), s.To.UTC().Truncate(100)
	name, _, _ := strings.Cut(s.Domain, ".")
	x := &Series{Spread: s, tenant: tenant{string(s.Tenant), name, s.Domain, strings.ToUpper(name)},
		prefix: guid(string(s.Tenant) + "/" + strconv.FormatUint(s.Seed, 10))[:24]}
	for i := range x.detectors {
		a := detector(s.Seed, uint64(i))
		x.detectors[i].product, x.detectors[i].severity = a.product, a.severity
	}
	return x
}

// Outline is what lists are filtered and ordered by of one incident of a series.
type Outline struct {
	ID, Status, Severity string
	Created, Updated     time.Time
	Alerts               []AlertOutline
}

// AlertOutline is the same of one alert.
type AlertOutline struct {
	ID, Status, Severity, Source string
	Created, Updated             time.Time // the update may be later than that of the incident
	detector                     uint64
}

// Lead and Trail bound how far before and after the last update of its incident an alert is updated.
const (
	Lead  = 7 * time.Hour
	Trail = 20 * time.Minute
)

// Updated is when the i-th incident was updated. It never falls as i grows.
func (x *Series) Updated(i int) time.Time { return x.updated(x.dice(i), i) }

func (x *Series) dice(i int) dice { return roll(x.Seed^0x5e71e5, uint64(i)) }

func (x *Series) updated(d dice, i int) time.Time {
	step := int64(x.To.Sub(x.From)) / int64(max(x.Incidents, 1))
	return x.From.Add(time.Duration(int64(i)*step + d.Int64N(max(step, 1)))).Truncate(100)
}

// Head tells the i-th incident in outline without its alerts. It panics where there is no such incident.
func (x *Series) Head(i int) Outline {
	_, o := x.head(i)
	return o
}

// head is Head, with the dice that go on to its alerts.
func (x *Series) head(i int) (dice, Outline) {
	if i < 0 || i >= x.Incidents {
		panic("sample: no incident " + strconv.Itoa(i) + " in the series")
	}
	d := x.dice(i)
	o := Outline{ID: strconv.Itoa(x.FirstID + i), Updated: x.updated(d, i)}
	o.Created = o.Updated.Add(-seconds(5*minute + d.Float64()*5*hour))
	o.Status = pick(d, "active", "active", "inProgress", "resolved")
	o.Severity = pick(d, "informational", "low", "medium", "medium", "high")
	return d, o
}

// Outline tells the i-th incident in outline, at a small part of the cost of Append. It panics where there is no such incident.
func (x *Series) Outline(i int) Outline {
	d, o := x.head(i)
	n := 2 + d.IntN(5) + d.IntN(3)
	for k := range n {
		a := AlertOutline{detector: d.Uint64N(streamDetectors), Status: pick(d, "new", "new", "inProgress", "resolved")}
		detector := x.detectors[a.detector]
		a.Severity, a.Source, a.ID = detector.severity, detector.product.source, detector.product.prefix+x.alertID(i, k)+detector.product.provide
		a.Created = o.Created.Add(o.Updated.Sub(o.Created) * time.Duration(k) / time.Duration(n)).Truncate(100)
		a.Updated = o.Updated
		switch d.IntN(4) {
		case 0:
			a.Updated = a.Created
		case 1:
			if a.Updated = o.Updated.Add(seconds(d.Float64() * Trail.Seconds())); a.Updated.After(x.To) {
				a.Updated = x.To
			}
		}
		o.Alerts = append(o.Alerts, a)
	}
	return o
}

// alertID is a GUID that ends in the place of the alert in the series.
func (x *Series) alertID(i, k int) string {
	var place [8]byte
	binary.BigEndian.PutUint64(place[:], uint64(i)<<8|uint64(k))
	return string(hex.AppendEncode(append(make([]byte, 0, 36), x.prefix...), place[2:]))
}

// Find tells which incident holds an alert.
func (x *Series) Find(alertID string) (incident int, ok bool) {
	for _, cut := range []string{strings.TrimSuffix(alertID, "_1"), alertID} {
		if len(cut) < 12 {
			continue
		}
		raw, err := hex.DecodeString(cut[len(cut)-12:])
		if err != nil {
			continue
		}
		var place uint64
		for _, b := range raw {
			place = place<<8 | uint64(b)
		}
		if i := place >> 8; i < uint64(x.Incidents) {
			for _, a := range x.Outline(int(i)).Alerts {
				if a.ID == alertID {
					return int(i), true
				}
			}
		}
	}
	return 0, false
}

// Append appends the i-th incident with its alerts as JSON, about 50 KB. It panics where there is no such incident.
func (x *Series) Append(b []byte, i int) []byte {
	in, d, o := x.begin(i)
	in.alerts = x.alerts(d, i, o)
	return appendObject(b, in.json())
}

// AppendAlone appends the i-th incident without the member for its alerts, which costs next to nothing.
func (x *Series) AppendAlone(b []byte, i int) []byte {
	in, _, _ := x.begin(i)
	o := in.json()
	return appendObject(b, o[:len(o)-1])
}

// Alerts are the alerts of the i-th incident as JSON, each as it stands in the incident.
func (x *Series) Alerts(i int) [][]byte {
	in, d, o := x.begin(i)
	var list [][]byte
	for _, a := range x.alerts(d, i, o) {
		list = append(list, appendObject(nil, a.json(in)))
	}
	return list
}

// begin makes the i-th incident without its alerts, and what makes those.
func (x *Series) begin(i int) (incident, dice, Outline) {
	o := x.Outline(i)
	d := roll(x.Seed, uint64(i))
	in := incident{tenant: x.tenant, id: o.ID, name: d.sentence(5 + d.IntN(6)), severity: o.Severity, created: o.Created, updated: o.Updated,
		status: o.Status, priority: d.IntN(100)}
	if d.chance(15) {
		in.comments = []comment{{d.sentence(12), d.word(2) + "@" + x.tenant.domain, o.Updated}}
	}
	return in, d, o
}

// alerts makes the alerts of the i-th incident.
func (x *Series) alerts(d dice, i int, o Outline) []alert {
	t := timeline{start: o.Created.Add(-seconds(15 * minute)), salt: time.Duration(i) * time.Second}
	cast := newStreamCast(d, x.Seed, x.tenant, t)
	var list []alert
	for k, outline := range o.Alerts {
		a := detector(x.Seed, outline.detector)
		after := outline.Created.Sub(t.start).Seconds() - minute
		a.given, a.key = x.alertID(i, k)+a.product.provide, x.alertID(i, k)
		a.status, a.created, a.updated, a.first, a.last = outline.Status, outline.Created, outline.Updated, t.at(after), t.at(after+minute/2)
		if a.status == "resolved" {
			a = a.resolve(outline.Updated, "Automation", "benign")
		}
		a.evidence = cast.found(a, noted(outline.Created), after)
		list = append(list, a)
	}
	return list
}
