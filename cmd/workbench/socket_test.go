package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shortFolder is a folder whose path leaves room for a socket's name.
func shortFolder(t *testing.T) folder {
	t.Helper()
	path, err := os.MkdirTemp("", "wb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(path) })
	return folder{t, path}
}

// dial speaks to the socket as no command would.
func (f folder) dial() net.Conn {
	f.t.Helper()
	conn, err := net.Dial("unix", filepath.Join(f.path, "a.db.sock"))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		f.t.Fatal(err)
	}
	return conn
}

const importHead = "POST / HTTP/1.1\r\nHost: w\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"

// chunk is one piece of a body in chunks.
func chunk(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

// beginImport asks for an import and sends the beginning of its file.
func beginImport(conn net.Conn, content string) error {
	_, err := io.WriteString(conn, importHead+chunk("--b\r\nContent-Disposition: form-data; name=\"import\"\r\n\r\n{\"Command\":{},\"Files\":[\"stalled.json\"]}\r\n--b\r\nContent-Disposition: form-data; name=\"0\"\r\n\r\n"+content))
	return err
}

func alerts(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":"%s%d","title":"x","incidentId":"%s%d"}`+"\n", prefix, i, prefix, i%7)
	}
	return b.String()
}

func TestSocketTakesGarbage(t *testing.T) {
	f := shortFolder(t)
	s := f.serve("serve")
	for _, request := range []string{
		"\x00\x01\x02\r\n\r\n", "GET / HTTP/1.1\r\nHost: w\r\n\r\n", "POST / HTTP/1.1\r\nHost: w\r\nContent-Length: 3\r\n\r\nabc",
		importHead + "0\r\n\r\n", importHead + chunk("--b\r\n\r\n{}\r\n--b--") + "0\r\n\r\n",
		importHead + chunk("--b\r\nContent-Disposition: form-data; name=\"serve\"\r\n\r\n{}\r\n--b--\r\n") + "0\r\n\r\n",
		importHead + chunk("--b\r\nContent-Disposition: form-data; name=\"import\"\r\n\r\nnull\r\n--b--\r\n") + "0\r\n\r\n",
		importHead + chunk("--b\r\nContent-Disposition: form-data; name=\"import\"\r\n\r\n{\"Command\":null,\"Files\":[\"\",\"\\u001b\",\"x\"]}\r\n--b--\r\n") + "0\r\n\r\n",
		importHead + chunk("--b\r\nContent-Disposition: form-data; name=\"quarantine show\"\r\n\r\n{\"Command\":{\"ID\":\"\\u001b\\u0000\"}}\r\n--b--\r\n") + "0\r\n\r\n",
	} {
		conn := f.dial()
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || strings.Contains(string(answer), "goroutine") || !strings.HasPrefix(string(answer), "HTTP/1.1 ") {
			t.Errorf("%.60q is answered %.200q, %v", request, answer, err)
		}
	}
	if got := f.must("import", f.file("a.json", []byte(alerts("a", 3)))); !strings.HasPrefix(got, "imported 0 incidents, 3 alerts") {
		t.Errorf("after garbage an import prints %q", got)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("stopping exits %d", code)
	}
}

func TestImportsThatStallVanishAndRunTogether(t *testing.T) {
	f := shortFolder(t)
	s := f.serve("serve")
	stalled := f.dial()
	if err := beginImport(stalled, alerts("stalled", 2_000)+`{"id":"half`); err != nil {
		t.Fatal(err)
	}
	vanished := f.dial()
	if err := beginImport(vanished, alerts("vanished", 2_000)+`{"id":"half`); err != nil {
		t.Fatal(err)
	}
	vanished.Close()
	printed := make(chan string, 2)
	for _, prefix := range []string{"one", "two"} {
		path := f.file(prefix+".json", []byte(alerts(prefix, 3_000)))
		go func() { printed <- f.run("import", path).out }()
	}
	for range 2 {
		if got := <-printed; !strings.HasPrefix(got, "imported 0 incidents, 3000 alerts: 7 stories new") {
			t.Errorf("imports at once: one prints %q", got)
		}
	}

	began := time.Now()
	if code := s.stop(); code != 0 {
		t.Errorf("stopping with a stalled import exits %d", code)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("a stalled import held the end up for %v", took)
	}
	answer, err := io.ReadAll(stalled)
	if err != nil || !strings.Contains(string(answer), "Workbench-Error") || !strings.Contains(string(answer), "run the command again") {
		t.Errorf("the stalled client is told %.400q, %v", answer, err)
	}
	f.must("verify")
	again := f.must("import", f.file("stalled.json", []byte(alerts("stalled", 2_000))), f.file("vanished.json", []byte(alerts("vanished", 2_000))),
		f.file("one.json", []byte(alerts("one", 3_000))), f.file("two.json", []byte(alerts("two", 3_000))))
	if !strings.HasPrefix(again, "imported 0 incidents, 10000 alerts:") || !strings.Contains(again, "0 quarantined") {
		t.Errorf("importing all of it again prints %q", again)
	}
	if got := strings.Count(f.must("export", "--raw"), "\n"); got != 10_000 {
		t.Errorf("got %d documents, want 10000", got)
	}
}

// What was said to be imported is there, whenever the process is asked to end.
func TestEndDuringImportLosesNothingThatWasReported(t *testing.T) {
	f := shortFolder(t)
	s := f.serve("serve")
	conn := f.dial()
	ended := make(chan string, 1)
	go func() {
		answer, _ := io.ReadAll(conn)
		ended <- string(answer)
	}()
	if err := beginImport(conn, alerts("first", 1_500)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s.signIn()
	for stored := false; !stored && ctx.Err() == nil; {
		_, body := s.page("/stories.json?limit=1")
		stored = !strings.Contains(body, `"total":0`)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("stopping exits %d", code)
	}
	answer := <-ended
	var incidents, reported int
	if i := strings.Index(answer, "imported "); i >= 0 {
		if _, err := fmt.Sscanf(answer[i:], "imported %d incidents, %d alerts", &incidents, &reported); err != nil {
			t.Fatal(err)
		}
	}
	if reported == 0 {
		t.Errorf("the client is not told what was stored: %q", answer)
	}
	if kept := strings.Count(f.must("export", "--raw"), "\n"); kept < reported {
		t.Errorf("%d alerts were reported as imported, %d are there", reported, kept)
	}
	f.must("verify")
}

// The folder for temporary files belongs to everybody: a socket in it may be a trap.
func TestSocketOfAnotherUserIsNotTrusted(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a socket to another user")
	}
	f := shortFolder(t)
	f.must("import", f.file("a.json", []byte(alerts("a", 3))))
	path := filepath.Join(f.path, "a.db.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	heard := make(chan struct{}, 1)
	go func() {
		if conn, err := listener.Accept(); err == nil {
			heard <- struct{}{}
			conn.Close()
		}
	}()
	if err := os.Lchown(path, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	r := f.run("import", f.file("b.json", []byte(alerts("b", 3))))
	if r.code != 1 || !strings.Contains(r.err, "another user") {
		t.Errorf("exits %d: %q", r.code, r.err)
	}
	select {
	case <-heard:
		t.Error("the command spoke to another user's socket")
	default:
	}
}
