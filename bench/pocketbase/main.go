// Command pocketbase is PocketBase as the bench measures it: its records API and nothing else, over a collection of stories. It is a module
// of its own, so that what PocketBase needs stays out of everything else. Rows come from standard input, one JSON object a line, and are
// written past its own checks, which is faster; then the indexes are made, and the API is served on a free port of the loopback interface,
// whose address is printed.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Texts are the fields of the collection, besides criticality (a number) and moved (true or false). Lists are texts with a bar around each
// value, which is looked through faster than PocketBase's own lists. Times are texts of ticks, because its filters know numbers only as
// floating ones.
var texts = []string{"story", "producer_type", "producer", "status", "severity", "verdict", "analyst_severity", "tenant", "owner", "label", "mitre", "created", "updated", "first_signal", "last_signal", "names", "inside", "row"}

// indexes are made to measure: the orders of the named questions, and the columns that counts are filtered by.
var indexes = []string{
	"by_updated (moved, updated DESC, story)", "by_criticality (moved, criticality DESC, updated DESC, story)", "by_status (moved, status, updated DESC, story)",
	"by_product_status (moved, producer, status, criticality DESC, updated DESC, story)",
	"counts_by_status (status, moved, producer_type, producer, criticality, severity, verdict, analyst_severity, tenant, owner)",
	"counts_by_producer (producer, moved, producer_type, status, criticality, severity, verdict, analyst_severity, tenant, owner)",
	"counts_by_verdict (verdict, moved, producer_type, producer, status, criticality, severity, analyst_severity, tenant, owner)",
	"counts_by_severity (severity, moved, producer_type, producer, status, criticality, verdict, analyst_severity, tenant, owner)",
	"counts_by_criticality (criticality, moved, producer_type, producer, status, severity, verdict, analyst_severity, tenant, owner)",
	"counts_by_tenant (tenant, moved, producer_type, producer, status, criticality, severity, verdict, analyst_severity, owner)",
	"counts_by_owner (owner, moved, producer_type, producer, status, criticality, severity, verdict, analyst_severity, tenant)",
}

const batch = 500 // rows of one transaction, twenty a statement

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pocketbase FOLDER <rows")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pocketbase:", err)
		os.Exit(1)
	}
}

func run(dir string, rows io.Reader, out io.Writer) error {
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: dir, HideStartBanner: true})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	c := core.NewBaseCollection("stories")
	c.ListRule = types.Pointer("") // anybody may read: no account's check is measured
	for _, name := range texts {
		c.Fields.Add(&core.TextField{Name: name, Max: 1 << 20})
	}
	c.Fields.Add(&core.NumberField{Name: "criticality"}, &core.BoolField{Name: "moved"})
	if err := app.Save(c); err != nil {
		return fmt.Errorf("making the collection: %w", err)
	}
	if err := load(app, rows); err != nil {
		return fmt.Errorf("loading: %w", err)
	}
	for _, index := range indexes {
		name, columns, _ := strings.Cut(index, " ")
		if _, err := app.DB().NewQuery("CREATE INDEX " + name + " ON stories " + columns).Execute(); err != nil {
			return fmt.Errorf("making the index %s: %w", name, err)
		}
	}
	if _, err := app.DB().NewQuery("ANALYZE").Execute(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	fmt.Fprintln(out, address)
	return apis.Serve(app, apis.ServeConfig{HttpAddr: address})
}

func load(app core.App, rows io.Reader) error {
	lines := bufio.NewReaderSize(rows, 1<<20)
	var waiting []map[string]any
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(line) > 0 {
			var row map[string]any
			if err := json.Unmarshal(line, &row); err != nil {
				return err
			}
			waiting = append(waiting, row)
		}
		if len(waiting) == batch || err != nil && len(waiting) > 0 {
			if err := app.RunInTransaction(func(tx core.App) error { return insert(tx.DB(), waiting) }); err != nil {
				return err
			}
			waiting = waiting[:0]
		}
		if err != nil {
			return nil
		}
	}
}

func insert(db dbx.Builder, rows []map[string]any) error {
	columns := append([]string{"id", "criticality", "moved"}, texts...)
	for len(rows) > 0 {
		part := rows[:min(20, len(rows))]
		rows = rows[len(part):]
		params := dbx.Params{}
		var values []string
		for i, row := range part {
			var names []string
			for _, c := range columns {
				name := fmt.Sprintf("%s_%d", c, i)
				params[name] = row[c]
				names = append(names, "{:"+name+"}")
			}
			values = append(values, "("+strings.Join(names, ", ")+")")
		}
		if _, err := db.NewQuery("INSERT INTO stories (" + strings.Join(columns, ", ") + ") VALUES " + strings.Join(values, ", ")).Bind(params).Execute(); err != nil {
			return err
		}
	}
	return nil
}
