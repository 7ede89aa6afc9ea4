// Package pocketbase is PocketBase among the peers: a process of its own (the module in the folder pocketbase), asked through its records
// API over HTTP, with connections kept open. It counts a value by asking for a list of one with its total, which is what its API offers.
package pocketbase

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/bench/measure"
	"workbench/bench/peer"
	"workbench/bench/peer/relational"
	"workbench/store"
)

// Version is the version of PocketBase that the module in the folder pocketbase names.
const Version = "0.39.0"

// Counted are the facets that it is asked for: those with few values. Tenants, owners, labels and techniques would be some 440 calls more.
var Counted = []store.Field{store.ProducerType, store.Producer, store.Status, store.Criticality, store.Severity, store.Verdict, store.AnalystSeverity, store.Moved}

// Peer is PocketBase.
type Peer struct {
	program string
	dir     string
	process *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
	client  *http.Client
	address string
	values  map[store.Field]map[string]bool
}

var _ peer.Peer = (*Peer)(nil)

// Build compiles the module into a folder and returns the program.
func Build(ctx context.Context, module, dir string) (string, error) {
	program := filepath.Join(dir, "pocketbase")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building PocketBase: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return program, nil
}

// Open starts the program with its data in a folder.
func Open(program, dir string) (*Peer, error) {
	p := &Peer{program: program, dir: dir, client: &http.Client{Timeout: 5 * time.Minute}, values: map[store.Field]map[string]bool{}}
	p.process = exec.Command(program, dir)
	p.process.Stderr = os.Stderr
	output, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.input, err = p.process.StdinPipe(); err != nil {
		return nil, err
	}
	p.output = bufio.NewReader(output)
	if err := p.process.Start(); err != nil {
		return nil, fmt.Errorf("starting PocketBase: %w", err)
	}
	return p, nil
}

// Name implements peer.Peer.
func (p *Peer) Name() string { return "PocketBase" }

// Version implements peer.Peer.
func (p *Peer) Version(context.Context) (string, error) { return "PocketBase " + Version, nil }

// Load implements peer.Peer.
func (p *Peer) Load(ctx context.Context, next func() ([]peer.Record, error)) error {
	w := bufio.NewWriterSize(p.input, 1<<20)
	lines := json.NewEncoder(w)
	for {
		records, err := next()
		if err != nil {
			return err
		}
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			if err := lines.Encode(p.fields(r)); err != nil {
				return fmt.Errorf("handing rows to PocketBase: %w", err)
			}
		}
	}
	if err := errors.Join(w.Flush(), p.input.Close()); err != nil {
		return fmt.Errorf("handing rows to PocketBase: %w", err)
	}
	address, err := p.output.ReadString('\n')
	if err != nil {
		return fmt.Errorf("waiting for PocketBase: %w", err)
	}
	p.address = "http://" + strings.TrimSpace(address) + "/api/collections/stories/records?"
	return p.waitUntilServed(ctx)
}

func (p *Peer) waitUntilServed(ctx context.Context) error {
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for tries := 0; ; tries++ {
		_, err := p.list(ctx, url.Values{"perPage": {"1"}, "skipTotal": {"1"}})
		if err == nil || tries == 500 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-every.C:
		}
	}
}

func (p *Peer) fields(r peer.Record) map[string]any {
	out := map[string]any{"id": fmt.Sprintf("%015d", r.N), "story": string(r.Row.ID), "criticality": r.Row.Criticality, "moved": len(r.Row.MovedTo) > 0, "names": r.Names, "inside": r.Inside,
		"row": base64.StdEncoding.EncodeToString(peer.AppendRow(nil, r.Row))}
	for _, f := range store.FacetFields {
		if p.values[f] == nil {
			p.values[f] = map[string]bool{}
		}
		for _, v := range r.Values[f] {
			p.values[f][v] = true
		}
		switch f {
		case store.Criticality, store.Moved:
		case store.Label, store.Mitre:
			out[relational.Column(f)] = "|" + strings.Join(r.Values[f], "|") + "|"
		default:
			out[relational.Column(f)] = strings.Join(r.Values[f], "")
		}
	}
	for field, name := range timeNames {
		out[name] = ticks(r.Times[field])
	}
	return out
}

var timeNames = map[string]string{"created": "created", "updated": "updated", "firstSignal": "first_signal", "lastSignal": "last_signal"}

// ticks are texts that order as the numbers do.
func ticks(n int64) string { return fmt.Sprintf("%019d", max(n, 0)) }

type listed struct {
	TotalItems int `json:"totalItems"`
	Items      []struct {
		Row string `json:"row"`
	} `json:"items"`
}

func (p *Peer) list(ctx context.Context, values url.Values) (listed, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address+values.Encode(), nil)
	if err != nil {
		return listed{}, err
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return listed{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return listed{}, err
	}
	if answer.StatusCode != http.StatusOK {
		return listed{}, fmt.Errorf("PocketBase answers %s to %q: %.300s", answer.Status, values.Get("filter"), body)
	}
	var l listed
	return l, json.Unmarshal(body, &l)
}

// Answer implements peer.Peer.
func (p *Peer) Answer(ctx context.Context, ask peer.Ask) (peer.Answer, error) {
	var a peer.Answer
	if ask.Want&peer.Groups != 0 {
		return a, peer.ErrNotOffered
	}
	if ask.Want&peer.Rows != 0 {
		sort := "-updated,story"
		if len(ask.Query.Sort) > 0 {
			sort = "-criticality,-updated,story"
		}
		values := url.Values{"perPage": {strconv.Itoa(ask.Query.Limit)}, "fields": {"row"}, "sort": {sort}, "filter": {filter(ask, "", "")}}
		if ask.Want&peer.Total == 0 {
			values.Set("skipTotal", "1")
		}
		l, err := p.list(ctx, values)
		if err != nil {
			return a, err
		}
		a.Total, a.Rows = l.TotalItems, make([]workbench.Row, 0, len(l.Items))
		for _, item := range l.Items {
			raw, err := base64.StdEncoding.DecodeString(item.Row)
			if err != nil {
				return a, err
			}
			r, err := peer.ReadRow(raw)
			if err != nil {
				return a, err
			}
			a.Rows = append(a.Rows, r)
		}
	}
	if ask.Want&peer.Facets == 0 {
		return a, nil
	}
	a.Facets = map[store.Field][]store.Count{}
	for _, f := range Counted {
		var list []store.Count
		for v := range p.values[f] {
			l, err := p.list(ctx, url.Values{"perPage": {"1"}, "fields": {"id"}, "filter": {filter(ask, f, v)}})
			if err != nil {
				return a, err
			}
			if l.TotalItems > 0 {
				list = append(list, store.Count{Value: v, Count: l.TotalItems})
			}
		}
		a.Facets[f] = peer.SortCounts(list)
	}
	return a, nil
}

// Usage implements peer.Peer.
func (p *Peer) Usage(context.Context) (u peer.Usage, err error) {
	if u.CPU, u.Memory, err = measure.Family(p.process.Process.Pid); err != nil {
		return u, err
	}
	entries, err := os.ReadDir(p.dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !e.IsDir() {
			u.Files += info.Size()
		}
	}
	return u, err
}

// Close implements peer.Peer.
func (p *Peer) Close() error {
	p.client.CloseIdleConnections()
	err := p.process.Process.Kill() // the process that this one started
	var ended *exec.ExitError
	if waited := p.process.Wait(); !errors.As(waited, &ended) {
		err = errors.Join(err, waited)
	}
	return err
}
