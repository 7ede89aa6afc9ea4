package handlers

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"workbench"
	"workbench/store"
)

// stream is one browser that listens. It costs little while nothing happens: one goroutine waits for the browser to go away, and one more
// runs only while something is sent.
type stream struct {
	patience time.Duration // a browser that takes nothing for so long is cut

	mu         sync.Mutex
	conn       net.Conn    // the stream's own; nil before open
	timer      *time.Timer // nil before every
	over       bool
	sending    bool                    // a goroutine sends, and takes what comes meanwhile; set before open, so that nothing precedes the hello
	told       time.Time               // when it last took something
	idle       bool                    // a comment is due
	asOf       store.Change            // 0 = no news of stories
	connectors []workbench.ConnectorID // in order; shared with other streams, and never changed in place
}

// newStream makes a stream that takes what it is told, and sends it once it is open.
func newStream(patience time.Duration) *stream {
	return &stream{patience: patience, sending: true, told: time.Now()}
}

// open gives the stream its connection, which begins with the given text, and calls ended once it has ended.
func (st *stream) open(conn net.Conn, text string, ended func()) {
	st.mu.Lock()
	st.conn = conn
	if st.over {
		conn.Close()
	}
	st.mu.Unlock()
	go func() {
		_, _ = conn.Read(make([]byte, 1)) // a browser that says something is not one that listens
		ended()                           // before the connection is closed, so that whoever sees it closed finds the stream gone
		st.end()
	}()
	go func() {
		if st.write(text) == nil {
			st.send()
		}
	}()
}

// end ends the stream. It may be called at any time, also again.
func (st *stream) end() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.over = true
	if st.timer != nil {
		st.timer.Stop()
	}
	if st.conn != nil {
		st.conn.Close()
	}
}

// every calls still every so often until the stream has ended, and ends it where that says false.
func (st *stream) every(d time.Duration, still func() bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.timer = time.AfterFunc(d, func() {
		if !still() {
			st.end()
			return
		}
		st.mu.Lock()
		defer st.mu.Unlock()
		if !st.over {
			st.timer.Reset(d)
		}
	})
	if st.over {
		st.timer.Stop()
	}
}

// tell puts something into the stream and has it sent. It never waits for the browser.
func (st *stream) tell(put func(*stream)) {
	st.mu.Lock()
	defer st.mu.Unlock()
	put(st)
	if !st.sending {
		st.sending = true
		go st.send()
	}
}

// send sends what the stream holds until it holds nothing. A browser that takes nothing is cut.
func (st *stream) send() {
	for {
		text := st.take()
		if text == "" || st.write(text) != nil {
			return
		}
	}
}

// write sends a text. Where that fails the stream ends.
func (st *stream) write(text string) error {
	err := st.conn.SetWriteDeadline(time.Now().Add(st.patience))
	if err == nil {
		_, err = st.conn.Write([]byte(text))
	}
	if err != nil {
		st.end()
	}
	return err
}

// beat sends a comment where nothing was sent for so long.
func (st *stream) beat(after time.Duration) {
	st.tell(func(st *stream) { st.idle = time.Since(st.told) >= after })
}

// take returns what the browser has not been told yet, as events of the protocol. Where there is nothing it returns "", and whoever sends
// is done.
func (st *stream) take() string {
	st.mu.Lock()
	defer st.mu.Unlock()
	var b strings.Builder
	if st.asOf > 0 {
		b.WriteString("event: stories\ndata: " + strconv.FormatUint(uint64(st.asOf), 10) + "\n\n")
	}
	if len(st.connectors) > 0 {
		b.WriteString("event: connectors\ndata:")
		for _, id := range st.connectors {
			b.WriteString(" " + string(id))
		}
		b.WriteString("\n\n")
	}
	if st.idle && b.Len() == 0 {
		b.WriteString(": still here\n\n")
	}
	st.asOf, st.connectors, st.idle = 0, nil, false
	if b.Len() == 0 {
		st.sending = false
	} else {
		st.told = time.Now()
	}
	return b.String()
}
