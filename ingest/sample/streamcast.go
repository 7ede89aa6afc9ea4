package sample

import "strconv"

// streamCast is who and what takes part in one incident of a stream.
type streamCast struct {
	dice
	t       timeline
	linux   bool
	devices []*device
	people  []person
	running []*process // so far, on any of the devices
	images  []file     // that processes are started from, over and over
	seed    uint64     // of the whole stream
}

// newStreamCast invents one to three devices and one to four people.
func newStreamCast(d dice, seed uint64, owner tenant, t timeline) *streamCast {
	x := &streamCast{dice: d, t: t, linux: d.chance(15), seed: seed}
	for range 6 + d.IntN(6) {
		x.images = append(x.images, d.file(x.linux))
	}
	for range 1 + d.IntN(4) {
		first, last := d.word(2), d.word(2)
		x.people = append(x.people, person{tenant: owner, account: first + "." + last, name: first + " " + last})
	}
	for range 1 + d.IntN(3) {
		v := &device{
			tenant: owner, host: d.word(2) + "-" + d.number(10000), platform: pick(d, "Windows11", "Windows10", "WindowsServer2022"),
			version: pick(d, "24H2", "23H2", "22H2"), build: 19045 + d.IntN(7000), group: d.word(2), risk: pick(d, "none", "low", "medium", "high"),
			localIP: "10." + d.number(256) + "." + d.number(256) + "." + d.number(256), externalIP: d.publicIP(),
			firstSeen: t.at(-d.Float64() * 300 * day), loggedOn: x.people[:1+d.IntN(len(x.people))],
		}
		if x.linux {
			v.platform, v.version = "Linux", d.number(30)
		}
		x.devices = append(x.devices, v)
	}
	return x
}

// alert invents an alert of one of the detectors of the stream.
func (x *streamCast) alert(key string, after float64) alert {
	r := noted(x.t.recorded(after + 4*minute))
	a := detector(x.seed, x.Uint64N(streamDetectors))
	a.key, a.created, a.updated, a.first, a.last = key, r.at, r.at, x.t.at(after), x.t.at(after+3*minute)
	if a.status = pick(x.dice, "new", "new", "inProgress", "resolved"); a.status == "resolved" {
		a = a.resolve(r.at, "Automation", "benign")
	}
	a.evidence = x.found(a, r, after)
	return a
}

// found is the evidence of an alert, as its product finds it.
func (x *streamCast) found(a alert, r record, after float64) []object {
	if a.product == office365() {
		return x.mail(a.key, r, after)
	}
	return x.device(r, after)
}

// streamDetectors is how many different detectors raise the alerts of a stream.
const streamDetectors = 300

// detector is what all alerts of one detector say alike.
func detector(seed, number uint64) alert {
	d := roll(seed, 1<<63|number)
	return alert{
		product: pick(d, endpoint(), endpoint(), endpoint(), office365(), identity(), cloudApps(), xdr()), title: d.sentence(4 + d.IntN(5)),
		severity: pick(d, "informational", "low", "medium", "high"), description: d.sentence(12+d.IntN(25)) + "\n" + d.sentence(10+d.IntN(20)),
		actions:    []string{d.sentence(9), d.sentence(11), d.sentence(8)},
		categories: []string{pick(d, "Execution", "Persistence", "Discovery", "InitialAccess", "Exfiltration", "LateralMovement")},
		mitre:      []string{"T1" + strconv.Itoa(100+d.IntN(550))},
	}
}

// judge gives a record one of the usual verdicts.
func (x *streamCast) judge(r record) record {
	return pick(x.dice, r, r.clean(), r.suspicious("active"), r.malicious("active"), r.malicious("remediated"), r.malicious("prevented"))
}

// mail is the evidence of an alert about one message to several people.
func (x *streamCast) mail(key string, r record, after float64) []object {
	m := mail{
		key: key, subject: x.sentence(3 + x.IntN(8)), direction: "inbound", senderIP: x.publicIP(), received: x.t.whole(after),
		language: pick(x.dice, "en", "de", "fr", ""), action: "delivered", location: pick(x.dice, "inbox", "junkFolder", "quarantine"),
		threats: []string{pick(x.dice, "Phish", "Malware", "Spam")}, attachments: x.IntN(3),
	}
	host := x.host()
	m.from = sender{x.word(2) + "@" + host, x.word(2) + " " + x.word(2), host}
	m.envelope = sender{"bounce-" + x.hex(5) + "@" + host, "", host}
	for range x.IntN(4) {
		m.urls = append(m.urls, x.url())
	}
	var out []object
	var copies []mail
	for _, p := range x.people {
		copies = append(copies, m.copyTo(p))
		out = append(out, m.copyTo(p).evidence(x.judge(r)), mailbox(r, p))
	}
	for _, u := range m.urls {
		out = append(out, link(x.judge(r), u))
	}
	return append(out, cluster(x.judge(r), m, copies), ip(x.judge(r), m.senderIP, nil))
}

// device is the evidence of an alert about one of the devices.
func (x *streamCast) device(r record, after float64) []object {
	d, who := pick(x.dice, x.devices...), pick(x.dice, x.people...)
	out := []object{d.evidence(r.suspicious("active").primary()), who.evidence(x.judge(r))}
	for k := range 1 + x.IntN(7) {
		out = append(out, x.process(d, who, after+float64(k)).evidence(x.judge(r)))
	}
	for range x.IntN(5) {
		switch x.IntN(6) {
		case 0:
			out = append(out, ip(x.judge(r), x.publicIP(), nil))
		case 1:
			out = append(out, link(x.judge(r), x.url()))
		case 2:
			out = append(out, connection(x.judge(r), d.localIP, 1024+x.IntN(60000), x.publicIP(), pick(x.dice, 80, 443, 445, 8443), "tcp"))
		case 3:
			out = append(out, registryValue(x.judge(r), *d, pick(x.dice, currentUser, localMachine), `SOFTWARE\`+x.word(2)+`\`+x.word(2), x.word(2),
				"String", x.word(3)+" "+x.hex(8)))
		case 4:
			out = append(out, dns(x.judge(r), x.host(), "", x.publicIP()))
		default:
			out = append(out, x.file(x.linux).on(*d, x.judge(r), "detected"))
		}
	}
	return out
}

// process starts a process on a device, mostly as the child of one that runs there.
func (x *streamCast) process(d *device, who person, after float64) *process {
	f := pick(x.dice, x.images...)
	p := &process{device: d, user: who, id: 100 + x.Int64N(60000), started: x.t.at(after), image: f, command: x.command(f)}
	if n := len(x.running); n > 0 && x.chance(70) {
		if parent := x.running[x.IntN(n)]; parent.device == d && parent.started.Before(p.started) {
			p.parent = parent
		}
	}
	if p.parent == nil && x.chance(80) {
		p.parent = &process{device: d, user: who, id: 100 + x.Int64N(60000), started: p.started.Add(-seconds(1 + float64(x.IntN(9000)))),
			image: pick(x.dice, x.images...)}
	}
	x.running = append(x.running, p)
	return p
}
