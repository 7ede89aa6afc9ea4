package boltstore

import (
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// guarded turns every panic of fn, also over a memory fault, into ErrCorrupt. It is for files that may well be damaged.
func guarded(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = corrupt("reading a page: %v", r)
		}
	}()
	return fn()
}

// faultless turns memory faults alone into ErrCorrupt: every other panic is a fault of this program.
func faultless(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = corrupt("reading a page: %v", r)
		default:
			panic(r)
		}
	}()
	return fn()
}

// checkStructure lets bbolt check every page, after checkPages found that it can.
func checkStructure(tx *bbolt.Tx, problem func(string)) {
	for err := range tx.Check() {
		problem("structure: " + err.Error())
	}
}
