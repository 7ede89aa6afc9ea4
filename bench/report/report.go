// Package report is what the bench measured: files of figures, and the tables that are made of them.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"workbench/bench/measure"
)

// File is one run of one subcommand. One section is there.
type File struct {
	Made    string    `json:"made"` // day of the run
	Machine Machine   `json:"machine"`
	Compare *Compare  `json:"compare,omitempty"`
	Start   *Start    `json:"start,omitempty"`
	Clicks  *Clicks   `json:"clicks,omitempty"`
	Import  *Import   `json:"import,omitempty"`
	Page    *ListPage `json:"page,omitempty"`
}

// Machine is where it ran.
type Machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Memory    int64  `json:"memory"` // bytes
	Kernel    string `json:"kernel"`
	Go        string `json:"go"`
}

// Compare is questions to several peers.
type Compare struct {
	Stories  int               `json:"stories"`
	Seed     uint64            `json:"seed"`
	Data     string            `json:"data"`  // where the stories come from
	Texts    int64             `json:"texts"` // bytes of the workbench's index over inner texts, a part of its files
	Rounds   int               `json:"rounds"`
	Controls []measure.Control `json:"controls"` // of every round
	Unsteady []string          `json:"unsteady"` // controls that moved
	Peers    []Peer            `json:"peers"`    // the workbench first
	Kinds    []Kind            `json:"kinds"`
}

// Peer is one of those compared.
type Peer struct {
	Name    string  `json:"name"`
	Version string  `json:"version"`
	Load    float64 `json:"load"`   // seconds of writing all stories durably, indexes included; of the workbench: building its index from the store
	Memory  int64   `json:"memory"` // bytes that no file backs; 0 = not known
	Index   int64   `json:"index"`  // of them facets, times, orders and the dictionary of names, in bytes, by the index's own count; 0 = not known
	Counts  int64   `json:"counts"` // of them counts by combinations of values
	Files   int64   `json:"files"`  // bytes
}

// Kind is one kind of question.
type Kind struct {
	Name    string                    `json:"name"`
	About   string                    `json:"about"`
	Digest  string                    `json:"digest"` // of all answers of the workbench, which the peers' were equal to
	Equal   map[string]int            `json:"equal"`  // answers of each peer that were compared
	Figures map[string]measure.Figure `json:"figures"`
	Ratios  map[string]measure.Ratio  `json:"ratios"` // of each peer to the workbench
	CPU     map[string]float64        `json:"cpu"`    // ratio of mean processor times of an answer, of each peer to the workbench
}

// Start is how long it takes from the start of a process to its first correct page.
type Start struct {
	Stories  int       `json:"stories"`
	Rebuilt  []float64 `json:"rebuilt"`  // milliseconds of every run
	Snapshot []float64 `json:"snapshot"` // likewise, from a snapshot; none = there is none
}

// Clicks is durable single actions.
type Clicks struct {
	Stories int           `json:"stories"`
	Rounds  int           `json:"rounds"`
	Clients []ClickFigure `json:"clients"`
}

// ClickFigure is actions of so many clients at once.
type ClickFigure struct {
	Clients int                       `json:"clients"`
	Figures map[string]measure.Figure `json:"figures"`
	PerSec  map[string]float64        `json:"perSecond"` // median of the rounds
	Ratios  map[string]float64        `json:"ratios"`    // the workbench's actions a second to those of each peer, median of the rounds
}

// Import is documents that come in durably.
type Import struct {
	Incidents int                  `json:"incidents"`
	Bytes     int64                `json:"bytes"`
	Seconds   map[string][]float64 `json:"seconds"`   // of every round, by way: workbench, given, made (see package plain)
	CPU       map[string][]float64 `json:"cpu"`       // seconds of processors
	Ratios    map[string]float64   `json:"ratios"`    // of each way to the workbench, median of the rounds
	CPURatios map[string]float64   `json:"cpuRatios"` // likewise of processor time
}

// ListPage is the processor time of the whole list page, in microseconds a request, against the same bytes ready-made.
type ListPage struct {
	Stories int                `json:"stories"`
	Bytes   map[string]int     `json:"bytes"`
	CPU     map[string]float64 `json:"cpu"`    // by name: ready, warm, cold, compressed, ...
	Ratios  map[string]float64 `json:"ratios"` // to ready
}

// Write writes a file into a folder, under a name without its ending.
func (f File) Write(dir, name string) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".json"), append(b, '\n'), 0o644)
}

// Read reads every file of a folder, in order of names.
func Read(dir string) (map[string]File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	out := map[string]File{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var f File
		if err := json.Unmarshal(b, &f); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		out[strings.TrimSuffix(filepath.Base(name), ".json")] = f
	}
	return out, nil
}
