package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"workbench"
)

// environment is what a command has from outside.
type environment struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) (string, bool)
}

// commands is the command line. Every flag has a variable WORKBENCH_… of the same name.
type commands struct {
	Store     string `help:"Where the data is: bolt:PATH." default:"${store}" env:"WORKBENCH_STORE" placeholder:"bolt:PATH"`
	LogFormat string `help:"How log lines look: text or json." enum:"text,json" default:"text" env:"WORKBENCH_LOG_FORMAT"`
	LogLevel  string `help:"Least level that is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"WORKBENCH_LOG_LEVEL"`

	Demo       demoCommand       `cmd:"" help:"Everything on one machine, with invented incidents. Prints one address to open."`
	Serve      serveCommand      `cmd:"" help:"Serve the workbench."`
	Import     importCommand     `cmd:"" help:"Read exported incidents or alerts."`
	Export     exportCommand     `cmd:"" help:"Write every story, or every raw document, one JSON object a line."`
	Rebuild    rebuildCommand    `cmd:"" help:"Derive every story again from its documents."`
	Verify     verifyCommand     `cmd:"" help:"Check a store or a backup."`
	Backup     backupCommand     `cmd:"" help:"Write a consistent copy of the store, also while it is in use."`
	Restore    restoreCommand    `cmd:"" help:"Make a new store from a backup."`
	Quarantine quarantineCommand `cmd:"" help:"Records that could not be understood."`
	Account    accountCommand    `cmd:"" help:"Accounts, their roles and sign-in links."`
	Key        keyCommand        `cmd:"" help:"The key that encrypts credentials in the store."`
	Simulate   simulateCommand   `cmd:"" help:"A simulated Microsoft to connect, on this machine alone."`
	Bench      benchCommand      `cmd:"" help:"Invented data to measure speed with."`
	Doctor     doctorCommand     `cmd:"" help:"Check disk, clock, addresses, certificates and the way to Microsoft."`
}

// defaultStore is where the data is unless somebody says otherwise.
const defaultStore = "bolt:workbench.db"

// usageError is a wrong use of the command line: exit code 2.
type usageError struct{ error }

// run does what the arguments say and returns the exit code: 0 done, 1 it failed, 2 wrong usage.
func run(ctx context.Context, args []string, env environment) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("workbench"), kong.Description("The Stories Workbench: Microsoft Defender incidents as stories."), kong.Writers(env.Out, env.Err),
		kong.Exit(func(code int) { exit = code }), kong.Vars{"store": defaultStore}, kong.Resolvers(variables(env.Getenv)), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return fail(env, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help was asked for and printed
		return exit
	}
	if err != nil {
		return fail(env, usageError{err})
	}
	log, err := newLog(env.Err, c.LogFormat, c.LogLevel)
	if err != nil {
		return fail(env, usageError{err})
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&session{environment: env, Store: c.Store, Log: log, Now: time.Now}); err != nil {
		return fail(env, err)
	}
	return 0
}

// fail prints one line that says what happened and returns the exit code.
func fail(env environment, err error) int {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(env.Err, "workbench: interrupted; what was reported as done is kept, and the command can be run again")
		return 1
	}
	message := err.Error()
	for sentinel, advice := range advices {
		if errors.Is(err, sentinel) {
			message += ". " + advice
		}
	}
	fmt.Fprintln(env.Err, "workbench: "+plain(strings.ReplaceAll(message, "\n", "; ")))
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}

// plain is text as it may stand on a terminal: names of files and arguments can hold what would move its cursor.
func plain(text string) string { return workbench.Text(text).String() }

// advices say what to do about the errors that an operator meets.
var advices = map[error]string{
	workbench.ErrNewer:    "Use the program that wrote it, or a later one",
	workbench.ErrCorrupt:  "Restore the newest backup that `workbench verify` finds whole",
	workbench.ErrReadOnly: "Make room on the disk, or make it writable, then run the command again",
}

// variables lets kong read variables from the given environment rather than from the process.
func variables(lookup func(string) (string, bool)) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if v, ok := lookup(name); ok {
				return v, nil
			}
		}
		return nil, nil
	})
}

func newLog(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return slog.New(slog.NewTextHandler(w, options)), nil
}
