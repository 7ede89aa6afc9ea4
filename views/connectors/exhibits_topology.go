package connectors

// choices are what a workbench offers that is set up for two clouds and knows two shared apps.
func choices() Choices {
	return Choices{
		Clouds: []CloudChoice{{Name: "global", Label: "Microsoft 365 Global and GCC"}, {Name: "usgov", Label: "GCC High"}, {Name: "china", Label: "China", Why: "There is nothing to connect to."}},
		Shared: []SharedChoice{{ID: "s1", Name: "Contoso SOC", Cloud: "Microsoft 365 Global and GCC"}, {ID: "s2", Name: `"><script>alert(1)</script>`, Cloud: "GCC High"}},
	}
}
