package workbench_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"workbench"
)

// A table has a cell for every row and column, so that a small document with many names could ask for a gigabyte.
func TestTableStaysWithinBounds(t *testing.T) {
	t.Run("many names in many rows", func(t *testing.T) {
		var objects []json.RawMessage
		for i := range 20_000 {
			objects = append(objects, json.RawMessage(fmt.Sprintf(`{"first":1,"k%d":1,"u%d":2}`, i%3_000, i)))
		}
		table := workbench.TableOf(objects)
		if len(table.Rows) != len(objects) {
			t.Errorf("got %d rows of %d", len(table.Rows), len(objects))
		}
		if cells := len(table.Rows) * len(table.Columns); cells > 5_000_000 || len(table.Columns) < 2 || table.Columns[0].Raw() != "first" {
			t.Errorf("got %d columns in %d rows: %d cells", len(table.Columns), len(table.Rows), cells)
		}
	})
	t.Run("a long name around many", func(t *testing.T) {
		var members []string
		for i := range 3_000 {
			members = append(members, fmt.Sprintf(`"k%d":1`, i))
		}
		long := strings.Repeat("n", 100_000)
		table := workbench.TableOf([]json.RawMessage{json.RawMessage(`{"first":1,"` + long + `":{` + strings.Join(members, ",") + `},"last":2}`)})
		size := 0
		for _, c := range table.Columns {
			size += len(c.Raw())
		}
		if size > 1_000_000 || len(table.Columns) != 2 {
			t.Errorf("got %d columns whose names have %d bytes", len(table.Columns), size)
		}
	})
}
