//go:build linux

package handlers_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"workbench/ingest/sample"
)

// asking makes this program the client of BenchmarkListPage, so that the processor time of asking is another process's: it asks an address
// again and again over one connection, as its standard input says how often.
const asking = "WORKBENCH_TEST_ASKING"

// ask reads lines of how often and a request, asks, and writes the bytes of the last answer's body after each line.
func ask(address string, in io.Reader, out io.Writer) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	answers, lines := bufio.NewReaderSize(conn, 1<<20), bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		times, request, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, convErr := strconv.Atoi(times)
		if text, quoteErr := strconv.Unquote(request); err != nil || convErr != nil || quoteErr != nil {
			return fmt.Errorf("the line %q: %w", line, err)
		} else {
			request = text
		}
		size, code := int64(0), 0
		for range n {
			if _, err := io.WriteString(conn, request); err != nil {
				return err
			}
			answer, err := http.ReadResponse(answers, nil)
			if err != nil {
				return err
			}
			if size, err = io.Copy(io.Discard, answer.Body); err != nil {
				return err
			}
			code = answer.StatusCode
		}
		if _, err := fmt.Fprintln(out, code, size); err != nil {
			return err
		}
	}
}

// client is such a program.
type client struct {
	b   *testing.B
	in  io.Writer
	out *bufio.Reader
}

func newClient(b *testing.B, address string) client {
	b.Helper()
	c := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^$")
	c.Env, c.Stderr = append(os.Environ(), asking+"="+address), os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = c.Wait() })
	return client{b, in, bufio.NewReader(out)}
}

// ask asks so many times and returns the processor time of this process, of which it is the server, for each, with the size of an answer.
func (c client) ask(times int, path string, want int, headers ...string) (time.Duration, int) {
	c.b.Helper()
	request := "GET " + path + " HTTP/1.1\r\nHost: localhost:8080\r\n"
	for i := 0; i < len(headers); i += 2 {
		request += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	before := processorTime(c.b)
	fmt.Fprintln(c.in, times, strconv.Quote(request+"\r\n"))
	line, err := c.out.ReadString('\n')
	spent := processorTime(c.b) - before
	var code, size int
	if _, scanErr := fmt.Sscan(line, &code, &size); err != nil || scanErr != nil || code != want {
		c.b.Fatalf("%s answers %q, want %d; %v %v", path, line, want, err, scanErr)
	}
	return spent / time.Duration(times), size
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serveAt serves on a free port until the benchmark ends.
func serveAt(b *testing.B, h http.Handler) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	web := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() { defer close(done); _ = web.Serve(l) }()
	b.Cleanup(func() { _ = web.Close(); <-done })
	return l.Addr().String()
}

// BenchmarkListPage compares the processor time of the server for a list page of 50 rows, out of 1,000 incidents, with that for sending the
// same bytes kept ready by a plain Echo handler, all turn by turn in one run over real connections from a client in a process of its own.
// "warm" is a page that was asked for before, "gzip" and "zstd" are that page compressed, which was asked for within its minute, and "packed"
// is one of which that has to be made; "rows" one whose rows alone were rendered before, as after a change of another story; "304"
// one that the browser has.
func BenchmarkListPage(b *testing.B) {
	s := newStack(b).signedIn()
	var data bytes.Buffer
	if err := sample.Stream(&data, 1_000, 5); err != nil {
		b.Fatal(err)
	}
	s.load("many", data.Bytes())
	const path = "/stories?sort=-criticality%2C-updated&status=%21closed"
	cookie := "workbench=" + s.cookie.Value
	first := s.get(path)
	body := first.Body.Bytes()
	tag := first.Header().Get("ETag")
	ready := echo.New()
	ready.GET("/", func(c echo.Context) error { return c.Blob(http.StatusOK, echo.MIMETextHTMLCharsetUTF8, body) })
	ready.GET("/hello", func(c echo.Context) error { return c.String(http.StatusOK, "hello") })
	pages, blobs := newClient(b, serveAt(b, s.server)), newClient(b, serveAt(b, ready))
	const turns = 200
	spent := map[string]time.Duration{}
	sizes := map[string]int{}
	rounds := 0
	add := func(name string, d time.Duration, size int) { spent[name] += d; sizes[name] = size }
	take := func(name string, c client, path string, want int, headers ...string) {
		d, size := c.ask(turns, path, want, headers...)
		add(name, d, size)
	}
	for b.Loop() {
		rounds++
		take("hello", blobs, "/hello", 200)
		take("ready", blobs, "/", 200)
		take("warm", pages, path, 200, "Cookie", cookie)
		take("304", pages, path, 304, "Cookie", cookie, "If-None-Match", tag)
		take("gzip", pages, path, 200, "Cookie", cookie, "Accept-Encoding", "gzip")
		take("zstd", pages, path, 200, "Cookie", cookie, "Accept-Encoding", "zstd")
		var cold, rows, packed time.Duration
		for i := range 10 { // an unknown parameter's place is taken by one that changes nothing: another page each time, with the same rows
			another := path + "&base=x" + strconv.Itoa(rounds*10+i)
			d, size := pages.ask(1, another, 200, "Cookie", cookie)
			rows, sizes["rows"] = rows+d, size
			d, size = pages.ask(1, another, 200, "Cookie", cookie, "Accept-Encoding", "zstd")
			packed, sizes["packed"] = packed+d, size
			columns := path + "&columns=indication," + strings.Repeat("status,", 1+(rounds*10+i)%40) + "updated&base=y" + strconv.Itoa(rounds*10+i)
			d, size = pages.ask(1, columns, 200, "Cookie", cookie)
			cold, sizes["cold"] = cold+d, size
		}
		add("rows", rows/10, sizes["rows"])
		add("packed", packed/10, sizes["packed"])
		add("cold", cold/10, sizes["cold"])
	}
	for name, d := range spent {
		b.ReportMetric(float64(d.Microseconds())/float64(rounds), name+"-us")
		b.ReportMetric(float64(d)/float64(spent["ready"]), name+"/ready")
		b.ReportMetric(float64(sizes[name]), name+"-bytes")
	}
	b.ReportMetric(0, "ns/op")
}
