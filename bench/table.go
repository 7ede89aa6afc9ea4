package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"workbench/bench/report"
)

// pages are those that hold figures.
var pages = []string{"../README.md", "README.md"}

// table is the command table.
func table(_ context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("table", flag.ContinueOnError)
	results := set.String("results", "results", "folder of the figures")
	if err := set.Parse(args); err != nil {
		return err
	}
	files, err := report.Read(*results)
	if err != nil {
		return err
	}
	for _, name := range pages {
		page, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		made, err := report.Insert(string(page), files)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(name, []byte(made), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, name, "is as the results say")
	}
	return nil
}
