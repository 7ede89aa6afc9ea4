package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"workbench/ingest"
)

// The socket lets other commands reach the process that holds the store. It speaks HTTP over a Unix socket beside the store, mode 0600: one
// POST a command, the command as JSON in the first part of a multipart body, its input files in the parts that follow. The answer's body
// is the command's standard output; trailers hold its lines for standard error, and how it ended.
const (
	trailerError = "Workbench-Error"
	trailerKind  = "Workbench-Error-Kind" // kindUsage or kindUnwell, where the caller's exit depends on it
	trailerNote  = "Workbench-Note"       // a line for standard error; several
	trailerDone  = "Workbench-Done"
	headerOpen   = "Workbench-Open-Error"

	kindUsage  = "usage"
	kindUnwell = "unwell"
)

var errNoSocket = errors.New("no process listens beside the store")

// remoteCommands are the commands that can be carried out over the socket.
var remoteCommands = map[string]func() storeCommand{
	"import":             func() storeCommand { return &importCommand{} },
	"export":             func() storeCommand { return &exportCommand{} },
	"backup":             func() storeCommand { return &backupCommand{} },
	"quarantine list":    func() storeCommand { return &quarantineList{} },
	"quarantine show":    func() storeCommand { return &quarantineShow{} },
	"quarantine retry":   func() storeCommand { return &quarantineRetry{} },
	"quarantine discard": func() storeCommand { return &quarantineDiscard{} },
	"account add":        func() storeCommand { return &accountAdd{} },
	"account list":       func() storeCommand { return &accountList{} },
	"account role":       func() storeCommand { return &accountRole{} },
	"account password":   func() storeCommand { return &accountPassword{} },
	"account link":       func() storeCommand { return &accountLink{} },
	"account disable":    func() storeCommand { return &accountDisable{} },
	"account enable":     func() storeCommand { return &accountEnable{} },
	"doctor":             func() storeCommand { return &doctorStore{} },
	"process":            func() storeCommand { return &processCommand{} },
}

// socketPath is the socket beside a store. A path that is too long for a socket gets one in the folder for temporary files, named by a hash.
func socketPath(storePath string) string {
	abs, err := filepath.Abs(storePath)
	if err != nil {
		abs = storePath
	}
	if path := abs + ".sock"; len(path) < 80 {
		return path
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(os.TempDir(), "workbench-"+strconv.Itoa(os.Getuid())+"-"+hex.EncodeToString(sum[:8])+".sock")
}

// listenSocket listens beside the store. The caller holds the store, so a socket that is left over is nobody's.
func listenSocket(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("removing the socket of an ended process: %w", err)
	}
	listener, err := listenPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("listening beside the store: %w", err)
	}
	return listener, nil
}

// How long a command that is being carried out has to answer once the process is to end, and all of them to be gone.
const (
	answerTime = 5 * time.Second
	drainTime  = 10 * time.Second
)

// serveSocket answers commands until the context ends. It returns when the commands that were being carried out have ended too, so that
// none finds the store closed.
func serveSocket(ctx context.Context, listener net.Listener, h held) error {
	server := &http.Server{
		Handler:     http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answerCommand(w, r, h) }),
		BaseContext: func(net.Listener) context.Context { return ctx }, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(h.Log.Handler(), slog.LevelWarn),
	}
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if server.Shutdown(drain) != nil {
			server.Close()
		}
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return err
	}
	<-drained
	return nil
}

var errEnding = errors.New("the running workbench is ending; what was reported as done is kept, run the command again")

// answerCommand carries one command out. When the process is to end, it stops waiting for what the caller has yet to send.
func answerCommand(w http.ResponseWriter, r *http.Request, h held) {
	control := http.NewResponseController(w)
	if err := control.EnableFullDuplex(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	stop := context.AfterFunc(r.Context(), func() {
		now := time.Now()
		if err := errors.Join(control.SetReadDeadline(now), control.SetWriteDeadline(now.Add(answerTime))); err != nil {
			h.Log.Warn("ending a command", "error", err.Error())
		}
	})
	defer stop()
	w.Header().Set("Trailer", strings.Join([]string{trailerError, trailerKind, trailerNote, trailerDone}, ", "))
	h.Note = func(line string) { w.Header().Add(trailerNote, strconv.QuoteToASCII(line)) }
	end := func(err error) {
		var usage usageError
		switch {
		case errors.As(err, &usage):
			w.Header().Set(trailerKind, kindUsage)
		case errors.Is(err, errUnwell):
			w.Header().Set(trailerKind, kindUnwell)
		}
		if errors.Is(err, context.Canceled) {
			err = errEnding
		}
		if err != nil {
			w.Header().Set(trailerError, strconv.QuoteToASCII(err.Error()))
		}
		w.Header().Set(trailerDone, "1")
	}
	parts, err := r.MultipartReader()
	if err != nil {
		end(err)
		return
	}
	first, err := parts.NextPart()
	if err != nil {
		end(err)
		return
	}
	blank, known := remoteCommands[first.FormName()]
	if !known {
		end(fmt.Errorf("the running workbench does not know the command %q", first.FormName()))
		return
	}
	command := blank()
	var request struct {
		Command json.RawMessage
		Files   []string
	}
	if err := json.NewDecoder(io.LimitReader(first, 1<<20)).Decode(&request); err != nil {
		end(err)
		return
	}
	if err := json.Unmarshal(request.Command, command); err != nil {
		end(err)
		return
	}
	for i, name := range request.Files {
		h.Files = append(h.Files, ingest.File{Name: name, Open: func() (io.ReadCloser, error) { return nextFile(parts, i) }})
	}
	h.Out = flushed{w}
	end(command.do(r.Context(), h))
}

// unquoted is a text that strconv.QuoteToASCII quoted, so that it could stand in a header.
func unquoted(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return text
}

// nextFile returns the next file that the caller sends. Files are opened in the order of the list.
func nextFile(parts *multipart.Reader, number int) (io.ReadCloser, error) {
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, fmt.Errorf("receiving file %d: %w", number+1, err)
		}
		if part.FormName() != strconv.Itoa(number) {
			continue // a file that was given up before its end
		}
		if sentence := part.Header.Get(headerOpen); sentence != "" {
			return nil, errors.New(unquoted(sentence))
		}
		return part, nil
	}
}

// remote has a command carried out by the process that listens on the socket. It returns errNoSocket where none does.
func (s *session) remote(ctx context.Context, socket, name string, command storeCommand, files []ingest.File) error {
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	body, send := io.Pipe()
	form := multipart.NewWriter(send)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://workbench/", body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	go func() { send.CloseWithError(writeCommand(form, name, command, files)) }()
	defer body.Close() // not before the answer was read: a command may end before it read all, and a body that breaks off would take the answer with it
	answer, err := client.Do(request)
	if err != nil {
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" {
			return errNoSocket
		}
		return fmt.Errorf("asking the running workbench: %w", err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(s.Out, answer.Body); err != nil {
		return fmt.Errorf("the running workbench broke off: %w", err)
	}
	for _, line := range answer.Trailer.Values(trailerNote) {
		s.note(unquoted(line))
	}
	if text := answer.Trailer.Get(trailerError); text != "" {
		switch err := errors.New(unquoted(text)); answer.Trailer.Get(trailerKind) {
		case kindUsage:
			return usageError{err}
		case kindUnwell:
			return errUnwell
		default:
			return err
		}
	}
	if answer.Trailer.Get(trailerDone) == "" {
		return errors.New("the running workbench ended before the command did; what was reported as done is kept, run the command again")
	}
	return nil
}

// writeCommand sends the command and its files.
func writeCommand(form *multipart.Writer, name string, command storeCommand, files []ingest.File) error {
	names := []string{}
	for _, f := range files {
		names = append(names, f.Name)
	}
	encoded, err := json.Marshal(command)
	if err != nil {
		return err
	}
	first, err := form.CreateFormField(name)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(first).Encode(map[string]any{"Command": json.RawMessage(bytes.TrimSpace(encoded)), "Files": names}); err != nil {
		return err
	}
	for i, f := range files {
		if err := writeFile(form, i, f); err != nil {
			return err
		}
	}
	return form.Close()
}

func writeFile(form *multipart.Writer, number int, f ingest.File) error {
	header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + strconv.Itoa(number) + `"`}}
	r, err := f.Open()
	if err != nil {
		header.Set(headerOpen, strconv.QuoteToASCII(err.Error()))
	}
	part, partErr := form.CreatePart(header)
	if partErr != nil || err != nil {
		return partErr
	}
	defer r.Close()
	if _, err := io.Copy(part, r); err != nil {
		return fmt.Errorf("reading %s: %w", f.Name, err)
	}
	return nil
}
