//go:build !race

package main

// raceDetector says whether this test binary, and every process it starts of itself, runs with the race detector.
const raceDetector = false

// longStream is how many incidents stand for a long stream, some 160 MB.
const longStream = 3000
