package story

import (
	"workbench"
)

// longText is the length from which a command line or path is folded to one line and opens on demand.
const longText = 44

func name(u workbench.Untrusted) Cell { return Cell{Kind: NameCell, Text: u} }
func text(u workbench.Untrusted) Cell { return Cell{Kind: TextCell, Text: u} }
func word(u workbench.Untrusted) Cell { return Cell{Kind: WordCell, Text: u} }
func code(u workbench.Untrusted) Cell {
	return Cell{Kind: CodeCell, Text: u, Long: len(u.Raw()) > longText}
}
func at(t workbench.Time) Cell { return Cell{Kind: TimeCell, Time: t} }

// address is shown defanged in e-mail stories, where it is what the attacker sent.
func address(u workbench.Untrusted, defang bool) Cell {
	if defang {
		return Cell{Kind: AddressCell, Text: u, Long: len(u.Raw()) > longText}
	}
	return code(u)
}

func num(n *int64) Cell {
	if n == nil {
		return Cell{Kind: NumberCell}
	}
	return Cell{Kind: NumberCell, Number: *n, Known: true, Text: workbench.Text(number(n))}
}

func bytesOf(n *int64) Cell {
	c := num(n)
	if n != nil {
		c.Text = workbench.Text(size(*n))
	}
	return c
}

func processRows(list []workbench.ProcessEvidence) kindRows {
	k := kindRows{key: Processes, label: "Processes", columns: []Column{{Key: "processName", Label: "Process Name"}, {Key: "processId", Label: "Process ID", Num: true},
		{Key: "commandLine", Label: "Process Command Line"}, {Key: "filePath", Label: "File Path"}, {Key: "startedAt", Label: "Started"}, {Key: "user", Label: "User"},
		{Key: "device", Label: "Device"}}}
	for i := range list {
		e := &list[i]
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{name(e.ProcessName), num(e.ProcessID), code(e.CommandLine), code(e.FilePath), at(e.StartedAt),
			text(e.User), text(e.Device)}})
	}
	return k
}

func fileRows(list []workbench.FileEvidence) kindRows {
	k := kindRows{key: Files, label: "Files", columns: []Column{{Key: "filePath", Label: "File Path"}, {Key: "fileName", Label: "File Name"},
		{Key: "fileSize", Label: "File Size", Num: true}, {Key: "sha256", Label: "SHA-256"}, {Key: "device", Label: "Device"}}}
	for i := range list {
		e := &list[i]
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{code(e.FilePath), name(e.FileName.Or(e.SHA256).Or(e.SHA1)), bytesOf(e.FileSize), code(e.SHA256), text(e.Device)}})
	}
	return k
}

func registryRows(list []workbench.RegistryEvidence) kindRows {
	k := kindRows{key: Registry, label: "Registry", columns: []Column{{Key: "key", Label: "Registry key Name"}, {Key: "name", Label: "Value Name"},
		{Key: "valueType", Label: "Registry Value Type"}, {Key: "value", Label: "Registry Value"}, {Key: "device", Label: "Device"}}}
	for i := range list {
		e := &list[i]
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{name(registryKey(e)), text(e.Name), text(e.ValueType), code(e.Value), text(e.Device)}})
	}
	return k
}

// registryKey is the hive and the key, which Microsoft keeps apart.
func registryKey(e *workbench.RegistryEvidence) workbench.Untrusted {
	if e.Hive.IsZero() || e.Key.IsZero() {
		return e.Key.Or(e.Hive)
	}
	return workbench.Text(e.Hive.Raw() + `\` + e.Key.Raw())
}

func networkRows(list []workbench.NetworkEvidence, defang bool) kindRows {
	k := kindRows{key: Network, label: "Network", columns: []Column{{Key: "destinationIp", Label: "Destination IP"}, {Key: "destinationPort", Label: "Destination Port", Num: true},
		{Key: "dns", Label: "DNS and HTTP data"}, {Key: "url", Label: "URL"}, {Key: "kind", Label: "Kind"}, {Key: "sourceIp", Label: "Source IP"},
		{Key: "sourcePort", Label: "Source Port", Num: true}, {Key: "protocol", Label: "Protocol"}, {Key: "country", Label: "Country"}, {Key: "device", Label: "Device"}}}
	for i := range list {
		e := &list[i]
		destination, url := address(e.DestinationIP, defang), address(e.URL, defang)
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{destination, num(e.DestinationPort), address(dnsAndHTTP(e), defang), url, name(networkKind(e)),
			address(e.SourceIP, defang), num(e.SourcePort), text(e.Protocol), text(e.Country), text(e.Device)}})
	}
	return k
}

func networkKind(e *workbench.NetworkEvidence) workbench.Untrusted {
	if label := map[string]string{"ip": "Address", "url": "URL", "dns": "DNS", "connection": "Connection"}[e.Kind]; label != "" {
		return workbench.Text(label)
	}
	return workbench.Text(e.Kind).Or(workbench.Text("Network"))
}

// dnsAndHTTP is the name that was asked for with its answers, and the method of a request.
func dnsAndHTTP(e *workbench.NetworkEvidence) workbench.Untrusted {
	out := e.DNSName.Raw()
	if answers := joined(e.DNSAnswers); !answers.IsZero() {
		out += " → " + answers.Raw()
	}
	if !e.HTTPMethod.IsZero() {
		if out != "" {
			out += " · "
		}
		out += e.HTTPMethod.Raw()
	}
	return workbench.Text(out)
}

func otherRows(list []workbench.OtherEvidence) kindRows {
	k := kindRows{key: Other, label: "Other", columns: []Column{{Key: "type", Label: "Type"}, {Key: "title", Label: "Name"}, {Key: "roles", Label: "Roles"}, {Key: "device", Label: "Device"}}}
	for i := range list {
		e := &list[i]
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{text(e.Type), name(e.Title.Or(e.Type)), text(joined(e.Roles)), text(e.Device)}})
	}
	return k
}
