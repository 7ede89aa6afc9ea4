package defender_test

import (
	"fmt"
	"testing"

	"workbench"
	"workbench/ingest/defender"
)

func TestPortalAddresses(t *testing.T) {
	tests := map[string]bool{
		"https://security.microsoft.com/incidents/1?tid=x":     true,
		"https://SECURITY.microsoft.com/incidents/1":           true,
		"https://gov.security.microsoft.us/incidents/1":        true,
		"https://portal.azure.com/#asset/a/b":                  true,
		"http://security.microsoft.com/incidents/1":            false,
		"https://security.microsoft.com.evil.example/":         false,
		"https://evilsecurity.microsoft.com/":                  false,
		"https://security.microsoft.com@evil.example/":         false,
		"https://security.microsoft.com:8443/":                 false,
		"https://evil.example/?https://security.microsoft.com": false,
		"https://evil.example\\@security.microsoft.com/":       false,
		"https://security.microsoft.com/ space":                false,
		"https://security.microsoft.com/\"onmouseover=\"":      false,
		"javascript://security.microsoft.com/%0Aalert(1)":      false,
		"//security.microsoft.com/":                            false,
		"https://.security.microsoft.com/":                     false,
		"https://security.microsoft.com/\u202Etxt":             false,
	}
	for address, safe := range tests {
		w := (&world{}).add(t, incidentJSON("1", "2026-05-04T09:00:00Z", fmt.Sprintf(`,"incidentWebUrl":%q`, address)))
		for _, c := range w.derive() {
			want := ""
			if safe {
				want = address
			}
			if c.IncidentURL != want {
				t.Errorf("%q: got %q, want %q", address, c.IncidentURL, want)
			}
			if kept := value(c.Details.Other, "incidentWebUrl"); safe != (kept == "") {
				t.Errorf("%q: got %q among the other fields", address, kept)
			}
		}
	}
}

func TestPortalsOfOnesOwn(t *testing.T) {
	own := defender.NewDeriver([]string{"portal.example"})
	if own.Version() == deriver.Version() || own.Version() != defender.NewDeriver([]string{"portal.example"}).Version() {
		t.Errorf("got versions %s and %s, want two, each always the same", own.Version(), deriver.Version())
	}
	w := (&world{}).add(t, incidentJSON("1", "2026-05-04T09:00:00Z", `,"incidentWebUrl":"https://portal.example/1"`))
	for _, g := range w.groups() {
		if got := own.Derive(g)[0].IncidentURL; got != "https://portal.example/1" {
			t.Errorf("got %q, want the address", got)
		}
	}
}

func TestUsersOfAnAlert(t *testing.T) {
	user := func(members string) string {
		return `{"@odata.type":"#microsoft.graph.security.userEvidence","userAccount":{` + members + `}}`
	}
	tests := map[string]struct {
		evidence string
		users    []string
		vendor   string
	}{
		"the system is nobody":         {user(`"accountName":"SYSTEM","domainName":"NT AUTHORITY","userSid":"S-1-5-18"`), nil, "SYSTEM"},
		"nor is a machine":             {user(`"accountName":"PRESS-07$","domainName":"PLANT"`), nil, "PRESS-07$"},
		"nor a window manager":         {user(`"accountName":"DWM-1","domainName":"Window Manager"`), nil, "DWM-1"},
		"one user with two names":      {user(`"accountName":"ada","domainName":"D","userSid":"S-1"`) + "," + user(`"userPrincipalName":"ada@x.example","userSid":"s-1"`), []string{"ada namedByAlert"}, "ada"},
		"two users of one name":        {user(`"accountName":"ada","domainName":"D"`) + "," + user(`"accountName":"ada","domainName":"E"`), []string{"ada namedByAlert", "ada namedByAlert"}, "ada"},
		"logged on, and named as well": {`{"@odata.type":"#x.deviceEvidence","deviceDnsName":"h","loggedOnUsers":[{"accountName":"ada","domainName":"D"},{"accountName":"bo","domainName":"D"}]},` + user(`"accountName":"ADA","domainName":"d"`), []string{"ADA namedByAlert", "bo loggedOn"}, "ADA"},
		"a process names its user":     {`{"@odata.type":"#x.processEvidence","userAccount":{"accountName":"ada","domainName":"D"}}`, []string{"ada namedByAlert"}, "ada"},
		"an account without anything":  {user(`"accountName":null`), nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := (&world{}).add(t, alertJSON("a", "1", endpoint, "2026-05-04T09:00:00Z", `,"evidence":[`+test.evidence+`]`)).story(t, tenant, "endpoint", "1")
			var users []string
			for _, u := range c.Alerts[0].Users {
				users = append(users, u.Name.Raw()+" "+string(u.Why))
			}
			same(t, "users", users, test.users)
			same(t, "vendor user", c.Alerts[0].VendorUserName, workbench.Text(test.vendor))
			same(t, "count", c.UserCount, len(test.users))
		})
	}
}

func TestEvidenceIsTheSame(t *testing.T) {
	tests := map[string]struct {
		one, other string
		want       int
	}{
		"process of another precision": {`"@odata.type":"#x.processEvidence","processId":1,"processCreationDateTime":"2026-05-04T08:00:00.1234567Z","mdeDeviceId":"D"`,
			`"@odata.type":"#x.processEvidence","processId":1,"processCreationDateTime":"2026-05-04T08:00:00.123Z","mdeDeviceId":"d"`, 1},
		"process id used again": {`"@odata.type":"#x.processEvidence","processId":1,"processCreationDateTime":"2026-05-04T08:00:00Z","mdeDeviceId":"d"`,
			`"@odata.type":"#x.processEvidence","processId":1,"processCreationDateTime":"2026-05-04T08:00:01Z","mdeDeviceId":"d"`, 2},
		"process without a start":      {`"@odata.type":"#x.processEvidence","processId":1,"mdeDeviceId":"d"`, `"@odata.type":"#x.processEvidence","processId":1,"mdeDeviceId":"d"`, 2},
		"file on two devices":          {`"@odata.type":"#x.fileEvidence","mdeDeviceId":"d","fileDetails":{"sha1":"a"}`, `"@odata.type":"#x.fileEvidence","mdeDeviceId":"e","fileDetails":{"sha1":"a"}`, 2},
		"address written in two ways":  {`"@odata.type":"#x.ipEvidence","ipAddress":"2001:DB8:0::1"`, `"@odata.type":"#x.ipEvidence","ipAddress":"2001:db8::1"`, 1},
		"host in two cases":            {`"@odata.type":"#x.urlEvidence","url":"HTTPS://Bad.example/"`, `"@odata.type":"#x.urlEvidence","url":"https://bad.example"`, 1},
		"path in two cases":            {`"@odata.type":"#x.urlEvidence","url":"https://bad.example/A"`, `"@odata.type":"#x.urlEvidence","url":"https://bad.example/a"`, 2},
		"message to two people":        {`"@odata.type":"#x.analyzedMessageEvidence","networkMessageId":"n","recipientEmailAddress":"a@x"`, `"@odata.type":"#x.analyzedMessageEvidence","networkMessageId":"n","recipientEmailAddress":"b@x"`, 2},
		"unknown type, other verdict":  {`"@odata.type":"#x.novelEvidence","a":1,"verdict":"malicious"`, `"verdict":"unknown","@odata.type":"#x.novelEvidence","a":1`, 1},
		"unknown type, other contents": {`"@odata.type":"#x.novelEvidence","a":1`, `"@odata.type":"#x.novelEvidence","a":2`, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := (&world{}).add(t, alertJSON("a", "1", endpoint, "2026-05-04T09:00:00Z", `,"evidence":[{`+test.one+`}]`)).
				add(t, alertJSON("b", "1", endpoint, "2026-05-04T09:00:00Z", `,"evidence":[{`+test.other+`}]`))
			if got := w.story(t, tenant, "endpoint", "1").Evidence.Count(); got != test.want {
				t.Errorf("got %d pieces of evidence, want %d", got, test.want)
			}
		})
	}
}

func TestSharedDocument(t *testing.T) {
	// One alert, received inside two incidents and without its own word, is one document of each.
	w := &world{}
	for i, incident := range []string{"1", "2"} {
		w.add(t, fmt.Sprintf(`{"id":%q,"tenantId":%q,"displayName":"x","lastUpdateDateTime":"2026-05-04T09:00:0%dZ","alerts":[{"id":"a","title":"same","serviceSource":%q,"evidence":[]}]}`, incident, tenant, i, endpoint))
	}
	got := w.derive()
	if first := got[workbench.IncidentStory(tenant, "endpoint", "1")]; len(first.MovedTo) != 1 || len(first.Raw) != 2 {
		t.Errorf("got moved to %v with %d documents, want the second story, and the incident and the alert once each", first.MovedTo, len(first.Raw))
	}
}
