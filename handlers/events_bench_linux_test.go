package handlers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"workbench/handlers"
)

// crowd is many browsers, played by a process of its own, so that their memory is not the server's.
type crowd struct {
	Address string
	Cookies []string // one per account
	Streams int
	Stalled int // of the streams; these take nothing after their hello
}

const crowdVariable = "WORKBENCH_TEST_CROWD"

// crowdSaid is what the process reports at its end.
type crowdSaid struct {
	Delivered int
	P50, P99  time.Duration // between telling and reading an event
	Failed    string
}

// TestMain becomes that process where it is asked to, or that of stories_page_bench_test.go.
func TestMain(m *testing.M) {
	if address := os.Getenv(asking); address != "" {
		if err := ask(address, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if text, ok := os.LookupEnv(crowdVariable); ok {
		if err := gatherHere(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// gatherHere opens the streams of a crowd. It says "ready" once all are open, and reports once its standard input ends.
func gatherHere(text string) error {
	var c crowd
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	var mu sync.Mutex
	var delays []time.Duration
	var said crowdSaid
	conns := make([]net.Conn, c.Streams)
	each(c.Streams, func(i int) {
		conn, lines, err := c.open(i)
		if err != nil {
			mu.Lock()
			said.Failed = err.Error()
			mu.Unlock()
			return
		}
		conns[i] = conn
		if i < c.Stalled {
			return
		}
		go func() {
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				if number, ok := strings.CutPrefix(line, "data: "); ok {
					told, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
					if err != nil {
						continue // ids of connectors
					}
					mu.Lock()
					delays = append(delays, time.Since(time.UnixMicro(told)))
					mu.Unlock()
				}
			}
		}()
	})
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	mu.Lock()
	slices.Sort(delays)
	if said.Delivered = len(delays); said.Delivered > 0 {
		said.P50, said.P99 = delays[len(delays)/2], delays[len(delays)*99/100]
	}
	err := json.NewEncoder(os.Stdout).Encode(said)
	mu.Unlock()
	for _, conn := range conns {
		if conn != nil {
			conn.Close()
		}
	}
	return err
}

// open opens one stream and reads past its hello.
func (c *crowd) open(i int) (net.Conn, *bufio.Reader, error) {
	dialer := net.Dialer{}
	if i < c.Stalled {
		dialer.Control = func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 2048) })
		}
	}
	conn, err := dialer.Dial("tcp", c.Address)
	if err != nil {
		return nil, nil, err
	}
	_, err = fmt.Fprintf(conn, "GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: %s\r\n"+
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\n"+
		"Cache-Control: no-store\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n\r\n", c.Cookies[i%len(c.Cookies)])
	lines := bufio.NewReaderSize(conn, 512)
	for err == nil {
		var line string
		if line, err = lines.ReadString('\n'); strings.HasPrefix(line, "HTTP/1.1") && !strings.Contains(line, " 200 ") {
			return conn, nil, fmt.Errorf("stream %d: %s", i, line)
		} else if strings.HasPrefix(line, "data: ") {
			return conn, lines, nil
		}
	}
	return conn, nil, fmt.Errorf("stream %d: %w", i, err)
}

// each does something n times, a few at once.
func each(n int, do func(int)) {
	var group sync.WaitGroup
	turn := make(chan int)
	for range 64 {
		group.Go(func() {
			for i := range turn {
				do(i)
			}
		})
	}
	for i := range n {
		turn <- i
	}
	close(turn)
	group.Wait()
}

// gathering is a running crowd.
type gathering struct {
	streams int
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	closed  chan struct{} // one for each connection that the server closed
}

// gather opens many streams to a server of its own over the stack, whose connections hold little, so that a stalled reader shows soon.
func gather(t testing.TB, s *stack, streams, stalled int) *gathering {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Cur = limit.Max; limit.Cur < uint64(streams)+200 {
		t.Skipf("a process may have %d files open, too few for %d streams", limit.Cur, streams)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	c := crowd{Streams: streams, Stalled: stalled}
	for i := range (streams + handlers.MaxStreamsEach - 1) / handlers.MaxStreamsEach {
		a := viewer(fmt.Sprint("crowd", i))
		a.AllGrants = true
		s.signedIn(a)
		c.Cookies = append(c.Cookies, s.cookie.Name+"="+s.cookie.Value)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gathering{streams: streams, closed: make(chan struct{}, streams)}
	web := &http.Server{Handler: s.server, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 10 * time.Minute}
	go func() { _ = web.Serve(narrow{listener, func() { g.closed <- struct{}{} }}) }()
	t.Cleanup(func() { web.Close() })
	c.Address = listener.Addr().String()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	g.process = exec.CommandContext(t.Context(), os.Args[0])
	g.process.Env = append(os.Environ(), crowdVariable+"="+string(text))
	if g.in, err = g.process.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := g.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	g.out = bufio.NewReader(out)
	if err := g.process.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := g.out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("the crowd says %q, %v", line, err)
	}
	return g
}

// dismiss ends the crowd, waits until every connection is closed, and returns what it says.
func (g *gathering) dismiss(t testing.TB) crowdSaid {
	t.Helper()
	if err := g.in.Close(); err != nil {
		t.Fatal(err)
	}
	var said crowdSaid
	if err := json.NewDecoder(g.out).Decode(&said); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, g.out)
	if err := g.process.Wait(); err != nil || said.Failed != "" {
		t.Fatalf("the crowd ended with %v, %s", err, said.Failed)
	}
	for range g.streams {
		<-g.closed
	}
	return said
}

// narrow gives connections that hold little of what was sent and not yet taken.
type narrow struct {
	net.Listener
	closed func()
}

func (l narrow) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &closing{Conn: c, closed: l.closed}, c.(*net.TCPConn).SetWriteBuffer(4 << 10)
}

// resident is the memory of this process, in bytes.
func resident(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// tell tells all streams n times, so many milliseconds apart, with the time as the number, and calls after each.
func tell(s *stack, n int, apart time.Duration, after func(i int)) {
	tick := time.NewTicker(apart)
	defer tick.Stop()
	for i := range n {
		s.server.Tell(time.Now().UnixMicro())
		after(i)
		<-tick.C
	}
}

// BenchmarkStreams opens 10,000 streams, a tenth of them stalled, and tells them of 10 changes a second for half a minute.
func BenchmarkStreams(b *testing.B) {
	const streams, stalled = 10_000, 1_000
	for b.Loop() {
		s := newStack(b)
		debug.FreeOSMemory()
		before := resident(b)
		began := time.Now()
		g := gather(b, s, streams, stalled)
		b.ReportMetric(time.Since(began).Seconds(), "s-to-open")
		var used syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
		peak, first, dropped := 0, time.Now(), time.Duration(0)
		tell(s, 300, 100*time.Millisecond, func(i int) {
			if i < 20 {
				s.server.TellMuch() // fills what the connections of those hold that take nothing
			}
			peak = max(peak, resident(b))
			if dropped == 0 && s.server.Streams() <= streams-stalled {
				dropped = time.Since(first)
			}
		})
		spent := cpu(&used)
		took := time.Since(first)
		if got := s.server.Streams(); got != streams-stalled {
			b.Errorf("%d streams are left, want %d: the stalled ones dropped, the others kept", got, streams-stalled)
		}
		said := g.dismiss(b)
		b.ReportMetric(float64(peak-before)/1e6, "MB-resident")
		b.ReportMetric(float64(peak-before)/streams, "B/stream")
		b.ReportMetric(float64(said.P50.Microseconds())/1e3, "ms-p50")
		b.ReportMetric(float64(said.P99.Microseconds())/1e3, "ms-p99")
		b.ReportMetric(float64(said.Delivered)/float64(300*(streams-stalled)), "delivered")
		b.ReportMetric(dropped.Seconds(), "s-to-drop-stalled")
		b.ReportMetric(spent.Seconds()/took.Seconds(), "cores")
	}
}

// cpu is the time that this process has spent since it had used so much.
func cpu(since *syscall.Rusage) time.Duration {
	var now syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &now)
	return time.Duration(now.Utime.Nano() + now.Stime.Nano() - since.Utime.Nano() - since.Stime.Nano())
}
