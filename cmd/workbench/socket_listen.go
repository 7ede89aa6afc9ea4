package main

import (
	"net"
	"net/http"
	"os"
)

// listenPrivate makes a socket that only this user can reach, from its first moment on: it is made in a private folder, then moved.
func listenPrivate(path string) (net.Listener, error) {
	folder, err := os.MkdirTemp(dirOf(path), ".workbench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	private := folder + "/s"
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: private, Net: "unix"})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false)
	if err := os.Chmod(private, 0o600); err != nil {
		return nil, err
	}
	if err := os.Rename(private, path); err != nil {
		return nil, err
	}
	return &removing{listener, path}, nil
}

// removing takes the socket away when it closes.
type removing struct {
	net.Listener
	path string
}

func (l *removing) Close() error {
	os.Remove(l.path)
	return l.Listener.Close()
}

func dirOf(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if os.IsPathSeparator(path[i]) {
			return path[:i+1]
		}
	}
	return "."
}

// flushed sends what is written at once.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(b []byte) (int, error) {
	n, err := f.ResponseWriter.Write(b)
	if flusher, ok := f.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
	return n, err
}
