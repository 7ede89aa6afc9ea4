package sample

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// shapeClock is the moment to which Large, Tree and Stream belong, so that they need no clock.
func shapeClock() clock { return newClock(time.Date(2026, 3, 11, 8, 0, 0, 0, time.UTC)) }

// Large returns a page of one endpoint incident with that many alerts and that many evidence items in each. The first item of an alert is
// the same device and the second the same user throughout; all others are different: processes in families of five, files, registry values
// and connections. The caller owns the bytes.
func Large(alerts, evidencePerAlert int) []byte {
	c := shapeClock()
	t := c.from(2 * day)
	d, who := shapeDevice(c)
	in := incident{tenant: contoso(), id: "9001", name: "Large incident", severity: "high", created: t.recorded(0), updated: t.recorded(0),
		priority: 90}
	for i := range alerts {
		at := float64(i) * minute / 2
		r := noted(t.recorded(at + 30))
		key := "large/" + strconv.Itoa(i)
		a := alert{
			key: key, product: endpoint(), title: "Suspicious activity of kind " + strconv.Itoa(i%23),
			severity: []string{"low", "medium", "high"}[i%3], first: t.at(at), last: t.at(at + 20), created: r.at, updated: r.at,
			description: "One of many alerts of a large incident.\nEach has evidence of its own.",
			actions:     []string{"Look at the evidence.", "Decide."}, categories: []string{"Execution"}, mitre: []string{"T10" + strconv.Itoa(10+i%80)},
		}
		var parent *process
		for k := range evidencePerAlert {
			a.evidence = append(a.evidence, largeItem(d, who, t, r, key, i, k, &parent))
		}
		in.alerts = append(in.alerts, a)
	}
	return page([]incident{in})
}

// largeItem is the k-th item of an alert of Large; parent is the process under which the next one runs.
func largeItem(d *device, who person, t timeline, r record, key string, i, k int, parent **process) object {
	name := key + "/" + strconv.Itoa(k)
	image := file{folder: `C:\ProgramData\App` + digits(name, 3), name: "tool" + digits(name, 5) + ".exe", size: int64(20000 + 37*k), content: name}
	switch {
	case k == 0:
		return d.evidence(r.suspicious("active").primary())
	case k == 1:
		return who.evidence(r.suspicious("active"))
	case k%10 < 5:
		p := &process{device: d, user: who, id: int64(1000 + 4*(i*500+k)), started: t.at(float64(i)*minute/2 + float64(k)), image: image,
			command: image.name + " /run " + digits(name, 12) + " --out " + image.folder, parent: *parent}
		*parent = p
		if k%10 == 4 {
			*parent = nil
		}
		return p.evidence(r.malicious("active"))
	case k%10 < 7:
		return image.on(*d, r.suspicious("active"), "detected")
	case k%10 == 7:
		return registryValue(r.suspicious("active"), *d, localMachine, `SOFTWARE\App`+digits(name, 6), "Value"+digits(name, 4), "String",
			image.folder)
	case k%10 == 8:
		return link(r.malicious("blocked"), "https://h"+digits(name, 6)+".example/p/"+digits(name, 9))
	}
	return connection(r.suspicious("active"), "10.20.4.17", 20000+k, "203.0.113."+strconv.Itoa(i%254+1), 1024+k, "tcp")
}

// shapeDevice is the device and the user of the shapes.
func shapeDevice(c clock) (*device, person) {
	who := person{tenant: contoso(), account: "load.test", name: "Load Test"}
	return &device{tenant: contoso(), host: "bench-ws-001", platform: "Windows11", version: "24H2", build: 26100, group: "Bench", risk: "high",
		localIP: "10.20.4.17", externalIP: "198.51.100.24", firstSeen: c.from(90 * day).at(0), loggedOn: []person{who}}, who
}

// Shape is how the processes of Tree hang together.
type Shape string

// The shapes of trees.
const (
	Chain  Shape = "chain"  // each process is the child of the one before
	Star   Shape = "star"   // the first process has started all others
	Random Shape = "random" // the parent of each process is any earlier one
)

// Tree returns a page of one endpoint incident whose single alert holds one device and that many processes of it. Their order in the
// alert is not that of the tree; the first process has no parent. A negative number counts as none. The caller owns the bytes.
func Tree(processes int, shape Shape) []byte {
	c := shapeClock()
	t := c.from(day)
	processes = max(processes, 0)
	d, who := shapeDevice(c)
	dice := rand.New(rand.NewPCG(uint64(processes), 7))
	r := noted(t.recorded(hour))
	all := make([]*process, processes)
	for i := range all {
		p := &process{device: d, user: who, id: int64(1000 + 4*i), started: t.at(0).Add(time.Duration(i) * 7 * time.Millisecond),
			image: system32("tool"+strconv.Itoa(i%40)+".exe", int64(10000+i%40)), command: "tool" + strconv.Itoa(i%40) + ".exe --step " + strconv.Itoa(i)}
		if i > 0 {
			switch shape {
			case Chain:
				p.parent = all[i-1]
			case Star:
				p.parent = all[0]
			default:
				p.parent = all[dice.IntN(i)]
			}
		}
		all[i] = p
	}
	items := []object{d.evidence(r.suspicious("active").primary())}
	for _, i := range dice.Perm(processes) {
		items = append(items, all[i].evidence(r.suspicious("active")))
	}
	a := alert{key: "tree/" + string(shape), product: endpoint(), title: "Many processes", severity: "medium", first: t.at(0),
		last: t.at(0).Add(time.Duration(processes) * 7 * time.Millisecond), created: r.at, updated: r.at, description: "An alert with many processes.",
		categories: []string{"Execution"}, mitre: []string{"T1059"}, evidence: items}
	return page([]incident{{tenant: contoso(), id: "9002", name: "Many processes on one endpoint", severity: "medium", created: r.at, updated: r.at,
		alerts: []alert{a}}})
}
