package connectors

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/views/link"
)

// Query says which tenants Connectors Settings shows, and in which order. The address of the page holds all of it.
type Query struct {
	Search   string // every word of it stands in a name, an id or a domain of the tenant
	Status   string // one of statuses; "" = any
	Cloud    string // by name; "" = any
	Topology string // as forms say it; "" = any
	Sort     string // one of sorts, with - before it for the other way; "" = what is not well first
	Page     int    // counted from 1; 0 = the first
}

// The names of a query's parts, in the address and in forms.
const (
	FieldSearch   = "q"
	FieldStatus   = "status"
	FieldSort     = "sort"
	FieldPage     = "page"
	FieldSelected = "id"   // a tenant that is chosen, by its parent connector
	FieldWhat     = "what" // what is done with many
)

// What is done with many tenants, as FieldWhat says it.
const (
	WhatSelected = "selected"
	WhatShown    = "shown" // all that fit the query
)

const (
	maxSearch = 200 // bytes
	maxPage   = 100_000
)

// The keys by which tenants are sorted.
const (
	sortTenant      = "tenant"
	sortStatus      = "status"
	sortRead        = "read"
	sortCertificate = "certificate"
)

var sorts = []string{sortTenant, sortStatus, sortRead, sortCertificate}

// ReadQuery reads an address. What is none is left out.
func ReadQuery(values url.Values) Query {
	q := Query{Search: strings.Join(strings.Fields(strings.ToValidUTF8(values.Get(FieldSearch), "")), " "), Cloud: values.Get(FieldCloud), Topology: values.Get(FieldTopology)}
	if len(q.Search) > maxSearch {
		q.Search = strings.ToValidUTF8(q.Search[:maxSearch], "")
	}
	if s := values.Get(FieldStatus); slices.ContainsFunc(statuses, func(o status) bool { return o.key == s }) {
		q.Status = s
	}
	if s := values.Get(FieldSort); slices.Contains(sorts, strings.TrimPrefix(s, "-")) {
		q.Sort = s
	}
	if (workbench.Connector{Kind: workbench.Microsoft365, Name: "x", Cloud: q.Cloud}).Check() != nil {
		q.Cloud = ""
	}
	if !slices.Contains(topologies, q.Topology) {
		q.Topology = ""
	}
	if n, err := strconv.Atoi(values.Get(FieldPage)); err == nil && n > 1 && n <= maxPage {
		q.Page = n
	}
	return q
}

// topologies are whose apps there are, as forms say it.
var topologies = []string{topologyValue(workbench.OwnApp), topologyValue(workbench.SharedApp), topologyValue(workbench.ManagedApps)}

// Values is the query as an address holds it: what is not asked for is not in it.
func (q Query) Values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{FieldSearch: q.Search, FieldStatus: q.Status, FieldCloud: q.Cloud, FieldTopology: q.Topology, FieldSort: q.Sort} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.Page > 1 {
		values.Set(FieldPage, strconv.Itoa(q.Page))
	}
	return values
}

// narrows reports whether not all tenants are asked for.
func (q Query) narrows() bool { return q.Search+q.Status+q.Cloud+q.Topology != "" }

// with is the first page of the same query with something changed.
func (q Query) with(change func(*Query)) Query {
	q.Page = 0
	change(&q)
	return q
}

// url is the address of the query.
func (q Query) url() string { return link.ConnectorsFound(q.Values()) }

// status is a way in which a tenant may be, by which it can be asked for. A tenant may be in several.
type status struct {
	key, label string
	badge      Badge
	fits       func(tenancy) bool
}

var statuses = []status{
	{"error", badgeError.Label, badgeError, func(t tenancy) bool { return t.badge == badgeError }},
	{"pending", badgePending.Label, badgePending, func(t tenancy) bool { return t.badge == badgePending }},
	{"confirm", "Awaiting confirmation", Badge{"medium", "shape-dots", "Awaiting confirmation"}, func(t tenancy) bool { return t.confirm }},
	{"catching-up", "Catching up", Badge{"info", "shape-half", "Catching up"}, func(t tenancy) bool { return t.badge == badgeCatchingUp }},
	{"certificate", "Certificate ends soon", Badge{"medium", "shape-half", "Certificate ends soon"}, func(t tenancy) bool { return t.endsSoon }},
	{"connected", badgeConnected.Label, badgeConnected, func(t tenancy) bool { return t.badge == badgeConnected }},
	{"off", badgeOff.Label, badgeOff, func(t tenancy) bool { return t.badge == badgeOff }},
}

// tenancy is what is asked of a tenant in a query: its connectors together.
type tenancy struct {
	family   []Source
	name     string // in lower case
	badge    Badge  // the worst
	confirm  bool
	endsSoon bool
	ends     time.Time // of the certificate or secret that ends first; zero = not known
	read     time.Time // the last good read of the child that was read longest ago; zero = never
	cloud    string
}

// tenancyOf sums up a family. cloud is the one that tenants are in where nothing is said.
func tenancyOf(family []Source, cloud string, now time.Time) tenancy {
	head := family[0]
	t := tenancy{family: family, name: strings.ToLower(head.tenant().Raw()), badge: worst(family), cloud: head.Cloud, confirm: !head.ConsentedAt.IsZero(), read: lastRead(family).Time}
	if t.cloud == "" {
		t.cloud = cloud
	}
	for _, s := range family {
		if s.Kind.Child() && !s.managed() {
			continue
		}
		c, ok := s.Registration.Active()
		if !ok || c.NotAfter.IsZero() {
			continue
		}
		if t.ends.IsZero() || c.NotAfter.Before(workbench.At(t.ends)) {
			t.ends = c.NotAfter.Time
		}
		before := warnBefore
		if c.Made {
			before = workbench.RenewBefore // it is renewed then
		}
		t.endsSoon = t.endsSoon || c.NotAfter.Sub(now) < before
	}
	return t
}

// lastRead is when the child was read that was read longest ago; of a parent without children, when that was asked for. Zero where one never was.
func lastRead(family []Source) workbench.Time {
	var read workbench.Time
	children := 0
	for _, s := range family {
		if !s.Kind.Child() || badgeOf(s) == badgeOff {
			continue
		}
		if children++; s.Health.GoodAt.IsZero() {
			return workbench.Time{}
		}
		if children == 1 || s.Health.GoodAt.Before(read) {
			read = s.Health.GoodAt
		}
	}
	if children == 0 {
		return family[0].Health.GoodAt
	}
	return read
}

// fits reports whether a tenant is asked for, but for its status.
func (q Query) fits(t tenancy, words []string) bool {
	if q.Cloud != "" && t.cloud != q.Cloud || q.Topology != "" && topologyValue(t.family[0].Topology) != q.Topology {
		return false
	}
	for _, word := range words {
		if !t.says(word) {
			return false
		}
	}
	return true
}

// says reports whether a word, in lower case, stands in what people call a tenant.
func (t tenancy) says(word string) bool {
	head := t.family[0]
	if strings.Contains(t.name, word) || strings.Contains(string(head.Tenant), word) || strings.Contains(strings.ToLower(head.Entered), word) {
		return true
	}
	return slices.ContainsFunc(t.family, func(s Source) bool { return strings.Contains(strings.ToLower(s.Name), word) })
}

// hasStatus reports whether a tenant is in the way that is asked for.
func (q Query) hasStatus(t tenancy) bool {
	for _, s := range statuses {
		if s.key == q.Status {
			return s.fits(t)
		}
	}
	return true
}
