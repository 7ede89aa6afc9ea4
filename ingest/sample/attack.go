package sample

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"workbench"
)

// Attack is a script of what Microsoft says while something happens in a tenant.
type Attack struct {
	Name      string // in addresses and forms
	Title     string
	Says      string // what it shows, in a sentence
	Incidents int    // that it makes at most
	write     func(*script)
}

// Attacks are all scripts. The caller owns the list.
func Attacks() []Attack {
	return []Attack{
		{"phishing", "Phishing that reaches a computer",
			"A mail, a click, a script on a laptop, more and more of it, a server; then Microsoft's own investigation. 29 minutes.",
			1, phishingReachesComputer},
		{"ransomware", "Ransomware on one computer", "Copies are deleted, files are encrypted, and the program is stopped. 12 minutes.", 1, ransomware},
		{"merge", "Two incidents become one", "Microsoft sees that two incidents are the same attack and merges them. 6 minutes.", 2, twoBecomeOne},
		{"move", "Alerts move", "An analyst of the tenant moves alerts from one incident to another, until the first is empty. 7 minutes.", 2, alertsMove},
		{"wave", "A wave of small incidents", "200 incidents of low severity within 10 minutes.", 200, wave},
	}
}

// Stage is where and when an attack is played.
type Stage struct {
	Tenant  workbench.TenantID
	Domain  string // of its users
	Start   time.Time
	Speed   float64 // 1 = as told, 10 = ten times as fast; 0 counts as 1
	Run     int     // tells it from other attacks of the tenant
	FirstID int     // number of its first incident
}

// Act is one step of an attack.
type Act struct {
	At   time.Time // when Microsoft says it; no time in the page is later
	Says string    // in words
	list []incident
}

// Page is what Microsoft says: the incidents that are new or changed, with all their alerts. The same act gives the same page for ever. The
// caller owns the bytes.
func (a Act) Page() []byte { return page(a.list) }

// Acts are the steps of the attack on a stage, in order of time. No two share a time.
func (a Attack) Acts(s Stage) []Act {
	x := newScript(s, a.Name)
	a.write(x)
	return x.acts
}

// Everyday is one of the small incidents that keep a tenant busy: one alert that stays as it is. Which one follows from the stage alone.
func Everyday(s Stage) Act {
	x := newScript(s, "everyday")
	x.small(0, x.FirstID, 300)
	return x.acts[0]
}

// script is an attack that is being written.
type script struct {
	Stage
	dice
	tenant tenant
	key    string // before the keys of everything in it
	acts   []Act
}

func newScript(s Stage, name string) *script {
	if s.Speed <= 0 {
		s.Speed = 1
	}
	nt, _, _ := strings.Cut(s.Domain, ".")
	x := &script{Stage: s, key: "attack/" + string(s.Tenant) + "/" + name + "/" + strconv.Itoa(s.Run) + "/"}
	x.tenant = tenant{string(s.Tenant), s.Domain, s.Domain, strings.ToUpper(nt)}
	seed := uint64(14695981039346656037)
	for _, c := range []byte(x.key) {
		seed = (seed ^ uint64(c)) * 1099511628211
	}
	x.dice = roll(seed, 0)
	return x
}

// at is a moment so many seconds after the start, as the attack is told.
func (x *script) at(after float64) time.Time {
	return x.Start.UTC().Add(seconds(after / x.Speed)).Truncate(100)
}

// noted begins evidence that Microsoft added at a moment.
func (x *script) noted(after float64) record { return noted(x.at(after)) }

// say adds an act.
func (x *script) say(after float64, says string, list ...incident) {
	for i := range list {
		list[i].alerts = slices.Clone(list[i].alerts)
	}
	x.acts = append(x.acts, Act{At: x.at(after), Says: says, list: list})
}

// incident begins the n-th incident.
func (x *script) incident(n int, name, severity string, after float64) incident {
	return incident{tenant: x.tenant, id: strconv.Itoa(x.FirstID + n), name: name, severity: severity, created: x.at(after), updated: x.at(after)}
}

// alert begins an alert of activity between two moments.
func (x *script) alert(key string, p product, title, severity string, first, last, after float64) alert {
	return alert{key: x.key + key, product: p, title: title, severity: severity, first: x.at(first), last: x.at(last), created: x.at(after),
		updated: x.at(after)}
}

// person invents a user.
func (x *script) person() person {
	first, last := x.word(2), x.word(2)
	return person{tenant: x.tenant, account: first + "." + last, name: strings.ToUpper(first[:1]) + first[1:] + " " + strings.ToUpper(last[:1]) + last[1:]}
}

// computer invents a device.
func (x *script) computer(prefix, platform, group string, users ...person) *device {
	d := &device{tenant: x.tenant, host: prefix + "-" + strconv.Itoa(100+x.IntN(900)), platform: platform, version: "24H2", build: 26100, group: group,
		risk: "medium", localIP: "10.40." + x.number(250) + "." + strconv.Itoa(10+x.IntN(200)), externalIP: "198.51.100.61",
		firstSeen: x.Start.UTC().Add(-200 * 24 * time.Hour).Truncate(100), loggedOn: users}
	if platform == "WindowsServer2022" {
		d.version, d.build = "21H2", 20348
	}
	return d
}

// explorer is the desktop of a user, from which everything there starts.
func (x *script) explorer(d *device, p person) *process {
	return &process{device: d, user: p, id: 3000 + 4*x.Int64N(900), started: x.Start.UTC().Add(-2 * time.Hour).Truncate(100),
		image: microsoft(`C:\Windows`, "explorer.exe", 3191352)}
}

// small adds an act with a whole small incident of one alert.
func (x *script) small(after float64, id int, before float64) {
	kinds := routines()
	kind := kinds[x.IntN(len(kinds))]
	who := x.person()
	key := "small/" + strconv.Itoa(id)
	a := x.alert(key, kind.product, kind.title, pick(x.dice, "informational", "low", "low"), after-before, after-before/2, after)
	a.description, a.actions, a.categories = kind.description, []string{kind.action}, []string{kind.category}
	if kind.technique != "" {
		a.mitre = []string{kind.technique}
	}
	r, name := x.noted(after), kind.title+" involving one user"
	if kind.host != "" {
		d := x.computer("ws", "Windows11", "Standard", who)
		a.evidence, name = append(a.evidence, d.evidence(r.suspicious("none").primary())), kind.title+" on one endpoint"
		if kind.program != "" {
			image := file{folder: `C:\Users\Public`, name: kind.program, size: 512000}
			run := x.explorer(d, who).child(5000+4*x.Int64N(900), x.at(after-before), image, kind.command)
			a.evidence = append(a.evidence, run.evidence(r.suspicious("active")), image.on(*d, r.suspicious("active"), "detected"))
		}
	}
	a.evidence = append(a.evidence, who.evidence(r.suspicious("none")))
	if kind.product == office365() {
		m := mail{key: a.key, to: who, subject: "Packing list and photos", direction: "inbound", senderIP: x.publicIP(), received: x.at(after - before),
			action: "delivered", location: "inbox", from: sender{"dispatch@spedition.example", "Dispatch", "spedition.example"}, attachments: 1,
			threats: []string{"Malware"}}
		a.evidence = append(a.evidence, m.evidence(r.malicious("active")), mailbox(r, who))
	} else {
		a.evidence = append(a.evidence, ip(r.suspicious("none"), x.publicIP(), nil))
	}
	in := x.incident(id-x.FirstID, name, a.severity, after)
	in.priority, in.alerts = 1+x.IntN(20), []alert{a}
	x.say(after, name, in)
}
