package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"workbench/ingest/entra"
)

// microsoftFlags say how Microsoft is reached.
type microsoftFlags struct {
	Cloud  []string `help:"Microsoft clouds that tenants may be in, the default first: global (GCC too), usgov (GCC High), usgov-dod, or two addresses NAME=AUTHORITY,GRAPH; repeat the option, or part names by spaces." default:"global usgov usgov-dod" sep:" " env:"WORKBENCH_CLOUD" placeholder:"CLOUD"`
	CAFile string   `help:"Further certificate authorities to trust, in PEM: for a proxy that opens TLS." name:"ca-file" env:"WORKBENCH_CA_FILE" placeholder:"FILE"`
}

// clouds are the clouds that the flags name, at least one.
func (f microsoftFlags) clouds() ([]entra.Cloud, error) {
	all, err := entra.Clouds(f.Cloud)
	if err != nil {
		return nil, usageError{fmt.Errorf("--cloud %q: %w", f.Cloud, err)}
	}
	return all, nil
}

// transport reaches Microsoft, by way of the proxy that HTTPS_PROXY names, where it is set.
func (f microsoftFlags) transport() (*http.Transport, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading this machine's certificate authorities: %w", err)
	}
	if f.CAFile != "" {
		pem, err := os.ReadFile(f.CAFile)
		if err != nil {
			return nil, fmt.Errorf("--ca-file: %w", err)
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, usageError{errors.New("--ca-file " + f.CAFile + " holds no certificate in PEM")}
		}
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    15 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        90 * time.Second,
		ResponseHeaderTimeout:  90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}, nil
}
