package entra

import "workbench"

// catalogue says what the numbers of Entra's errors (AADSTS…) mean for a connector. Microsoft says not to steer by them, and may change
// them: they choose the words that explain, and where one is unknown the error's own word and the status decide.
var catalogue = map[int]workbench.Reason{
	65001:   workbench.ReasonNotConsented,
	650051:  workbench.ReasonNotConsented, // the service principal could not be made yet
	65004:   workbench.ReasonDeclined,
	90094:   workbench.ReasonNotAdministrator,
	90095:   workbench.ReasonNotAdministrator,
	90093:   workbench.ReasonNotAdministrator, // signed in, and may not consent: an Application Administrator, too
	900941:  workbench.ReasonNotAdministrator, // a risky application, which only administrators may consent to
	50020:   workbench.ReasonWrongAccount,
	90072:   workbench.ReasonWrongAccount, // an account from outside that the tenant has no guest for
	51004:   workbench.ReasonWrongAccount,
	700005:  workbench.ReasonWrongTenant, // the code was given for another
	700016:  workbench.ReasonApplicationUnknown,
	7000112: workbench.ReasonApplicationDisabled,
	7000215: workbench.ReasonSecretWrong,
	7000222: workbench.ReasonSecretExpired,
	700027:  workbench.ReasonCertificateUnknown,
	700024:  workbench.ReasonClock,
	7000218: workbench.ReasonRequestRefused,
	50012:   workbench.ReasonRequestRefused,
	50013:   workbench.ReasonRequestRefused,
	70011:   workbench.ReasonRequestRefused,
	1002012: workbench.ReasonRequestRefused,
	900144:  workbench.ReasonRequestRefused,
	9002313: workbench.ReasonRequestRefused,
	90002:   workbench.ReasonTenantUnknown,
	900023:  workbench.ReasonTenantUnknown,
	90038:   workbench.ReasonWrongCloud,
	900382:  workbench.ReasonWrongCloud,
	900432:  workbench.ReasonWrongCloud, // the same words as 900382
	900439:  workbench.ReasonWrongCloud, // a government tenant at the public address
	50194:   workbench.ReasonSingleTenant,
	500011:  workbench.ReasonResourceMissing,
	650052:  workbench.ReasonResourceMissing,
	650056:  workbench.ReasonResourceMissing,
	650057:  workbench.ReasonResourceMissing,
	70008:   workbench.ReasonSignInExpired,
	700082:  workbench.ReasonSignInExpired,
	54005:   workbench.ReasonSignInExpired,
	501481:  workbench.ReasonSignInExpired,
	50011:   workbench.ReasonRedirectMismatch,
	50076:   workbench.ReasonConditionalAccess,
	50079:   workbench.ReasonConditionalAccess,
	53003:   workbench.ReasonConditionalAccess,
	530032:  workbench.ReasonConditionalAccess,
	50105:   workbench.ReasonConditionalAccess,
	90055:   workbench.ReasonThrottled,
	50196:   workbench.ReasonThrottled, // the same request over and over
	90033:   workbench.ReasonUnavailable,
	90006:   workbench.ReasonUnavailable,
	90024:   workbench.ReasonUnavailable,
}

// words say what the error codes of OAuth mean where no number says more.
var words = map[string]workbench.Reason{
	"access_denied":             workbench.ReasonDeclined,
	"permission_denied":         workbench.ReasonDeclined,
	"consent_required":          workbench.ReasonNotConsented,
	"interaction_required":      workbench.ReasonConditionalAccess,
	"login_required":            workbench.ReasonConditionalAccess,
	"unauthorized_client":       workbench.ReasonApplicationUnknown,
	"invalid_client":            workbench.ReasonCertificateUnknown,
	"invalid_grant":             workbench.ReasonSignInExpired,
	"invalid_resource":          workbench.ReasonResourceMissing,
	"invalid_tenant":            workbench.ReasonTenantUnknown,
	"invalid_scope":             workbench.ReasonRequestRefused,
	"invalid_request":           workbench.ReasonRequestRefused,
	"unsupported_grant_type":    workbench.ReasonRequestRefused,
	"unsupported_response_type": workbench.ReasonRequestRefused,
	"temporarily_unavailable":   workbench.ReasonUnavailable,
	"server_error":              workbench.ReasonUnavailable,
}

// reason is what an error of Entra means. status is 0 in a callback; word is the error code of OAuth.
func reason(status int, word string, numbers []int) workbench.Reason {
	if status == 429 {
		return workbench.ReasonThrottled
	}
	for _, n := range numbers {
		if r, ok := catalogue[n]; ok {
			return r
		}
	}
	if r, ok := words[word]; ok {
		return r
	}
	switch {
	case status >= 500:
		return workbench.ReasonUnavailable
	case word == "" && len(numbers) == 0:
		return workbench.ReasonUnreadable
	}
	return workbench.ReasonRequestRefused
}
