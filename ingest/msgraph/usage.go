package msgraph

import "time"

// Usage is what a client did since it was made.
type Usage struct {
	Requests  uint64        // sent, each try counted
	Throttled uint64        // answers that asked to slow down
	Waited    time.Duration // for limits, ours and Microsoft's, and between tries; that of requests side by side is added up
	Answering time.Duration // waiting for Microsoft's answers, bodies included; added up likewise
	Bytes     uint64        // of answers, unpacked
	Until     time.Time     // when the next request may be made, where Microsoft asked to wait; otherwise zero
}

// Usage returns what the client did.
func (c *Client) Usage() Usage {
	c.mu.Lock()
	u := c.used
	c.mu.Unlock()
	u.Until = c.gate.closedUntil(time.Now())
	return u
}

// tally changes the Usage.
func (c *Client) tally(change func(*Usage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.used)
}
