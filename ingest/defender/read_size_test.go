//go:build !race

package defender_test

// flatBytes is how much TestReadFlat reads.
const flatBytes = 300_000_000
