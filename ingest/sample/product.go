package sample

// product is a Defender product as alerts name it.
type product struct {
	source  string // serviceSource
	engine  string // detectionSource where the alert names none
	name    string
	prefix  string // of alert ids
	provide string // what follows the invented GUID in alert ids
}

func endpoint() product {
	return product{"microsoftDefenderForEndpoint", "microsoftDefenderForEndpoint", "Microsoft Defender for Endpoint", "da", "_1"}
}

func office365() product {
	return product{"microsoftDefenderForOffice365", "microsoftDefenderForOffice365", "Microsoft Defender for Office 365", "fa", ""}
}

func identity() product {
	return product{"microsoftDefenderForIdentity", "microsoftDefenderForIdentity", "Microsoft Defender for Identity", "aa", ""}
}

func cloudApps() product {
	return product{"microsoftDefenderForCloudApps", "cloudAppSecurity", "Microsoft Defender for Cloud Apps", "ca", ""}
}

func xdr() product {
	return product{"microsoft365Defender", "microsoft365Defender", "Microsoft Defender XDR", "ra", ""}
}

func entraID() product {
	return product{"azureAdIdentityProtection", "azureAdIdentityProtection", "Microsoft Entra ID Protection", "ad", ""}
}

func appGovernance() product {
	return product{"microsoftAppGovernance", "appGovernanceDetection", "Microsoft App Governance", "ma", ""}
}

func dataLoss() product {
	return product{"dataLossPrevention", "microsoftDataLossPrevention", "Microsoft Purview Data Loss Prevention", "dl", ""}
}

func insiderRisk() product {
	return product{"microsoftInsiderRiskManagement", "microsoftInsiderRiskManagement", "Microsoft Purview Insider Risk Management", "ir", ""}
}

func defenderForCloud() product {
	return product{"microsoftDefenderForCloud", "microsoftDefenderForContainers", "Microsoft Defender for Cloud", "dc", ""}
}

func sentinel() product {
	return product{"microsoftSentinel", "scheduledAlerts", "Microsoft Sentinel", "sn", ""}
}
