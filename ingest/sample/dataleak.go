package sample

// dataLeak is a case of products whose evidence the workbench has no table for, with words that no published enumeration has.
func dataLeak(c clock) scenario {
	t := c.from(7*hour + 45*minute)
	f := fabrikam()
	who := person{tenant: f, account: "g.lindholm", name: "Gustav Lindholm"}
	r := noted(t.recorded(22 * minute))
	copied := alert{
		key: "leak/usb", product: dataLoss(), title: "Patient records copied to a removable drive", severity: "medium",
		status: "awaitingClassification", first: t.whole(0), last: t.whole(9 * minute), created: r.at, updated: r.at,
		description: "The policy Patient records found 412 numbers of insured persons in three files that were copied to a USB drive.",
		actions:     []string{"Ask the user's manager."}, categories: []string{"Exfiltration", "PolicyViolation"}, mitre: []string{"T1052.001"},
		policy: "patient records",
		additional: object{{"PolicyMatches", []object{{{"Rule", "Insured persons, high volume"}, {"Count", 412}, {"Confidence", 85.5}}}},
			{"Override", false}},
		evidence: []object{
			who.evidence(r.suspicious("none").as("policyViolator")),
			evidence("sensitiveDocumentEvidence", r.suspicious("awaitingReview"), object{
				{"documentId", guid("leak/document")}, {"documentName", "Discharge list Q2.xlsx"},
				{"sensitivityLabel", object{{"id", guid("leak/label")}, {"displayName", "Confidential – patient data"}, {"rank", 4}}},
				{"matchedTypes", []object{{{"name", "Insured person number"}, {"count", 412}, {"confidence", 85}},
					{{"name", "Diagnosis code"}, {"count", 97}, {"confidence", 75}}}}, {"sizeInBytes", int64(2306048)}, {"wasEncrypted", nil},
			}),
			evidence("removableMediaEvidence", r, object{{"serialNumber", "4C530001" + digits("usb", 8)}, {"vendor", "SanMemo"},
				{"capacityInBytes", int64(64023257088)}}),
		},
	}
	r = noted(t.recorded(40 * minute))
	leaving := alert{
		key: "leak/leaver", product: insiderRisk(), title: "Departing employee collects files", severity: "high", first: t.whole(-3 * day),
		last: t.whole(30 * minute), created: r.at, updated: r.at,
		description: "The account of a person who leaves on Friday has downloaded, renamed and copied files in an unusual order.",
		categories:  []string{"Exfiltration"}, investigation: "unknownFutureValue",
		evidence: []object{
			who.evidence(r.as("insider").suspicious("none")),
			evidence("insiderRiskSequenceEvidence", r.suspicious("none"),
				object{{"steps", []string{"download", "rename", "copyToRemovableMedia"}}, {"riskScore", 88}, {"window", "P3D"},
					{"peerComparison", object{{"group", "Clinical coding"}, {"percentile", 99.2}}}}),
		},
	}
	agent := alert{
		key: "leak/agent", product: product{"microsoftSecurityForAI", "microsoftDefenderForAIServices", "Microsoft Security for AI", "se", ""},
		title: "Assistant was asked to reveal records", severity: "probable", first: t.whole(28 * minute), last: t.whole(29 * minute), created: r.at,
		updated:     r.at,
		description: "An assistant received instructions hidden in a document and was about to list records.",
		categories:  []string{"PromptInjection"}, mitre: []string{"AML.T0051"},
		evidence: []object{evidence("aiAgentEvidence", r.suspicious("contained"),
			object{{"agentId", guid("leak/agent")}, {"agentName", "Coding assistant"}, {"hostingPlatformType", "copilotStudio"}, {"instructions", nil}})},
	}
	return scenario{first: []incident{{tenant: f, id: "1876", name: "Possible data leak by one user", severity: "high", status: "awaitingAction",
		created: copied.created, updated: leaving.updated, classification: "unknown", alerts: []alert{copied, leaving, agent}}}}
}
