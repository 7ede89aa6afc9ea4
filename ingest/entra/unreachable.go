package entra

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"

	"workbench"
)

// unreachable says why there was no answer. The host is one of the cloud's.
func unreachable(r *http.Request, err error) error {
	var fault *workbench.Fault
	if errors.As(err, &fault) || errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return err
	}
	return &workbench.Fault{Reason: workbench.ReasonUnreachable, Detail: workbench.Text(sentence(r.URL.Hostname(), err)), Err: quiet{err}}
}

func sentence(host string, err error) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		dns       *net.DNSError
		network   net.Error
	)
	switch {
	case errors.As(err, &authority):
		return "The certificate of " + host + " is signed by an authority that this machine does not trust. Where a proxy opens TLS, give its CA with --ca-file."
	case errors.As(err, &name):
		return "What answers for " + host + " shows a certificate for another name."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The certificate of " + host + ", or of its CA, has expired or is not valid yet. Check this machine's clock."
	case errors.As(err, &invalid):
		return "The certificate of " + host + " is not valid."
	case errors.As(err, &record):
		return "What answers for " + host + " does not speak TLS."
	case errors.As(err, &dns):
		return "The name " + host + " can't be resolved."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "The connection to " + host + " is refused."
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "There was no answer of " + host + " in time."
	case strings.Contains(err.Error(), "proxyconnect"):
		return "The proxy does not let this machine through to " + host + "."
	case strings.Contains(err.Error(), "tls: "):
		return "No secure connection to " + host + " could be agreed on: it takes TLS 1.2 or newer."
	}
	return "The connection to " + host + " broke or could not be made."
}

// quiet is an error whose text is short and safe to log, whatever a peer put into it.
type quiet struct{ cause error }

// Error returns the text on one line, cut.
func (q quiet) Error() string { return workbench.Text(q.cause.Error()).Brief() }

// Unwrap returns the error as it was.
func (q quiet) Unwrap() error { return q.cause }
