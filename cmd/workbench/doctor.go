package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"workbench"
	"workbench/ingest/entra"
)

// doctorCommand checks what the workbench stands on.
type doctorCommand struct {
	microsoftFlags
	keyFile
	BaseURL string `help:"What serve is started with." name:"base-url" env:"WORKBENCH_BASE_URL" placeholder:"URL"`
	Addr    string `help:"What serve is started with." default:"127.0.0.1:8080" env:"WORKBENCH_ADDR"`
}

// errUnwell ends doctor where something has to be mended.
var errUnwell = errors.New("something has to be mended: the lines marked !! say what and how")

// Run prints a line for each check: "ok", or "!!" with the mend. It changes nothing and prints nothing secret.
func (c *doctorCommand) Run(ctx context.Context, s *session) error {
	path, err := s.path()
	if err != nil {
		return err
	}
	clouds, err := c.clouds()
	if err != nil {
		return err
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	d := doctor{out: s.Out}
	d.folder(filepath.Dir(path))
	d.private("store file", path)
	mark := d.key(s, c.keyFile.path(path))
	d.addresses(c.BaseURL, c.Addr)
	for i, cloud := range clouds {
		if i == 0 || !wellKnown(cloud) { // not everybody may reach the clouds of governments, nor needs to
			d.microsoft(ctx, cloud, transport, s.Now)
		}
	}
	if _, err := os.Stat(path); err == nil {
		switch err := s.with(ctx, "doctor", &doctorStore{Mark: mark}, nil, false); {
		case errors.Is(err, errUnwell):
			d.unwell = true // it has printed why
		case err != nil:
			d.say(false, "store", err.Error())
		}
	}
	if d.unwell {
		return errUnwell
	}
	return nil
}

// doctor prints what it finds.
type doctor struct {
	out    io.Writer
	unwell bool
}

// say prints one finding. Its words may come from anywhere.
func (d *doctor) say(well bool, what, finding string) {
	mark := "ok"
	if !well {
		mark, d.unwell = "!!", true
	}
	fmt.Fprintf(d.out, "%s  %-11s  %s\n", mark, what, plain(strings.ReplaceAll(finding, "\n", "; ")))
}

// leastRoom is how much free disk space is too little: the store grows and never waits.
const leastRoom = 1 << 30

// folder looks at where the store is.
func (d *doctor) folder(path string) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		d.say(false, "folder", path+" is not there; make it, or name another with --store")
		return
	}
	probe, err := os.CreateTemp(path, ".workbench-doctor-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		d.say(false, "folder", "nothing can be written to "+path+": "+err.Error())
	} else {
		d.say(true, "folder", path+" can be written to")
	}
	if free, ok := freeSpace(path); ok {
		d.say(free >= leastRoom, "disk", fmt.Sprintf("%.1f GiB are free for the store; from %d GiB on there is room", float64(free)/(1<<30), leastRoom>>30))
	}
}

// private checks that nobody else can read a file.
func (d *doctor) private(what, path string) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.say(true, what, path+" is not there yet; serve makes it")
	case err != nil:
		d.say(false, what, err.Error())
	case info.Mode().Perm()&0o077 != 0:
		d.say(false, what, fmt.Sprintf("others can reach %s (mode %04o): chmod 600 %s", path, info.Mode().Perm(), path))
	default:
		d.say(true, what, path+" is this user's alone")
	}
}

// key checks the key, and returns the mark by which a store knows it; nil where there is none that can be read.
func (d *doctor) key(s *session, path string) []byte {
	ring, err := s.loadKey(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.say(true, "key file", path+" is not there; serve makes it at the first start")
	case err != nil:
		d.say(false, "key file", err.Error())
	default:
		where := path + " is this user's alone"
		if text, ok := s.Getenv(keyVariable); ok && text != "" {
			where = "the key stands in the variable " + keyVariable
		}
		d.say(true, "key file", where+", and can be read")
		return ring.Mark()
	}
	return nil
}

// addresses checks what browsers and Microsoft are told.
func (d *doctor) addresses(base, addr string) {
	listens, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		d.say(false, "address", "--addr "+addr+": "+err.Error())
		return
	}
	u, err := baseURL(base, listens)
	if err != nil {
		d.say(false, "address", err.Error())
		return
	}
	if problem := redirectProblem(u); problem != "" {
		d.say(false, "address", problem)
		return
	}
	d.say(true, "address", "redirect address for the app registration: "+redirectURI(u))
}

// redirectProblem says why Microsoft would refuse the redirect address of a base URL; "" where it takes it.
func redirectProblem(base *url.URL) string {
	switch {
	case base.Scheme == "https":
		return ""
	case base.Hostname() != "localhost":
		return "Microsoft takes redirect addresses with https, or http://localhost, alone; " + base.String() + " is neither. Put a proxy with TLS before the workbench and set --base-url to its address"
	case base.Port() == "0":
		return "with port 0 the redirect address is another one at each start: give a port with --addr, or --base-url"
	}
	return ""
}

// redirectURI is where Microsoft sends browsers back to.
func redirectURI(base *url.URL) string {
	return strings.TrimSuffix(base.String(), "/") + "/connectors/callback"
}

// skew is how far the clock may be from Microsoft's: beyond five minutes it signs nobody in.
const skew = 2 * time.Minute

// wellKnown reports whether a cloud is one of Microsoft's own, at its own addresses.
func wellKnown(c entra.Cloud) bool {
	known, err := entra.ParseCloud(c.Name)
	return err == nil && *known.Authority == *c.Authority && *known.Graph == *c.Graph
}

// microsoft checks the way to Microsoft, and the clock by its answer.
func (d *doctor) microsoft(ctx context.Context, cloud entra.Cloud, t *http.Transport, now func() time.Time) {
	pinned := entra.Pinned(cloud, t)
	proxy := "without a proxy"
	if p, err := t.Proxy(&http.Request{URL: cloud.Graph}); err == nil && p != nil {
		proxy = "by way of the proxy " + p.Host
	}
	answered, date := d.reach(ctx, pinned, "Entra", cloud.Authority.JoinPath("/common/v2.0/.well-known/openid-configuration"), proxy)
	if at, err := http.ParseTime(date); answered && err == nil {
		if off := now().Sub(at).Abs().Round(time.Second); off < skew {
			d.say(true, "clock", fmt.Sprintf("this machine's is %s off Microsoft's", off))
		} else {
			d.say(false, "clock", fmt.Sprintf("this machine's is %s off Microsoft's, which signs nobody in from five minutes on: set it, and keep it with NTP", off))
		}
	}
	d.reach(ctx, pinned, "Graph", cloud.Graph.JoinPath("/v1.0/$metadata"), proxy)
}

// reach says whether an address answers, whatever it answers, and returns the date that it has.
func (d *doctor) reach(ctx context.Context, t http.RoundTripper, what string, address *url.URL, proxy string) (answered bool, date string) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		d.say(false, what, err.Error())
		return false, ""
	}
	host := address.Scheme + "://" + address.Host
	answer, err := t.RoundTrip(r)
	if err != nil {
		d.say(false, what, fmt.Sprintf("%s can't be reached %s. %s", host, proxy, why(err)))
		return false, ""
	}
	defer answer.Body.Close()
	d.say(true, what, fmt.Sprintf("%s answers %s", host, proxy))
	return true, answer.Header.Get("Date")
}

// why is the sentence about a fault, and the error itself where there is none.
func why(err error) string {
	var fault *workbench.Fault
	if errors.As(err, &fault) && !fault.Detail.IsZero() {
		return fault.Detail.String()
	}
	return err.Error()
}
