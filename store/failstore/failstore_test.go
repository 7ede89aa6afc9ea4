package failstore_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"workbench/store"
	"workbench/store/failstore"
)

// TestEveryCallFails finds methods by reflection, so that one which is added to the contract later is tested too.
func TestEveryCallFails(t *testing.T) {
	calls := 0
	for contract, value := range map[reflect.Type]reflect.Value{
		reflect.TypeFor[store.Store](): reflect.ValueOf(failstore.Store{}), reflect.TypeFor[store.Queries](): reflect.ValueOf(failstore.Queries{}),
	} {
		for i := range contract.NumMethod() {
			name := contract.Method(i).Name
			method := value.MethodByName(name)
			var arguments []reflect.Value
			for j := range method.Type().NumIn() {
				arguments = append(arguments, reflect.Zero(method.Type().In(j)))
			}
			results := method.Call(arguments)
			last := results[len(results)-1]
			if name == "Applied" { // it has no error to return
				continue
			}
			calls++
			err, ok := last.Interface().(error)
			if !ok || !errors.Is(err, failstore.Err) || !strings.HasPrefix(err.Error(), name+": ") {
				t.Errorf("%s: got %v, want an error that names it", name, last)
			}
			for _, r := range results[:len(results)-1] {
				if !r.IsZero() {
					t.Errorf("%s: got %v beside its error, want nothing", name, r)
				}
			}
		}
	}
	if calls < 45 {
		t.Errorf("got %d calls, want every method of the contracts", calls)
	}
}
