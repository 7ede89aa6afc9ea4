package defender

import (
	"strconv"

	"workbench"
)

func (r *reading) ip(o *object) {
	n := workbench.NetworkEvidence{EvidenceBase: r.base(o), Kind: "ip", DestinationIP: o.text("ipAddress"), Country: o.text("countryLetterCode")}
	r.network(n, o, canonicalIP(n.DestinationIP))
}

func (r *reading) url(o *object) {
	n := workbench.NetworkEvidence{EvidenceBase: r.base(o), Kind: "url", URL: o.text("url"), HTTPMethod: o.text("httpMethod")}
	r.network(n, o, canonicalURL(n.URL))
}

func (r *reading) dns(o *object) {
	n := workbench.NetworkEvidence{EvidenceBase: r.base(o), Kind: "dns", DNSName: o.text("domainName"), SourceIP: o.sub("hostIpAddress").text("ipAddress")}
	if i := o.find("ipAddresses"); i >= 0 {
		for _, item := range o.body.members[i].value.list() {
			if ip := item.value.get("ipAddress").untrusted(); !ip.IsZero() {
				n.DNSAnswers = append(n.DNSAnswers, ip)
			}
		}
		n.DNSAnswers = distinct(n.DNSAnswers)
	}
	name := fold(n.DNSName)
	for len(name) > 1 && name[len(name)-1] == '.' {
		name = name[:len(name)-1]
	}
	r.network(n, o, name)
}

func (r *reading) connection(o *object) {
	source, destination := o.sub("sourceAddress"), o.sub("destinationAddress")
	n := workbench.NetworkEvidence{
		EvidenceBase: r.base(o), Kind: "connection",
		SourceIP: source.text("ipAddress"), SourcePort: o.int("sourcePort"), Protocol: o.text("protocol"),
		DestinationIP: destination.text("ipAddress"), DestinationPort: o.int("destinationPort"), Country: destination.text("countryLetterCode"),
	}
	r.network(n, o, canonicalIP(n.SourceIP), port(n.SourcePort), canonicalIP(n.DestinationIP), port(n.DestinationPort), fold(n.Protocol))
}

func port(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// network puts an address on the shelf. Microsoft ties none to a device, so none is given.
func (r *reading) network(n workbench.NetworkEvidence, o *object, key ...string) {
	n.Data, n.DNSAnswers = o.rest(), held(n.DNSAnswers)
	r.identify(&n.EvidenceBase, n.Kind, key...)
	r.shelf.network.put(&n, func(n *workbench.NetworkEvidence) *workbench.EvidenceBase { return &n.EvidenceBase },
		func(m *merge, have, come *workbench.NetworkEvidence) {
			m.text(&have.SourceIP, come.SourceIP, "sourceIp")
			m.text(&have.DestinationIP, come.DestinationIP, "destinationIp")
			m.text(&have.Protocol, come.Protocol, "protocol")
			m.text(&have.DNSName, come.DNSName, "domainName")
			m.list(&have.DNSAnswers, come.DNSAnswers, "dnsAnswers")
			m.text(&have.HTTPMethod, come.HTTPMethod, "httpMethod")
			m.text(&have.URL, come.URL, "url")
			m.text(&have.Country, come.Country, "countryLetterCode")
		})
}
