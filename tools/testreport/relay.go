package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// counts are tests, subtests included.
type counts struct{ Passed, Failed, Skipped int }

// event is one line of `go test -json`.
type event struct {
	Action, Package, Test, Output, FailedBuild string
}

// relay prints the lines about packages, all that failed tests said, and at the end why tests were skipped. Lines that are no events are
// passed on. It returns an error only where the input can't be read.
func relay(in io.Reader, out io.Writer) (counts, error) {
	var total counts
	var skipped []string
	said := map[[2]string][]string{}
	failedIn := map[string]bool{}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(out, line)
				continue
			}
			key := [2]string{e.Package, e.Test}
			switch e.Action {
			case "build-output":
				fmt.Fprint(out, e.Output)
			case "output":
				if e.Test == "" && (strings.HasPrefix(e.Output, "ok ") || strings.HasPrefix(e.Output, "FAIL\t") || strings.HasPrefix(e.Output, "?")) {
					fmt.Fprint(out, e.Output)
				} else {
					said[key] = append(said[key], e.Output)
				}
			case "pass":
				if e.Test != "" {
					total.Passed++
				}
				delete(said, key)
			case "skip":
				if e.Test != "" {
					total.Skipped++
					skipped = append(skipped, e.Package+" "+e.Test+": "+reason(said[key]))
				}
				delete(said, key)
			case "fail":
				if e.Test == "" && failedIn[e.Package] {
					break
				}
				total.Failed++
				failedIn[e.Package] = true
				fmt.Fprint(out, strings.Join(said[key], ""))
				delete(said, key)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return total, fmt.Errorf("reading test events: %w", err)
		}
	}
	for _, line := range skipped {
		fmt.Fprintln(out, "skipped:", line)
	}
	fmt.Fprintf(out, "go test: %d passed, %d failed, %d skipped\n", total.Passed, total.Failed, total.Skipped)
	return total, nil
}

// reason is what a test said when it skipped itself.
func reason(output []string) string {
	var kept []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, " ")
}
