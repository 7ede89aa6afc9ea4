// Command testreport makes the output of tests short and complete: as a filter behind `go test -json` it prints what `go test` would, and
// names every skipped test with its reason; with -close it adds up what Go and the browser's tests counted and names what was left out.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	record := flag.String("record", "", "read `go test -json` from standard input and write its counts to this file")
	closing := flag.String("close", "", "add up what this folder holds: go.counts, e2e.tap, skipped")
	flag.Parse()
	if err := run(*record, *closing, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
}

func run(record, closing string, in io.Reader, out io.Writer) error {
	if closing != "" {
		return conclude(closing, out)
	}
	counted, err := relay(in, out)
	if err != nil {
		return err
	}
	if record == "" {
		return nil
	}
	return os.WriteFile(record, fmt.Appendf(nil, "%d %d %d\n", counted.Passed, counted.Failed, counted.Skipped), 0o644)
}
