package link

import "net/url"

// SetUpFor is SetUp with a script chosen.
func SetUpFor(choice url.Values) string { return with(SetUp(), choice) }

// SetUpScript is the chosen script, as a file.
func SetUpScript(choice url.Values) string { return with("/connectors/setup/script", choice) }
