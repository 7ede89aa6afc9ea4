package measure

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Control is what the machine gives at a moment, whatever is measured.
type Control struct {
	Copy  float64 `json:"copy"`  // GB/s of memory copied
	Hello float64 `json:"hello"` // microseconds of a smallest answer over HTTP, median
	Fsync float64 `json:"fsync"` // microseconds of writing 4 KB and syncing them, median
}

// Unsteady is by how much of the lesser value a control may differ between rounds.
const Unsteady = 0.3

// Controls measures a control now and then.
type Controls struct {
	file     *os.File
	server   *http.Server
	address  string
	from, to []byte
}

// NewControls makes a file in a folder and a server on the loopback interface.
func NewControls(dir string) (*Controls, error) {
	f, err := os.Create(filepath.Join(dir, "control"))
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &Controls{file: f, address: "http://" + l.Addr().String() + "/", from: make([]byte, 64<<20), to: make([]byte, 64<<20)}
	c.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }), ReadHeaderTimeout: time.Second}
	go c.server.Serve(l) // ends with Close
	return c, nil
}

// Measure takes about a third of a second.
func (c *Controls) Measure() (Control, error) {
	var out Control
	var times []time.Duration
	for range 9 {
		began := time.Now()
		copy(c.to, c.from)
		times = append(times, time.Since(began))
	}
	out.Copy = float64(len(c.from)) / float64(median(times).Nanoseconds())
	times = times[:0]
	for range 1_000 {
		began := time.Now()
		answer, err := http.Get(c.address)
		if err != nil {
			return out, fmt.Errorf("measuring hello: %w", err)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil {
			return out, fmt.Errorf("measuring hello: %w", err)
		}
		times = append(times, time.Since(began))
	}
	out.Hello = micros(median(times))
	times = times[:0]
	for i := range 100 {
		began := time.Now()
		if _, err := c.file.WriteAt(c.from[:4096], int64(i)*4096); err != nil {
			return out, err
		}
		if err := c.file.Sync(); err != nil {
			return out, err
		}
		times = append(times, time.Since(began))
	}
	out.Fsync = micros(median(times))
	return out, nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return At(times, 50)
}

// Close ends the server and takes the file away.
func (c *Controls) Close() error {
	return cmp.Or(c.server.Close(), c.file.Close(), os.Remove(c.file.Name()))
}

// Moved names the controls that differ between rounds by more than Unsteady.
func Moved(rounds []Control) []string {
	var out []string
	for _, c := range []struct {
		name string
		of   func(Control) float64
	}{{"memory copy", func(c Control) float64 { return c.Copy }}, {"hello over HTTP", func(c Control) float64 { return c.Hello }}, {"fsync", func(c Control) float64 { return c.Fsync }}} {
		var list []float64
		for _, r := range rounds {
			list = append(list, c.of(r))
		}
		if len(list) > 0 && slices.Max(list) > slices.Min(list)*(1+Unsteady) {
			out = append(out, fmt.Sprintf("%s %.3g to %.3g", c.name, slices.Min(list), slices.Max(list)))
		}
	}
	return out
}
