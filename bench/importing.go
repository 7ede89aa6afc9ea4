package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"workbench"
	"workbench/bench/measure"
	"workbench/bench/plain"
	"workbench/bench/report"
	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/ingest/sample"
	"workbench/store/boltstore"
)

// importing is the command import.
func importing(ctx context.Context, args []string, out io.Writer) error {
	var f dataFlags
	set := flag.NewFlagSet("import", flag.ContinueOnError)
	f.add(set)
	incidents := set.Int("incidents", 2_000, "incidents of about 50 KB")
	rounds := set.Int("rounds", 5, "rounds")
	if err := set.Parse(args); err != nil {
		return err
	}
	var data bytes.Buffer
	if err := sample.Stream(&data, *incidents, f.seed); err != nil {
		return err
	}
	dir := filepath.Join(f.dir, "import")
	recorder := &plain.Recorder{Deriver: defender.NewDeriver(nil)}
	at := workbench.At(time.Now())
	own := func(st *boltstore.Store) error {
		file := ingest.File{Name: "sample", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data.Bytes())), nil }}
		_, err := ingest.Import(ctx, st, []ingest.File{file}, ingest.ImportOptions{At: at})
		return err
	}
	other := func(st *boltstore.Store) error {
		n, err := plain.Import(ctx, st, bytes.NewReader(data.Bytes()), at)
		if err == nil && n != *incidents {
			err = fmt.Errorf("imported %d of %d incidents", n, *incidents)
		}
		return err
	}
	if _, _, err := imported(dir, recorder, own); err != nil { // warms up, and records the stories
		return err
	}
	ways := []struct {
		name    string
		deriver workbench.Deriver
		run     func(*boltstore.Store) error
	}{{"workbench", recorder.Deriver, own}, {"given", plain.Deriver{Recorder: recorder}, other}, {"made", plain.Deriver{Recorder: recorder, Made: true}, other}}
	result := report.Import{Incidents: *incidents, Bytes: int64(data.Len()), Seconds: map[string][]float64{}, CPU: map[string][]float64{}, Ratios: map[string]float64{}, CPURatios: map[string]float64{}}
	for round := range *rounds {
		for i := range ways {
			way := ways[(round+i)%len(ways)]
			took, cpu, err := imported(dir, way.deriver, way.run)
			if err != nil {
				return fmt.Errorf("%s: %w", way.name, err)
			}
			result.Seconds[way.name], result.CPU[way.name] = append(result.Seconds[way.name], took), append(result.CPU[way.name], cpu)
		}
	}
	for _, way := range ways[1:] {
		var ratios, cpu []float64
		for i := range result.Seconds[way.name] {
			ratios = append(ratios, result.Seconds[way.name][i]/result.Seconds["workbench"][i])
			cpu = append(cpu, result.CPU[way.name][i]/result.CPU["workbench"][i])
		}
		result.Ratios[way.name], result.CPURatios[way.name] = report.Median(ratios), report.Median(cpu)
	}
	return f.finish(out, "import", report.File{Import: &result})
}

// imported runs one import into an empty store and returns its seconds, and those of processors.
func imported(dir string, deriver workbench.Deriver, run func(*boltstore.Store) error) (seconds, cpu float64, err error) {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return 0, 0, err
	}
	st, err := boltstore.Open(filepath.Join(dir, "import.db"), deriver, boltstore.Options{})
	if err != nil {
		return 0, 0, err
	}
	runtime.GC() // what the import before left behind is not this one's
	before, began := measure.CPU(), time.Now()
	err = run(st)
	seconds, cpu = time.Since(began).Seconds(), (measure.CPU() - before).Seconds()
	return seconds, cpu, errors.Join(err, st.Close())
}
