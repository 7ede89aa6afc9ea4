package simulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"workbench/ingest/simulator"
)

var transportBase = &url.URL{Scheme: "https", Host: "cloud.example"}

func ask(t *testing.T, ctx context.Context, method string, body io.Reader, h http.HandlerFunc) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, "https://cloud.example/a%20b?c=d", body)
	if err != nil {
		t.Fatal(err)
	}
	return simulator.TransportTo(h, transportBase).RoundTrip(r)
}

func TestTransportCarriesTheRequest(t *testing.T) {
	response, err := ask(t, t.Context(), "POST", strings.NewReader("hello"), func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "hello" || r.RequestURI != "/a%20b?c=d" || r.Host != "cloud.example" || r.TLS == nil || r.ContentLength != 5 {
			t.Errorf("got %q %v %s %s %v %d", body, err, r.RequestURI, r.Host, r.TLS, r.ContentLength)
		}
		w.Header().Set("X-Said", "yes")
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "short")
	})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "short" || response.StatusCode != http.StatusTeapot || response.Header.Get("X-Said") != "yes" || response.ContentLength != -1 {
		t.Errorf("got %d %q %v", response.StatusCode, body, err)
	}
}

func TestTransportStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		response, err := ask(t, t.Context(), "GET", nil, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "one ")
			http.NewResponseController(w).Flush()
			<-time.After(time.Hour)
			io.WriteString(w, "two")
		})
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		first := make([]byte, 4)
		if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "one " || time.Since(began) != 0 {
			t.Errorf("got %q %v after %s, want the first part at once", first, err, time.Since(began))
		}
		rest, err := io.ReadAll(response.Body)
		if err != nil || string(rest) != "two" || time.Since(began) != time.Hour {
			t.Errorf("got %q %v after %s, want the rest after an hour", rest, err, time.Since(began))
		}
	})
}

func TestTransportObeysTheContext(t *testing.T) {
	for name, begin := range map[string]bool{"before the answer": false, "within the answer": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				ended := make(chan error, 1)
				response, err := ask(t, ctx, "GET", nil, func(w http.ResponseWriter, r *http.Request) {
					if begin {
						http.NewResponseController(w).Flush()
					}
					<-r.Context().Done()
					ended <- r.Context().Err()
				})
				if begin {
					if err != nil {
						t.Fatal(err)
					}
					_, err = io.ReadAll(response.Body)
					response.Body.Close()
				}
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v, want that the time was over", err)
				}
				if err := <-ended; err == nil {
					t.Error("the handler was not told")
				}
			})
		})
	}
}

func TestTransportClosingTheBodyEndsTheHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		response, err := ask(t, t.Context(), "GET", nil, func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
					ended <- err
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if err := <-ended; err == nil {
			t.Error("the handler could go on writing")
		}
	})
}

func TestTransportLengths(t *testing.T) {
	tests := []struct {
		name, method, length, body, want string
		abort                            bool
		fails                            bool
	}{
		{"as promised", "GET", "5", "hello", "hello", false, false},
		{"cut short", "GET", "9", "hello", "hello", false, true},
		{"too long", "GET", "3", "hello", "", false, true},
		{"broken off", "GET", "", "hello", "hello", true, true},
		{"HEAD", "HEAD", "5", "hello", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response, err := ask(t, t.Context(), tt.method, nil, func(w http.ResponseWriter, r *http.Request) {
				if tt.length != "" {
					w.Header().Set("Content-Length", tt.length)
				}
				io.WriteString(w, tt.body)
				if tt.abort {
					panic(http.ErrAbortHandler)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if string(body) != tt.want || (err != nil) != tt.fails || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %q %v", body, err)
			}
		})
	}
	if _, err := ask(t, t.Context(), "GET", nil, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }); err == nil {
		t.Error("broken off before the answer: got an answer")
	}
}

func TestTransportKnowsOneHost(t *testing.T) {
	for _, address := range []string{"https://elsewhere.example/", "http://cloud.example/", "https://cloud.example:8443/"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := simulator.TransportTo(http.NotFoundHandler(), transportBase).RoundTrip(r); err == nil {
			t.Errorf("%s: got an answer", address)
		}
	}
}
