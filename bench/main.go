// Command bench measures the workbench side by side with its peers. See README.md for what it does, how to repeat it, and its rules.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is a subcommand.
type command struct {
	name  string
	about string
	run   func(ctx context.Context, args []string, out io.Writer) error
}

var commands = []command{
	{"fill", "make a store of invented stories", fill},
	{"compare", "ask the workbench and its peers the same questions", compareAll},
	{"start", "measure the time from the start of a process to its first correct page", start},
	{"first", "answer one page and end; what start runs", first},
	{"clicks", "measure durable single actions of 1 and of 32 clients", clicks},
	{"import", "measure durable import against the same pipeline with encoding/json", importing},
	{"page", "measure the whole list page through the handlers against the same bytes ready-made", page},
	{"serve", "serve pages; what page runs", serve},
	{"table", "write the tables of the results into the README", table},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		for _, c := range commands {
			if c.name == args[0] {
				return c.run(ctx, args[1:], out)
			}
		}
	}
	fmt.Fprintln(out, "usage: bench COMMAND [-help]")
	for _, c := range commands {
		fmt.Fprintf(out, "  %-8s %s\n", c.name, c.about)
	}
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("there is no command %q", args[0])
}
