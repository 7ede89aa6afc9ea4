package sample

// place is where an address is said to be.
type place struct {
	code, country, state, city string
	latitude, longitude        float64
}

// address renders the members of an address; an unknown place is null.
func address(ip string, where *place) object {
	var code, location any
	if where != nil {
		code = where.code
		location = object{
			{"city", orNull(where.city)}, {"countryName", where.country}, {"latitude", where.latitude}, {"longitude", where.longitude},
			{"state", orNull(where.state)},
		}
	}
	return object{{"ipAddress", ip}, {"countryLetterCode", code}, {"stream", nil}, {"location", location}}
}

// ip renders an address as evidence.
func ip(r record, addr string, where *place) object {
	return evidence("ipEvidence", r, address(addr, where))
}

// within renders an address inside other evidence, where Graph gives neither type nor verdict.
func within(r record, addr string) any {
	if addr == "" {
		return nil
	}
	return noted(r.at).members(address(addr, nil))
}

// link renders a URL, or a bare host name, as evidence.
func link(r record, url string) object { return evidence("urlEvidence", r, object{{"url", url}}) }

// dns renders the answers to a question for a name.
func dns(r record, name, server string, answers ...string) object {
	list := make([]object, 0, len(answers))
	for _, a := range answers {
		list = append(list, noted(r.at).members(address(a, nil)))
	}
	return evidence("dnsEvidence", r, object{{"domainName", name}, {"dnsServerIp", within(r, server)}, {"hostIpAddress", nil}, {"ipAddresses", list}})
}

// connection renders a connection from a port to a port.
func connection(r record, from string, fromPort int, to string, toPort int, protocol string) object {
	return evidence("networkConnectionEvidence", r, object{
		{"sourceAddress", within(r, from)}, {"destinationAddress", within(r, to)}, {"sourcePort", fromPort}, {"destinationPort", toPort},
		{"protocol", protocol},
	})
}
