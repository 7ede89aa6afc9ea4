package sample

import (
	"time"
)

// scenario is what Microsoft says of one case: first, and later of the same or of what became of it.
type scenario struct{ first, later []incident }

// scenarios are all cases, as they look at a moment.
func scenarios(c clock) []scenario {
	list := []scenario{
		intrusion(c), phishing(c), blockedMalware(c), cryptoMiner(c), sharedDevice(c), merged(c), falsePositive(c), reportedMail(c),
		riskySignIn(c), dataLeak(c), hostileText(c), withoutAlerts(c), cloudWorkload(c), chatLure(c),
	}
	return append(list, everyday(c)...)
}

// Page returns one page of incidents with their alerts, as Graph answers a list with $expand=alerts. The newest activity is minutes
// before now and nothing is after it. Unlike a real answer, the page holds incidents of several tenants. The caller owns the bytes.
func Page(now time.Time) []byte {
	var list []incident
	for _, s := range scenarios(newClock(now)) {
		list = append(list, s.first...)
	}
	return page(list)
}

// Later returns newer versions of some incidents of Page(now), to be imported after it: alerts are resolved or judged anew, one incident
// is merged into another and one alert moves. None of its times is after now. The caller owns the bytes.
func Later(now time.Time) []byte {
	var list []incident
	for _, s := range scenarios(newClock(now)) {
		list = append(list, s.later...)
	}
	return page(list)
}

// StandaloneAlerts returns one page of alerts that belong to no incident, as Graph answers for alerts_v2. The caller owns the bytes.
func StandaloneAlerts(now time.Time) []byte {
	var rows []object
	for _, in := range standalone(newClock(now)) {
		for _, a := range in.alerts {
			rows = append(rows, a.json(in))
		}
	}
	return appendObject(nil, object{{"@odata.context", "https://graph.microsoft.com/v1.0/$metadata#security/alerts_v2"}, {"value", rows}})
}

// page renders incidents as Graph does.
func page(list []incident) []byte {
	rows := make([]object, 0, len(list))
	for _, in := range list {
		rows = append(rows, in.json())
	}
	return appendObject(nil, object{{"@odata.context", incidentsContext}, {"value", rows}})
}

const incidentsContext = "https://graph.microsoft.com/v1.0/$metadata#security/incidents(alerts())"
