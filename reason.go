package workbench

// Reason says why a connector does not get what it asks for. It is the same word on pages, in JSON and in logs. Which answer of Microsoft
// means which reason stands in the packages that speak with it.
type Reason string

// The reasons.
const (
	ReasonNotConsented        Reason = "notConsented"        // nobody consented yet, or Microsoft does not know it yet
	ReasonDeclined            Reason = "declined"            // the person at Microsoft pressed Cancel
	ReasonNotAdministrator    Reason = "notAdministrator"    // the account may not consent
	ReasonWrongAccount        Reason = "wrongAccount"        // the account belongs to another directory
	ReasonWrongTenant         Reason = "wrongTenant"         // the signed answer names another tenant than the connector
	ReasonApplicationUnknown  Reason = "applicationUnknown"  // AADSTS700016
	ReasonApplicationDisabled Reason = "applicationDisabled" // AADSTS7000112
	ReasonApplicationMissing  Reason = "applicationMissing"  // of a child: just made and not known everywhere yet, or deleted
	ReasonApplicationRefused  Reason = "applicationRefused"  // Graph refuses to make, read or delete it, for a reason that no other names
	ReasonOwnershipMissing    Reason = "ownershipMissing"    // the token lacks Application.ReadWrite.OwnedBy
	ReasonNotOwner            Reason = "notOwner"            // 403 with that permission present
	ReasonSingleTenant        Reason = "singleTenant"        // AADSTS50194
	ReasonRolesMissing        Reason = "rolesMissing"        // the token lacks the application permissions
	ReasonNotProvisioned      Reason = "notProvisioned"      // 403 with the roles present
	ReasonCertificateUnknown  Reason = "certificateUnknown"  // AADSTS700027
	ReasonCertificateExpired  Reason = "certificateExpired"
	ReasonSecretWrong         Reason = "secretWrong"
	ReasonSecretExpired       Reason = "secretExpired"
	ReasonKeyPolicy           Reason = "keyPolicy"      // the tenant's policy refuses the new certificate
	ReasonRenewalRefused      Reason = "renewalRefused" // addKey was refused for another reason
	ReasonUnsealable          Reason = "unsealable"     // the key file does not open the stored credential
	ReasonClock               Reason = "clock"          // AADSTS700024
	ReasonTenantUnknown       Reason = "tenantUnknown"
	ReasonWrongCloud          Reason = "wrongCloud"
	ReasonResourceMissing     Reason = "resourceMissing"
	ReasonConditionalAccess   Reason = "conditionalAccess"
	ReasonSignInExpired       Reason = "signInExpired"
	ReasonRedirectMismatch    Reason = "redirectMismatch"
	ReasonRequestRefused      Reason = "requestRefused" // Microsoft calls our request malformed
	ReasonThrottled           Reason = "throttled"
	ReasonUnavailable         Reason = "unavailable"  // 5xx
	ReasonUnreachable         Reason = "unreachable"  // no connection, name or TLS
	ReasonUnreadable          Reason = "unreadable"   // the answer is cut, no JSON, or not from Microsoft
	ReasonTokenRefused        Reason = "tokenRefused" // Graph says 401 to a fresh token
	ReasonParent              Reason = "parent"       // the parent connector is not connected
	ReasonInternal            Reason = "internal"
)

// Consent reports whether consent, given or about to be seen by Microsoft, mends it.
func (r Reason) Consent() bool {
	switch r {
	case ReasonNotConsented, ReasonDeclined, ReasonNotAdministrator, ReasonApplicationUnknown, ReasonRolesMissing, ReasonCertificateUnknown, ReasonOwnershipMissing:
		return true
	}
	return false
}

// Passing reports whether it may pass without anybody doing anything.
func (r Reason) Passing() bool {
	switch r {
	case ReasonThrottled, ReasonUnavailable, ReasonUnreachable, ReasonUnreadable, ReasonTokenRefused, ReasonInternal, ReasonParent, ReasonApplicationMissing:
		return true
	}
	return false
}

// Explain says in plain sentences what happened and what to do.
func (r Reason) Explain() (what, mend string) {
	e := explanations[r]
	return e[0], e[1]
}

var explanations = map[Reason][2]string{
	ReasonNotConsented:        {"Permissions have not been granted yet to let the workbench read this tenant.", "Press Authorize and accept at Microsoft. Consent that was just given can take Microsoft some minutes; this page looks again by itself."},
	ReasonDeclined:            {"The person at Microsoft pressed Cancel, so nothing was granted.", "Press Authorize again and accept the permissions."},
	ReasonNotAdministrator:    {"The account that signed in may not grant these permissions.", "Ask a Global Administrator or Privileged Role Administrator of the tenant to authorize. An Application Administrator is not enough."},
	ReasonWrongAccount:        {"The account that signed in does not belong to this tenant.", "Press Authorize again and choose an account of the tenant that this connector names."},
	ReasonWrongTenant:         {"Microsoft's signed answer names another tenant than this connector.", "Press Authorize again and choose an account of the right tenant, or, if the connector names the wrong tenant, delete it and add the right one. Nothing was read yet, so nothing is lost."},
	ReasonApplicationUnknown:  {"Microsoft does not know this application in the tenant: it was never consented to, or the enterprise application was deleted.", "Check the application (client) id and the tenant, then press Authorize. An app that several tenants share must be open to accounts in any organizational directory."},
	ReasonApplicationDisabled: {"The application is disabled in the tenant.", "In Entra, under Enterprise applications, Properties, set Enabled for users to sign-in to Yes. The workbench looks again by itself."},
	ReasonApplicationMissing:  {"Microsoft does not find the application of this connector: it was just made and is not known everywhere yet, or it was deleted in the tenant.", "Nothing has to be done at first: Microsoft can take some minutes, and the workbench tries again. If it stays, look in Entra under App registrations, Deleted applications, or delete this connector and add it again."},
	ReasonApplicationRefused:  {"Microsoft refused what the workbench asked for the application of this connector.", "Read Microsoft's words below and mend what they name in Entra. If they name nothing, report the id below to Microsoft."},
	ReasonOwnershipMissing:    {"The tenant's app may not create and manage applications: the permission Application.ReadWrite.OwnedBy is not granted to it.", "Add Application.ReadWrite.OwnedBy as an application permission to the app registration of the Microsoft 365 connector, then press Authorize there."},
	ReasonNotOwner:            {"The tenant's app may manage applications, but Microsoft does not let it make or change this one, which it may not own.", "In Entra, make the tenant's app an owner of this application again, or delete this connector and add it again: it then gets an application of its own."},
	ReasonSingleTenant:        {"The application is registered for its home tenant alone, so that no other tenant can use it.", "In Entra, under App registrations, Authentication, set Supported account types to Accounts in any organizational directory, or give this tenant its own app."},
	ReasonRolesMissing:        {"Microsoft signs the workbench in, but the permissions SecurityIncident.Read.All and SecurityAlert.Read.All are not granted.", "Press Authorize, or grant admin consent in Entra under API permissions. The workbench looks again by itself."},
	ReasonNotProvisioned:      {"This tenant is not set up for Defender; consent is in order.", "Check in the Microsoft Defender portal that the tenant has the licence and that the product is switched on. Nothing has to be authorized again."},
	ReasonCertificateUnknown:  {"Microsoft does not know the certificate that the workbench signs in with.", "Download the certificate here and upload it to the app registration, under Certificates & secrets. A certificate that was just uploaded can take some minutes."},
	ReasonCertificateExpired:  {"The certificate that the workbench signs in with has expired.", "Download the new certificate here and upload it to the app registration, under Certificates & secrets. Authorizing again would not help."},
	ReasonSecretWrong:         {"Microsoft refuses the client secret.", "Make a new client secret in the app registration and enter its value here, not its id. Better, use the workbench's certificate."},
	ReasonSecretExpired:       {"The client secret has expired.", "Make a new client secret in the app registration and enter it here. Better, use the workbench's certificate, which renews itself."},
	ReasonKeyPolicy:           {"A policy of the tenant refuses the certificate that the workbench made.", "Bring a certificate that the policy allows, such as one of the tenant's own authority or a shorter one, or have the policy changed in Entra under Application policies."},
	ReasonRenewalRefused:      {"Microsoft refused to add the new certificate to the app registration.", "Check the object id of the app registration, or download the new certificate here and upload it by hand."},
	ReasonUnsealable:          {"The stored credential can't be opened with this installation's key.", "Start the workbench with the key file that the store was used with, or make a new certificate here and upload it."},
	ReasonClock:               {"Microsoft refuses the sign-in because this machine's clock is wrong.", "Set the clock, best with NTP. The workbench looks again by itself."},
	ReasonTenantUnknown:       {"Microsoft knows no tenant of this id or domain.", "Enter the id or a domain of the tenant as Entra shows it. A tenant that was deleted has no connector any more."},
	ReasonWrongCloud:          {"The tenant belongs to another Microsoft cloud than the one that was asked.", "Choose the tenant's cloud for the connector. Where it is not offered, start the workbench with it among its --cloud."},
	ReasonResourceMissing:     {"The app registration does not ask for the Microsoft Graph permissions that the workbench needs.", "Add SecurityIncident.Read.All and SecurityAlert.Read.All as application permissions to the app registration, then press Authorize."},
	ReasonConditionalAccess:   {"A Conditional Access policy, multi-factor authentication or a missing assignment stopped the sign-in.", "Sign in as the policy demands, or have the application excluded, then press Authorize again."},
	ReasonSignInExpired:       {"The sign-in took too long or was used twice.", "Press Authorize again."},
	ReasonRedirectMismatch:    {"The app registration does not have this workbench's redirect address.", "Copy the redirect address from the setup page to the app registration, under Authentication, as a Web redirect."},
	ReasonRequestRefused:      {"Microsoft calls the workbench's request malformed.", "Check the application id. If it is right, this is a fault of the workbench: please report it with the id below."},
	ReasonThrottled:           {"Microsoft asks the workbench to slow down.", "Nothing has to be done. It goes on when Microsoft allows it, and nothing is lost."},
	ReasonUnavailable:         {"Microsoft's service answers with an error.", "Nothing has to be done. The workbench tries again, and nothing is lost."},
	ReasonUnreachable:         {"Microsoft can't be reached from this machine.", "Check the network, the proxy (HTTPS_PROXY) and, where a proxy opens TLS, --ca-file. The command doctor tells more."},
	ReasonUnreadable:          {"The answer is cut, or is not what Microsoft answers.", "The workbench tries again. If it stays, look for a proxy that changes answers."},
	ReasonTokenRefused:        {"Microsoft Graph refuses a token that Microsoft Entra has just given.", "The workbench tries again. If it stays, press Test and report the id below to Microsoft."},
	ReasonParent:              {"The Microsoft 365 connector above is not connected.", "Mend that connector; this one goes on by itself."},
	ReasonInternal:            {"The workbench itself failed.", "Look into its log. It tries again by itself."},
}
