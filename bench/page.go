package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"workbench/bench/measure"
	"workbench/bench/report"
)

// page is the command page.
func page(ctx context.Context, args []string, out io.Writer) (err error) {
	var f dataFlags
	set := flag.NewFlagSet("page", flag.ContinueOnError)
	f.add(set)
	rounds := set.Int("rounds", 5, "rounds")
	each := set.Duration("each", 2*time.Second, "how long each kind of request is sent in a round")
	if err := set.Parse(args); err != nil {
		return err
	}
	d, err := f.open(ctx, out)
	if err != nil {
		return err
	}
	stories, err := countStories(ctx, d)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	own := filepath.Join(f.dir, "page.db") // a session is written
	if err := copyFile(own, d.path); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(own)) }()
	s, err := startServer(ctx, own)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()

	kinds := []struct {
		name    string
		request func(i int) (*http.Request, error)
	}{
		{"ready", func(int) (*http.Request, error) { return http.NewRequestWithContext(ctx, http.MethodGet, s.ready, nil) }},
		{"warm", func(int) (*http.Request, error) { return s.get(ctx, "") }},
		{"compressed", func(int) (*http.Request, error) { return s.get(ctx, "", "Accept-Encoding", "zstd, br, gzip") }},
		{"cold", func(i int) (*http.Request, error) { // a page that nobody asked for before
			from := time.Date(2026, 5, 25, 0, 0, 0, 0, time.UTC).Add(time.Duration(i%170) * 24 * time.Hour)
			return s.get(ctx, fmt.Sprintf("?time=%s..%s&criticality=!%d", from.Format(time.RFC3339), from.Add(time.Duration(10+i/170)*time.Hour).Format(time.RFC3339), 1+i%10))
		}},
	}
	result := report.ListPage{Stories: stories, Bytes: map[string]int{}, CPU: map[string]float64{}, Ratios: map[string]float64{}}
	micros := map[string][]float64{}
	asked := 0
	for range *rounds {
		for _, k := range kinds {
			before, _, err := measure.Family(s.process.Process.Pid)
			if err != nil {
				return err
			}
			n := 0
			for end := time.Now().Add(*each); time.Now().Before(end); n++ {
				r, err := k.request(asked)
				if err != nil {
					return err
				}
				asked++
				if result.Bytes[k.name], err = s.do(r); err != nil {
					return fmt.Errorf("%s: %w", k.name, err)
				}
			}
			after, _, err := measure.Family(s.process.Process.Pid)
			if err != nil {
				return err
			}
			micros[k.name] = append(micros[k.name], float64((after-before).Microseconds())/float64(n))
		}
	}
	for _, k := range kinds {
		result.CPU[k.name] = report.Median(micros[k.name])
		if k.name == "ready" {
			continue
		}
		var ratios []float64
		for i, m := range micros[k.name] {
			ratios = append(ratios, m/max(micros["ready"][i], 0.1))
		}
		result.Ratios[k.name] = report.Median(ratios)
	}
	return f.finish(out, fmt.Sprintf("page-%d", stories), report.File{Page: &result})
}

// pageServer is a process that runs the command serve.
type pageServer struct {
	process         *exec.Cmd
	address, cookie string
	ready           string
	client          *http.Client
}

func startServer(ctx context.Context, path string) (*pageServer, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &pageServer{process: exec.CommandContext(ctx, program, "serve", "-store", path), client: &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: time.Minute}}
	s.process.Stderr = os.Stderr
	output, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	words := strings.Fields(line)
	if err != nil || len(words) != 3 {
		return nil, errors.Join(fmt.Errorf("the server of pages says %q", line), err, s.stop())
	}
	s.address, s.cookie, s.ready = words[0], words[1], words[2]
	return s, nil
}

func (s *pageServer) get(ctx context.Context, query string, headers ...string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+query, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Cookie", s.cookie)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r, nil
}

// do sends a request and returns how many bytes its body has, packed or not.
func (s *pageServer) do(r *http.Request) (int, error) {
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", r.URL, answer.Status)
	}
	return int(n), err
}

// stop ends the process, by its own id.
func (s *pageServer) stop() error {
	s.client.CloseIdleConnections()
	err := s.process.Process.Signal(os.Interrupt)
	return errors.Join(err, s.process.Wait())
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
