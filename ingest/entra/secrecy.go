package entra

import (
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"
)

// errSecret is why what holds a secret is not written as JSON.
var errSecret = errors.New("holds a secret and is not written")

// jwt finds signed tokens: access tokens, assertions, proofs.
var jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*)*`)

// without takes out what was sent in confidence, should an answer repeat it.
func without(text string, secrets []string) string {
	for _, s := range secrets {
		if len(s) >= 4 {
			text = strings.NewReplacer(s, "[removed]", url.QueryEscape(s), "[removed]").Replace(text)
		}
	}
	return jwt.ReplaceAllString(text, "[removed]")
}

func hide(w io.Writer, what string) { io.WriteString(w, "entra."+what+" (hidden)") }
