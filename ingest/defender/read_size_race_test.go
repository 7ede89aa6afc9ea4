//go:build race

package defender_test

// flatBytes is how much TestReadFlat reads; the race detector makes every byte many times as dear.
const flatBytes = 40_000_000
