//go:build race

package main

// raceDetector says whether this test binary, and every process it starts of itself, runs with the race detector.
const raceDetector = true

// longStream is how many incidents stand for a long stream, some 65 MB; the race detector makes each many times as dear.
const longStream = 1200
