// Package generate invents stories for measuring: as many as asked for, the same ones for ever. A story is a function of seed and number
// alone, so that a million of them need no file and any part of them can be made anew. What they are like is what figures depend on: 8
// products, every status, verdict and severity, criticality 1 to 10, 200 tenants, 50,000 devices and 100,000 users of which a few have most
// stories (Zipf), labels, techniques, some 1,200 titles, command lines and hashes.
//
// They come into a store through its contract: Fill appends a document for each, from which Deriver makes the story, and takes the actions
// of its analysts one by one.
package generate
