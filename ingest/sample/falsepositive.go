package sample

// falsePositive is the company's own script, taken for an attack and closed by an analyst.
func falsePositive(c clock) scenario {
	t := c.from(26 * hour)
	n := northwind()
	svc := person{tenant: n, account: "svc-inventory", name: "Inventory service"}
	pc := &device{tenant: n, host: "NW-INV-01", platform: "WindowsServer2019", version: "1809", build: 17763, group: "Servers",
		localIP: "172.16.2.11", externalIP: "198.51.100.90", firstSeen: c.from(900 * day).at(0)}
	agent := &process{device: pc, user: svc, id: 2216, started: t.at(-3 * day),
		image: file{folder: `C:\Program Files\Northwind\Inventory`, name: "InvAgent.exe", size: 5242880, publisher: "Northwind Logistics"}}
	run := agent.child(3904, t.at(0), microsoft(`C:\Windows\System32\WindowsPowerShell\v1.0`, "powershell.exe", 454656),
		`powershell.exe -ExecutionPolicy Bypass -File "C:\Program Files\Northwind\Inventory\Collect.ps1" -AllHosts`)
	r := noted(t.recorded(15 * minute))
	a := alert{
		key: "false/inventory", product: endpoint(), title: "Script queries many devices in a short time", severity: "medium", first: run.started,
		last: t.at(4 * minute), created: r.at, updated: r.at, description: "A script asked 214 devices for their software within four minutes.",
		actions: []string{"Check whether the script is known."}, categories: []string{"Discovery"}, mitre: []string{"T1018", "T1518"},
		classification: "falsePositive", determination: "lineOfBusinessApplication",
		comments: []comment{{"Runs every Tuesday, see change 4471.", "olena.kovalenko@northwind.example", t.recorded(50 * minute)}},
		evidence: []object{pc.evidence(r.clean().primary()), svc.evidence(r.clean()), run.evidence(r.clean())},
	}
	a = a.resolve(t.recorded(52*minute), "olena.kovalenko@northwind.example", "benign")
	return scenario{first: []incident{{
		tenant: n, id: "7388", name: "Discovery incident on one endpoint", severity: "medium", status: "resolved", created: r.at,
		updated: t.recorded(52 * minute), priority: 18, assignedTo: "olena.kovalenko@northwind.example",
		classification: "falsePositive", determination: "lineOfBusinessApplication", modifiedBy: "API-App:olena.kovalenko@northwind.example",
		resolvingComment: "Our own inventory script.", tags: []string{"tuning"},
		comments: []comment{{"Checked with the server team: this is the weekly inventory.", "olena.kovalenko@northwind.example",
			t.recorded(49 * minute)}, {"Suppression rule requested.", "olena.kovalenko@northwind.example", t.recorded(52 * minute)}},
		alerts: []alert{a},
	}}}
}
