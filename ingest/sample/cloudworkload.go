package sample

// withoutAlerts is an incident of which an export holds no alert: they were removed, or the caller may not see them.
func withoutAlerts(c clock) scenario {
	t := c.from(15 * hour)
	return scenario{first: []incident{{
		tenant: fabrikam(), id: "1866", name: "Activity from infrequent country involving one user", severity: "medium", created: t.recorded(0),
		updated: t.recorded(20 * minute), priority: 29,
		description: "Alerts of this incident belong to a scope that the exporting account cannot read.",
	}}}
}

// cloudWorkload is a container that was taken over, with evidence of almost every cloud type.
func cloudWorkload(c clock) scenario {
	t := c.from(3 * hour)
	n := northwind()
	group := "/resourceGroups/tracking"
	cluster := object{{"cloudResource", nestedResource(t, n, group+"/providers/Microsoft.ContainerService/managedClusters/aks-track", "aks-track",
		"Kubernetes")}, {"distribution", "aks"}, {"name", "aks-track"}, {"platform", "aks"}, {"version", "1.31"}}
	r := noted(t.recorded(12 * minute))
	image := object{{"digestImage", nil}, {"imageId", "registry.northwind.example/track/api@sha256:" + inventSHA256("image")},
		{"registry", r.members(object{{"registry", "registry.northwind.example"}})}}
	space := object{{"cluster", r.members(cluster)}, {"labels", object{{"team", "tracking"}}}, {"name", "prod"}}
	a := alert{
		key: "cloud/container", product: defenderForCloud(), title: "Process from outside the image runs in a container", severity: "high",
		first: t.whole(0), last: t.whole(8 * minute), created: r.at, updated: r.at,
		description: "A program that is not part of the image was started in a container and asked for the token of its service account.",
		actions:     []string{"Stop the pod and keep its disk.", "Rotate the secrets that the pod could read."},
		categories:  []string{"Execution", "CredentialAccess"}, mitre: []string{"T1610", "T1552.007"},
		evidence: []object{
			azureResource(r.suspicious("active"), n, group+"/providers/Microsoft.ContainerService/managedClusters/aks-track", "aks-track",
				"Kubernetes Service"),
			evidence("kubernetesClusterEvidence", r.suspicious("active"), cluster), evidence("kubernetesNamespaceEvidence", r, space),
			evidence("kubernetesPodEvidence", r.suspicious("active").as("compromised"),
				object{{"containers", []object{}}, {"controller", nil}, {"ephemeralContainers", []object{}}, {"initContainers", []object{}},
					{"labels", object{{"app", "track-api"}}}, {"name", "track-api-6f7c9d-xk2p4"}, {"namespace", r.members(space)},
					{"podIp", within(r, "10.244.3.17")}, {"serviceAccount", nil}}),
			evidence("kubernetesControllerEvidence", r, object{{"labels", object{}}, {"name", "track-api"}, {"namespace", r.members(space)},
				{"type", "Deployment"}}),
			evidence("kubernetesServiceEvidence", r, object{{"clusterIP", within(r, "10.0.44.9")}, {"externalIPs", []object{}}, {"labels", object{}},
				{"name", "track-api"}, {"namespace", r.members(space)}, {"selector", object{}},
				{"servicePorts", []object{{{"appProtocol", nil}, {"name", "https"}, {"nodePort", 30443}, {"port", 443}, {"protocol", "tcp"},
					{"targetPort", "8443"}}}}, {"serviceType", "loadBalancer"}}),
			evidence("kubernetesServiceAccountEvidence", r.suspicious("active"), object{{"name", "track-api"}, {"namespace", r.members(space)}}),
			evidence("kubernetesSecretEvidence", r.as("scanned"),
				object{{"name", "db-credentials"}, {"namespace", r.members(space)}, {"secretType", "Opaque"}}),
			evidence("containerEvidence", r.malicious("active"),
				object{{"args", []string{"--serve"}}, {"command", []string{"/app/track"}}, {"containerId", inventSHA256("container")[:12]},
					{"image", r.members(image)}, {"isPrivileged", true}, {"name", "api"}, {"pod", nil}}),
			evidence("containerImageEvidence", r, image), evidence("containerRegistryEvidence", r,
				object{{"registry", "registry.northwind.example"}}),
		},
	}
	r = noted(t.recorded(50 * minute))
	store := azureResource(r, n, group+"/providers/Microsoft.Storage/storageAccounts/nwtrack", "nwtrack", "Storage account")[1:]
	box := object{{"name", "exports"}, {"storageResource", store}, {"url", "https://nwtrack.storage.example/exports"}}
	b := alert{
		key: "cloud/storage", product: defenderForCloud(), engine: "microsoftDefenderForStorage",
		title: "Unusual amount of data read from a storage account", severity: "medium", first: t.whole(35 * minute), last: t.whole(47 * minute),
		created: r.at, updated: r.at,
		description: "A shared access signature from the taken-over pod was used from an unknown address to read a whole container.",
		actions:     []string{"Rotate the keys of the storage account."}, categories: []string{"Exfiltration"}, mitre: []string{"T1530"},
		evidence: []object{
			evidence("blobContainerEvidence", r.suspicious("active"), box),
			evidence("blobEvidence", r.suspicious("active"),
				object{{"blobContainer", r.members(box)}, {"etag", "0x8DC" + digits("etag", 12)},
					{"fileHashes", []object{r.members(object{{"algorithm", "md5"}, {"value", inventSHA1("blob")[:32]}})}}, {"name", "shipments-2026.parquet"},
					{"url", "https://nwtrack.storage.example/exports/shipments-2026.parquet"}}),
			evidence("sasTokenEvidence", r.suspicious("active"),
				object{{"allowedIpAddresses", ""}, {"allowedResourceTypes", []string{"container", "object"}}, {"allowedServices", []string{"blob"}},
					{"expiryDateTime", t.whole(55 * minute)}, {"permissions", []string{"read", "list"}}, {"protocol", "https"},
					{"signatureHash", inventSHA256("sas")}, {"signedWith", "key1"}, {"startDateTime", t.whole(-day)}, {"storageResource", store}}),
			ip(r.suspicious("active").as("attacker"), "203.0.113.201", &place{"BR", "Brazil", "Bahia", "Salvador", -12.97, -38.5}),
			servicePrincipal(r.suspicious("active"), n, "track-deploy (sample)"),
			evidence("amazonResourceEvidence", r, object{{"amazonAccountId", digits("aws", 12)},
				{"amazonResourceId", "arn:aws:s3:::nw-mirror-sample"}, {"resourceName", "nw-mirror-sample"}, {"resourceType", "S3 bucket"}}),
			evidence("googleCloudResourceEvidence", r, object{{"fullResourceName", "//storage.googleapis.com/projects/_/buckets/nw-mirror-sample"},
				{"location", "europe-west1"}, {"locationType", "regional"}, {"projectId", "nw-sample"}, {"projectNumber", int64(100200300400)},
				{"resourceName", "nw-mirror-sample"}, {"resourceType", "bucket"}}),
			evidence("gitHubRepoEvidence", r, object{{"baseUrl", "https://git.northwind.example"}, {"login", "northwind-sample"},
				{"owner", "northwind-sample"}, {"ownerType", "Organization"}, {"repoId", digits("repo", 8)}}),
			evidence("gitHubOrganizationEvidence", r, object{{"company", "Northwind Logistics"}, {"displayName", "Northwind"},
				{"email", "dev@northwind.example"}, {"login", "northwind-sample"}, {"orgId", digits("org", 8)},
				{"webUrl", "https://git.northwind.example/northwind-sample"}}),
			evidence("gitHubUserEvidence", r, object{{"email", "dev@northwind.example"}, {"login", "nw-deploy"}, {"name", "Deploy"},
				{"userId", digits("git-user", 8)}, {"webUrl", "https://git.northwind.example/nw-deploy"}}),
		},
	}
	return scenario{first: []incident{{tenant: n, id: "7519", name: "Multi-stage incident involving Execution & Exfiltration in the cloud",
		severity: "high", created: a.created, updated: b.updated, priority: 71, alerts: []alert{a, b}}}}
}

// nestedResource is a resource of Azure inside other evidence.
func nestedResource(t timeline, n tenant, path, name, kind string) object {
	return azureResource(noted(t.recorded(12*minute)), n, path, name, kind)
}
